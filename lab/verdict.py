"""What came of a scenario, as a row: read off the messages alone."""

from typing import Any

from lab.collector import Heard
from lab.scenario import Scenario
from lab.world.live import LiveWorld


def row_of(live: LiveWorld, scenario: Scenario, why: str) -> dict[str, Any]:
    """What is known of the first incident at the end, and every notice that is one too many."""
    known = first_incident(live.heard.heard("bus"))
    wanted = scenario.result
    named = known.get("cause") or "none"
    change = known.get("change") or {}
    too_much = said_too_much(live.heard.heard(), wanted.may_say)
    row = {
        "scenario": scenario.name,
        "driven": "lab",
        "produced": list(wanted.produced),
        "named": named,
        "confidence": known.get("confidence") or "none",
        "change_expected": wanted.change,
        "change_named": change.get("event_name") or "none",
        "said_too_much": too_much,
        "why": why,
    }
    row["ok"] = (
        not why
        and not too_much
        and named in wanted.produced
        and row["change_named"] == wanted.change
        and row["confidence"] == wanted.confidence
    )
    return row


def first_incident(events: tuple[Heard, ...]) -> dict[str, Any]:
    """The newest detail of the incident that was opened first; {} when none was."""
    first = events[0].detail.get("incident") if events else None
    details = [event.detail for event in events if event.detail.get("incident") == first]
    return details[-1] if details else {}


def said_too_much(heard: tuple[Heard, ...], may_say: dict[str, dict[str, int]]) -> list[str]:
    """Notices beyond what the scenario allows, as "page opened: <first line>"."""
    told: dict[tuple[str, str], int] = {}
    beyond = []
    for message in heard:
        if message.to == "bus":
            continue
        told[message.to, message.reason] = told.get((message.to, message.reason), 0) + 1
        allowed = may_say.get(message.to, {}).get(message.reason, 0)
        if told[message.to, message.reason] > allowed:
            line = message.text.splitlines()[0] if message.text else ""
            beyond.append(f"{message.to} {message.reason}: {line[:160]}")
    return beyond
