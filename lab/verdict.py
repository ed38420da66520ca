"""What came of a scenario, as a row: read off the messages alone."""

from typing import Any

from lab.collector import Heard
from lab.looks import NotSeen, until
from lab.scenario import Result, Scenario
from lab.world.live import LiveWorld

LATE_LOOKS = 1.0
"""The bus has a queue of its own: its event of an incident may come after the page that ended the
scenario (with two worlds on two cores it did)."""


def row_of(live: LiveWorld, scenario: Scenario, why: str) -> dict[str, Any]:
    """What is known of the first incident at the end, and every notice that is one too many."""
    wanted = scenario.result
    why = why or _not_as_wanted(live, wanted)
    named, change, confidence = _told(first_incident(live.heard.heard("bus")))
    too_much = said_too_much(live.heard.heard(), wanted.may_say)
    return {
        "scenario": scenario.name,
        "driven": "lab",
        "produced": list(wanted.produced),
        "named": named,
        "confidence": confidence,
        "change_expected": wanted.change,
        "change_named": change,
        "said_too_much": too_much,
        "why": why,
        "ok": not why and not too_much,
    }


def _not_as_wanted(live: LiveWorld, wanted: Result) -> str:
    """In what the first incident differs from what it had to become, "" when in nothing."""

    def wrong() -> list[str]:
        return differences(first_incident(live.heard.heard("bus")), wanted)

    try:
        until(live, LATE_LOOKS, lambda: not wrong(), lambda: ", ".join(wrong()))
    except NotSeen as error:
        return f"the first incident on the bus: {error}"
    return ""


def differences(known: dict[str, Any], wanted: Result) -> list[str]:
    """Each of cause, change and confidence that is not what was wanted, with both."""
    named, change, confidence = _told(known)
    wrong = []
    if named not in wanted.produced:
        wrong.append(f"cause {named}, not {' or '.join(wanted.produced)}")
    if change != wanted.change:
        wrong.append(f"change {change}, not {wanted.change}")
    if confidence != wanted.confidence:
        wrong.append(f"confidence {confidence}, not {wanted.confidence}")
    return wrong


def _told(known: dict[str, Any]) -> tuple[str, str, str]:
    """Cause, change and confidence of an incident, each "none" where it has none."""
    change = (known.get("change") or {}).get("event_name")
    return known.get("cause") or "none", change or "none", known.get("confidence") or "none"


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
