"""A named actor types a command of the AWS CLI, or a `gatewatch` one; ids can be saved out of its
answer.

`without`: actions taken from the actor's role first, so that IAM itself denies the call.
`fails`: text that the command must fail with; a command without it must succeed: at once, or,
typed again and again, within so many looks (`within_looks`). `input`: text on the command's
standard input. `prints`: words that its output must hold, `lacks`: words that it must not.
"""

from dataclasses import replace
from typing import Any

from lab.looks import LOOK_SECONDS, NotSeen
from lab.world import build
from lab.world.live import LiveWorld, Typed

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
    _hold_to(typed, live, arguments)
    if "save" in arguments:
        live.save(typed, arguments["save"])


def _hold_to(typed: Typed, live: LiveWorld, arguments: dict[str, Any]) -> None:
    """NotSeen unless the output says what it must, and nothing that it must not."""
    wanted, never = (
        [live.expand(str(word)) for word in arguments.get(name, [])] for name in ("prints", "lacks")
    )
    missing = [word for word in wanted if word not in typed.output]
    wrong = [word for word in never if word in typed.output]
    if missing or wrong:
        said = f"lacks {missing}" if missing else f"says {wrong}"
        raise NotSeen(f"{typed.actor}: {typed.command}: its output {said}:\n{typed.output}")
