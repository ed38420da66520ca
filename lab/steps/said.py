"""Wait until something was said: where, for what reason, with which words in it.

`owner`: the message's attribute, by which a team subscribes. `times` (default 1): how often it was
said; more than once is right only for one notice repeated, each time with the same stable id.
"""

from typing import Any

from lab.collector import Heard
from lab.looks import NotSeen, until
from lab.world.live import LiveWorld

KIND = "said"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    to, reason = arguments["to"], arguments["reason"]
    times, owner = int(arguments.get("times", 1)), arguments.get("owner")
    words = [live.expand(str(word)) for word in arguments.get("contains", [])]
    never = [live.expand(str(word)) for word in arguments.get("lacks", [])]

    def fits(message: Heard) -> bool:
        whose = owner in (None, message.attributes.get("owner"))
        return whose and all(word in message.text for word in words)

    def fitting() -> list[Heard]:
        return [message for message in live.heard.heard(to, reason) if fits(message)]

    until(
        live,
        arguments.get("within_looks", 2),
        lambda: len(fitting()) >= times,
        lambda: f"{reason} in {to} with {words}; heard:\n{_all(live)}",
    )
    found = fitting()
    notices = {message.attributes.get("notice") for message in found}
    if times > 1 and len(notices) != 1:
        raise NotSeen(f"{reason} in {to} was said as {notices}, not as one notice repeated")
    for message in found:
        wrong = [word for word in never if word in message.text]
        if wrong:
            raise NotSeen(f"{reason} in {to} says {wrong}, which it must not:\n{message.text}")


def _all(live: LiveWorld) -> str:
    lines = (
        f"  [{m.to} {m.reason} {m.attributes.get('owner', '')}] {m.text[:300]}"
        for m in live.heard.heard()
    )
    return "\n".join(lines) or "  -"
