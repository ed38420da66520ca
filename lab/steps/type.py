"""A named actor types an AWS CLI command; ids can be saved out of its answer.

`without`: actions taken from the actor's role first, so that IAM itself denies the call.
`fails`: text that the command must fail with; a command without it must succeed: at once, or,
typed again and again, within so many looks (`within_looks`). `input`: text on the command's
standard input.
"""

from dataclasses import replace
from typing import Any

from lab.looks import LOOK_SECONDS, NotSeen
from lab.world import build
from lab.world.live import LiveWorld

KIND = "type"
AGAIN_SECONDS = 20.0


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    actor, command = arguments["actor"], arguments["command"]
    if "without" in arguments:
        build.forbid(live, actor, list(arguments["without"]))
    typed = live.type(actor, command, arguments.get("input", ""))
    failure = arguments.get("fails")
    patience = arguments.get("within_looks", 0) * LOOK_SECONDS
    while typed.code != 0 and live.clock.now_at() < typed.at + patience:
        live.clock.sleep_seconds(AGAIN_SECONDS)
        typed = replace(live.type(actor, command, arguments.get("input", "")), at=typed.at)
    if failure is None and typed.code != 0:
        raise NotSeen(f"{actor}: {typed.command}: ended with {typed.code}: {typed.error}")
    if failure is not None and (typed.code == 0 or failure not in typed.error):
        raise NotSeen(f"{actor}: {typed.command}: wanted {failure!r}, got {typed.error!r}")
    live.save(typed, arguments.get("save", {}))
