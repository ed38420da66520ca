"""Delete the stack of a member ("account/region") and wait until it is gone."""

from typing import Any

from lab.looks import NotSeen, until
from lab.world import members
from lab.world.live import LiveWorld
from lab.world.parts import Member

KIND = "delete-member"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    home = Member(*str(arguments["member"]).split("/"))
    cloudformation = live.client("cloudformation", at=home)
    stack = cloudformation.describe_stacks(StackName=members.stack_of(live, home))["Stacks"][0][
        "StackId"
    ]
    cloudformation.delete_stack(StackName=stack)

    def status() -> str:
        # By its id: a stack that is gone is not found by its name.
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        return f"{found[0]['StackStatus']} {found[0].get('StackStatusReason', '')}".strip()

    def over() -> bool:
        now = status()
        if now.startswith("DELETE_FAILED"):
            raise NotSeen(f"the member's stack in {home}: {now}")
        return now.startswith("DELETE_COMPLETE")

    until(live, arguments.get("within_looks", 10), over, lambda: f"the stack gone; {status()}")
    live.members.pop(home)
