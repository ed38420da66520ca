"""Wait until the first incident blames a change, with a confidence, and names an actor."""

from typing import Any

from lab.looks import until
from lab.verdict import first_incident
from lab.world.live import LiveWorld

KIND = "blamed"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    wanted = {name: arguments[name] for name in ("change", "confidence", "actor")}

    def blamed() -> dict[str, Any]:
        known = first_incident(live.heard.heard("bus"))
        change = known.get("change") or {}
        actor = change.get("actor")
        return {
            "change": change.get("event_name"),
            "confidence": known.get("confidence"),
            "actor": actor.get("name") if isinstance(actor, dict) else actor,
        }

    until(
        live,
        arguments.get("within_looks", 2),
        lambda: blamed() == wanted,
        lambda: f"blame {wanted}; it is {blamed()}",
    )
