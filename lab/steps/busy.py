"""Another team's function works in an account from now on, `at_once` executions of it side by side.

`member`: where, as "account/region".
"""

from typing import Any

from lab import neighbour
from lab.world.live import LiveWorld
from lab.world.parts import Member

KIND = "busy"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    home = Member(*str(arguments["member"]).split("/"))
    clients = live.client("iam", at=home), live.client("lambda", at=home)
    made = neighbour.make(*clients, int(arguments["at_once"]))
    made.start()
    live.neighbours.append(made)
