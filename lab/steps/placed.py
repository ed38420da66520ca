"""Wait until the hub's table says of VPCs what their placer made of them.

`vpcs`, by name: `covered` (whether a canary stands there whose stack is made), `canaries` (how many
do), `release` (of each of them), `act` (place, keep, skip, ...) and `reason`, words that its reason
holds. A VPC is looked up with the member of its own account and Region, or with that of the account
after an `@`.
"""

import json
from typing import Any

from lab.looks import until
from lab.world.live import LiveWorld
from lab.world.parts import Member

KIND = "placed"
MADE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    wanted = {str(name): dict(want) for name, want in arguments["vpcs"].items()}

    def wrong() -> dict[str, dict[str, Any]]:
        found = {name: told(live, name) for name in wanted}
        return {name: found[name] for name, want in wanted.items() if not fits(found[name], want)}

    until(
        live,
        arguments.get("within_looks", 2),
        lambda: not wrong(),
        lambda: f"placements {wanted}; they are {wrong()}",
    )


def told(live: LiveWorld, name: str) -> dict[str, Any]:
    """What the hub holds of one VPC ("name" or "name@account"); {} while it holds nothing."""
    vpc, _, account = name.partition("@")
    home = live.home(vpc)
    held = placements(live, Member(account or home.account, home.region))
    return held.get(live.ids[f"vpc.{vpc}"], {})


def placements(live: LiveWorld, home: Member) -> dict[str, dict[str, Any]]:
    """A member's placements in the hub's table, by VPC id; {} when there are none."""
    item = live.client("dynamodb").get_item(
        TableName=live.stack["Hub.TableName"],
        Key={"pk": {"S": f"placements#{home.account}#{home.region}"}, "sk": {"S": "now"}},
        ConsistentRead=True,
    )
    if "Item" not in item:
        return {}
    held: list[dict[str, Any]] = json.loads(item["Item"]["body"]["S"])["vpcs"]
    return {vpc["vpc_id"]: vpc for vpc in held}


def fits(vpc: dict[str, Any], want: dict[str, Any]) -> bool:
    """Whether a VPC's placement is as a scenario wants it."""
    if not vpc:
        return False
    made = [canary for canary in vpc["canaries"] if canary["state"] in MADE]
    return (
        want.get("covered", bool(made)) == bool(made)
        and want.get("canaries", len(made)) == len(made)
        and ("release" not in want or {one["release"] for one in made} == {want["release"]})
        and want.get("act", vpc["act"]) == vpc["act"]
        and str(want.get("reason", "")) in vpc["reason"]
    )
