"""The members' stacks as their StackSet tells them: who should report, and whose stack failed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gatewatch.operating.members import Instance, Member

CALLERS = ("SELF", "DELEGATED_ADMIN")
"""As the management account or the StackSet's own, then as a delegated administrator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instances:
    """`note` says why there are none to hold the members against ("" when there are)."""

    found: tuple[Instance, ...] = ()
    note: str = ""


def read(cloudformation: Any, name: str) -> Instances:
    """All instances of the StackSet. Never raises: status tells the rest without them."""
    why = ""
    for caller in CALLERS:
        try:
            pages = cloudformation.get_paginator("list_stack_instances").paginate(
                StackSetName=name, CallAs=caller
            )
            return Instances(found=tuple(_instance(row) for p in pages for row in p["Summaries"]))
        except ClientError as error:
            code = str(error.response["Error"].get("Code", ""))
            why = why or str(error.response["Error"].get("Message") or code)
            if code == "StackSetNotFoundException":
                why = f"there is no StackSet {name} in this account and Region"
        except BotoCoreError as error:
            why = str(error)
    return Instances(note=f"StackSet {name} not read, so who never reported is not known: {why}")


def joined(members: Sequence[Member], instances: Sequence[Instance]) -> tuple[Member, ...]:
    """The members with their stacks, and one for each stack that never reported; in order."""
    by_place = {(one.account, one.region): one for one in instances}
    held = [replace(one, instance=by_place.pop((one.account, one.region), None)) for one in members]
    unheard = [Member(account=a, region=r, instance=one) for (a, r), one in by_place.items()]
    return tuple(sorted([*held, *unheard], key=lambda one: (one.account, one.region)))


def _instance(row: dict[str, Any]) -> Instance:
    return Instance(
        account=row["Account"],
        region=row["Region"],
        state=row.get("Status", ""),
        detail=row.get("StackInstanceStatus", {}).get("DetailedStatus", ""),
        reason=row.get("StatusReason", ""),
    )
