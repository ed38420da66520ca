"""A member ("account/region", not the hub's own) gets another release: its stack is updated.

`release`: its name; the code of its canary is another one, so that canaries follow ring by ring.
`blind: true`: that code cannot look, so that what it is asked stays unknown.
"""

from typing import Any

from lab.world import members
from lab.world.live import LiveWorld
from lab.world.parts import Member

KIND = "release"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    home = Member(*str(arguments["member"]).split("/"))
    name, blind = str(arguments["release"]), bool(arguments.get("blind", False))
    members.release(live, home, name, blind=blind)
