"""Member and hub of this account and Region: the stacks, by their outputs, and what is in them."""

from collections.abc import Callable
from typing import Any

from gatewatch.failure import Failed
from gatewatch.operating.examining import Resource, Seat
from probing.clock import Clock

MARKS = frozenset({"CanaryServiceRoleArn", "LooksQueueUrl", "TableName", "DeadLetterQueueUrl"})
"""Outputs that a member's stack has, whatever it is called: nested, of a StackSet, or by hand."""
HUB_MARKS = frozenset({"HubQueueUrl", "HubBusName", "TableName"})


def find(client: Callable[..., Any], stack: str, *, clock: Clock, send: bool) -> Seat:
    """The member. Raises Failed when there is none, or more than one."""
    cloudformation = client("cloudformation")
    found = _stack(cloudformation, stack, str(cloudformation.meta.region_name))
    return _seat(client, found, clock=clock, send=send)


def hubs(client: Callable[..., Any], *, clock: Clock) -> tuple[Seat, ...]:
    """The hubs of this account and Region, most often one or none."""
    every = _stacks(client("cloudformation"))
    found = [one for one in every if set(outputs_of(one)) >= HUB_MARKS]
    return tuple(_seat(client, one, clock=clock, send=False) for one in found)


def _seat(client: Callable[..., Any], stack: dict[str, Any], *, clock: Clock, send: bool) -> Seat:
    cloudformation = client("cloudformation")
    given = parameters_of(stack)
    pages = cloudformation.get_paginator("list_stack_resources").paginate(
        StackName=stack["StackId"]
    )
    resources = tuple(
        Resource(
            logical=one["LogicalResourceId"],
            type=one["ResourceType"],
            physical=one.get("PhysicalResourceId", ""),
        )
        for page in pages
        for one in page["StackResourceSummaries"]
    )
    return Seat(
        client=client,
        clock=clock,
        account=stack["StackId"].split(":")[4],
        region=str(cloudformation.meta.region_name),
        stack=stack["StackName"],
        status=stack["StackStatus"],
        release=given.get("Release", ""),
        hub_bus_arn=given.get("HubBusArn", ""),
        table=outputs_of(stack)["TableName"],
        bus=outputs_of(stack).get("HubBusName", ""),
        resources=resources,
        send=send,
    )


def members(cloudformation: Any) -> list[dict[str, Any]]:
    """The stacks of this account and Region that are members."""
    return [one for one in _stacks(cloudformation) if set(outputs_of(one)) >= MARKS]


def _stacks(cloudformation: Any) -> list[dict[str, Any]]:
    pages = cloudformation.get_paginator("describe_stacks").paginate()
    return [one for page in pages for one in page["Stacks"]]


def _stack(cloudformation: Any, name: str, region: str) -> dict[str, Any]:
    every = members(cloudformation)
    named = [one for one in every if not name or _is(one, name)]
    if len(named) == 1:
        return named[0]
    if not every:
        raise Failed(f"no member of Gatewatch in this account in {region}: install member.yaml")
    names = ", ".join(sorted(one["StackName"] for one in every))
    if not named:
        raise Failed(f"no member in stack {name} in {region}; there is {names}")
    raise Failed(f"more than one member in {region}: name one by --stack: {names}")


def _is(stack: dict[str, Any], name: str) -> bool:
    """By its own name, or by that of the hub's stack that it is nested in."""
    return name == stack["StackName"] or f":stack/{name}/" in stack.get("RootId", "")


def outputs_of(stack: dict[str, Any]) -> dict[str, str]:
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def parameters_of(stack: dict[str, Any]) -> dict[str, str]:
    given = stack.get("Parameters", [])
    return {one["ParameterKey"]: one.get("ParameterValue", "") for one in given}
