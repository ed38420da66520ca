"""What is left of the canaries of an account and Region: their stacks, and interfaces that outlive
them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from placer.calls import PREFIX
from placer.canaries import LISTED
from placer.reading import INTERFACES_PAGED

INTERFACE = f"AWS Lambda VPC ENI-{PREFIX}*"
"""How Lambda describes the interface of a function (a wildcard of DescribeNetworkInterfaces)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A canary stack that is still there."""

    stack_id: str
    name: str
    status: str
    why: str = ""

    @property
    def leaves(self) -> bool:
        return self.status == "DELETE_IN_PROGRESS"

    def __str__(self) -> str:
        return f"{self.name} ({self.status}{f': {self.why}' if self.why else ''})"


def stacks(cloudformation: Any) -> tuple[Stack, ...]:
    """Canary stacks of this account and Region, in order of name."""
    pages = cloudformation.get_paginator("list_stacks").paginate(StackStatusFilter=LISTED)
    found = (
        Stack(
            stack_id=one["StackId"],
            name=one["StackName"],
            status=one["StackStatus"],
            why=one.get("StackStatusReason", ""),
        )
        for page in pages
        for one in page["StackSummaries"]
        if one["StackName"].startswith(PREFIX)
    )
    return tuple(sorted(found, key=lambda stack: stack.name))


def interfaces(ec2: Any, account: str) -> tuple[str, ...]:
    """Ids of the interfaces that Lambda made for canaries of this account and has not removed yet.
    The owner of a shared VPC is told those of its participants too: they are not its own."""
    asked = [{"Name": "description", "Values": [INTERFACE]}]
    return tuple(sorted(_ids(ec2, asked, account)))


def _ids(ec2: Any, filters: list[dict[str, Any]], account: str) -> Iterator[str]:
    pages = ec2.get_paginator("describe_network_interfaces")
    for page in pages.paginate(Filters=filters, PaginationConfig=INTERFACES_PAGED):
        for one in page["NetworkInterfaces"]:
            if one.get("OwnerId", account) == account:
                yield one["NetworkInterfaceId"]
