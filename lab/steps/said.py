"""Wait until something was said: where, for what reason, with which words in it.

`since` (default `timeline`): `last` counts only messages after the last `said` step's message.
"""

from typing import Any

from lab.collector import Heard
from lab.looks import NotSeen, until
from lab.world.live import LiveWorld

KIND = "said"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    to, reason = arguments["to"], arguments["reason"]
    words = [live.expand(str(word)) for word in arguments.get("contains", [])]
    never = [live.expand(str(word)) for word in arguments.get("lacks", [])]

    def fitting() -> list[Heard]:
        return [m for m in live.heard.heard(to, reason) if all(word in m.text for word in words)]

    until(
        live,
        arguments.get("within_looks", 2),
        lambda: bool(fitting()),
        lambda: f"{reason} in {to} with {words}; heard:\n{_all(live)}",
    )
    for message in fitting():
        wrong = [word for word in never if word in message.text]
        if wrong:
            raise NotSeen(f"{reason} in {to} says {wrong}, which it must not:\n{message.text}")


def _all(live: LiveWorld) -> str:
    return "\n".join(f"  [{m.to} {m.reason}] {m.text[:300]}" for m in live.heard.heard()) or "  -"
