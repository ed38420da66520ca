"""An account and Region as it stands, read from AWS for the placer's decision.

Decided here: which calls are asked, and that a refused one holds only what depends on it. Not
decided here: what is done (`placer.plan`), and what is remembered between runs (the caller).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from placer.calls import code_of
from placer.canaries import canaries
from placer.facts import CanaryStack, Concurrency, Estate, Part, Refusal, Subnet, Teardown, Vpc
from placer.network import is_ours, subnet_facts
from placer.reading import INTERFACES_PAGED, Reader, tags_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """Clients of one account and Region."""

    ec2: Any
    cloudformation: Any
    functions: Any
    """Of Lambda."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What earlier runs kept. `seen` is when each VPC was made or first seen (0 for one that was
    there before the placer); None when nothing was ever kept: all VPCs count as old then."""

    seen: Mapping[str, float] | None = None
    teardowns: tuple[Teardown, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """What EC2 told, as it told it."""

    vpcs: list[dict[str, Any]] = field(default_factory=list)
    interfaces: list[dict[str, Any]] = field(default_factory=list)
    subnets: Mapping[str, tuple[Subnet, ...]] = field(default_factory=dict)


def read(clients: Clients, account: str, region: str, memory: Memory, now_at: float) -> Estate:
    """The estate. Raises nothing that AWS says: what is refused is in `Estate.unreadable`."""
    reader = Reader()
    answers = _network(reader, clients.ec2)
    stacks = canaries(reader, clients.cloudformation, clients.functions)
    concurrency = reader.read(
        Part.CONCURRENCY, lambda: _concurrency(clients.functions.get_account_settings()), None
    )
    return Estate(
        account=account,
        region=region,
        vpcs=tuple(_vpc(item, account, answers, memory, now_at) for item in answers.vpcs),
        stacks=stacks,
        teardowns=memory.teardowns,
        refusals=memory.refusals,
        gone=frozenset(_gone(clients.ec2, answers, stacks)),
        concurrency=concurrency,
        unreadable=reader.unreadable,
    )


def first_seen(estate: Estate) -> dict[str, float]:
    """What is to be kept as `Memory.seen` for the next run."""
    return {vpc.vpc_id: vpc.since for vpc in estate.vpcs}


def _network(reader: Reader, ec2: Any) -> _Answers:
    interfaces = reader.listed(
        Part.INTERFACES,
        ec2,
        "describe_network_interfaces",
        "NetworkInterfaces",
        PaginationConfig=INTERFACES_PAGED,
    )
    return _Answers(
        vpcs=sorted(
            reader.listed(Part.VPCS, ec2, "describe_vpcs", "Vpcs"), key=lambda v: str(v["VpcId"])
        ),
        interfaces=interfaces,
        subnets=subnet_facts(
            reader.listed(Part.SUBNETS, ec2, "describe_subnets", "Subnets"),
            reader.listed(Part.ROUTES, ec2, "describe_route_tables", "RouteTables"),
            reader.listed(Part.ACLS, ec2, "describe_network_acls", "NetworkAcls"),
            interfaces,
        ),
    )


def _vpc(
    item: dict[str, Any], account: str, answers: _Answers, memory: Memory, now_at: float
) -> Vpc:
    vpc_id = item["VpcId"]
    canaries_of = {
        one.get("OwnerId", account)
        for one in answers.interfaces
        if one.get("VpcId") == vpc_id and is_ours(one)
    }
    return Vpc(
        vpc_id=vpc_id,
        owner=item.get("OwnerId", account),
        cidr=item.get("CidrBlock", ""),
        tags=tags_of(item),
        is_default=bool(item.get("IsDefault")),
        dedicated=item.get("InstanceTenancy") == "dedicated",
        since=0.0 if memory.seen is None else memory.seen.get(vpc_id, now_at),
        subnets=answers.subnets.get(vpc_id, ()),
        canaries_of=tuple(sorted(canaries_of - {account})),
    )


def _concurrency(settings: dict[str, Any]) -> Concurrency:
    limit = settings["AccountLimit"]
    return Concurrency(
        limit=limit["ConcurrentExecutions"], unreserved=limit["UnreservedConcurrentExecutions"]
    )


def _gone(ec2: Any, answers: _Answers, stacks: tuple[CanaryStack, ...]) -> set[str]:
    """VPCs and subnets of our stacks that are in no list, and of which EC2 says by their id that
    they do not exist: a list alone may lack what is new, or what this role may not see."""
    vpcs = {item["VpcId"] for item in answers.vpcs}
    subnets = {subnet.subnet_id for of in answers.subnets.values() for subnet in of}
    missing_vpcs = {stack.vpc_id for stack in stacks} - vpcs
    missing_subnets = {subnet for stack in stacks for subnet in stack.subnets} - subnets
    return {one for one in missing_vpcs if _denied_to_exist(ec2.describe_vpcs, VpcIds=[one])} | {
        one for one in missing_subnets if _denied_to_exist(ec2.describe_subnets, SubnetIds=[one])
    }


def _denied_to_exist(call: Any, **arguments: Any) -> bool:
    try:
        call(**arguments)
    except ClientError as error:
        return code_of(error) in ("InvalidVpcID.NotFound", "InvalidSubnetID.NotFound")
    except BotoCoreError:
        return False
    return False
