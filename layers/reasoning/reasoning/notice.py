"""The decision to speak, with its reason; silence has a reason too.

`decide` compares what an incident is with what was told of it, so it may be asked at any time and
answers the same: a crash between sending and marking repeats a notice, never loses one.
"""

from dataclasses import dataclass, replace

from reasoning.blame import Confidence, Suspect
from reasoning.incident import Incident, Stage
from reasoning.told import RINGING, Mode, Notice, Reason, Where
from reasoning.unsettled import put_off

AMEND_SECONDS = 300.0
GROW_SECONDS = 300.0
"""How often growth may page: looks are spread over a minute, so the accounts that one cause hits
come one by one, and a page for each of a hundred would ring a hundred times."""
REMIND_SECONDS = 4 * 3600.0
LEARN_SECONDS = 900.0
GROWTH = 10
INCIDENT_REASONS = (
    Reason.OPENED,
    Reason.CAUSE_FOUND,
    Reason.CAUSE_DOWNGRADED,
    Reason.GREW,
    Reason.AMENDED,
    Reason.MERGED,
    Reason.RESOLVED,
    Reason.UNWATCHED,
    Reason.REPAIR_LEARNED,
    Reason.FLAPPING,
    Reason.REMINDER,
)
"""Reasons to speak about an incident; `followup.py` words each."""
_CLOSING = (Reason.RESOLVED, Reason.UNWATCHED, Reason.MERGED)
_STRENGTH = {"": 0, Confidence.POSSIBLE: 1, Confidence.LIKELY: 2, Confidence.PROVEN: 3}
LIKELY = 2
"""The strength from which a suspect explains an incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Stack parameters that deciding needs."""

    min_good_seconds: float = 900.0
    group_wait_seconds: float = 20.0
    default_owner: str = "gatewatch"
    mode: Mode = Mode.NOTIFY


def decide(incident: Incident, rules: Rules) -> tuple[Notice, ...]:
    """What is to be said of `incident`, each with when; the alerter sends what is due."""
    return tuple(_sent(notice, incident, rules) for notice in _decided(incident, rules))


def _sent(notice: Notice, incident: Incident, rules: Rules) -> Notice:
    """The notice as the mode lets it out: in observe mode no page goes out but the one that
    closes an alert which an earlier page opened (docs/adr/0006)."""
    if rules.mode is Mode.NOTIFY or not notice.where.pages or notice.reason in _CLOSING:
        return notice
    if notice.reason in RINGING:
        why = f"withheld: {rules.mode}; {notice.why}"
        return replace(notice, where=Where.CHAT, why=why, withheld=rules.mode.value)
    return replace(notice, where=Where.CHAT)


def _decided(incident: Incident, rules: Rules) -> tuple[Notice, ...]:
    if incident.stage is Stage.MERGED:
        return _merged(incident)
    if incident.stage is Stage.RESOLVED:
        return _learned(incident, rules)
    if incident.told.opened is None:
        return (_first(incident, rules),)
    if incident.over_at is not None:
        return (_resolved(incident, rules),)
    late = _page_withheld(incident, rules)
    if late is not None:
        return (late,)
    found = (
        _page_after_chat(incident, rules),
        _flapping(incident),
        _cause(incident),
        _grown(incident),
        _reminder(incident),
    )
    return tuple(notice for notice in found if notice is not None)


def _notice(incident: Incident, reason: Reason, where: Where, due_at: float, why: str) -> Notice:
    count = incident.told.counts.get(reason, 0) + 1
    name = f"{incident.id}/{reason}/{count}"
    return Notice(id=name, reason=reason, where=where, due_at=due_at, why=why)


def _first(incident: Incident, rules: Rules) -> Notice:
    wait_at = incident.opened_at + rules.group_wait_seconds
    if incident.over_at is not None:
        end_at = incident.over_at + rules.group_wait_seconds
        return _notice(incident, Reason.ENDED_UNTOLD, Where.NONE, end_at, "over before told")
    if incident.flapping:
        why = "flapping: paged once at its start"
        return _notice(incident, Reason.FLAPPING, Where.PAGE, wait_at, why)
    if incident.changing and incident.changing >= incident.failing:
        return put_off(_first(replace(incident, changing=0), rules), incident.opened_at)
    if not incident.mature:
        why = f"good for less than {rules.min_good_seconds:.0f} s before it failed"
        return _notice(incident, Reason.OPENED, Where.CHAT, wait_at, why)
    return _opened_page(incident, wait_at)


def _opened_page(incident: Incident, wait_at: float) -> Notice:
    likely = strength_of(incident.suspect) >= LIKELY and not incident.answered_5xx
    if incident.structural or likely:
        why = "structural evidence" if incident.structural else "a likely suspect"
        return _notice(incident, Reason.OPENED, Where.PAGE, wait_at, f"{why}: after the group wait")
    due_at = max(wait_at, incident.page_after_at)
    why = "plain evidence: still failing when page_after has passed"
    return _notice(incident, Reason.OPENED, Where.PAGE, due_at, why)


def _page_after_chat(incident: Incident, rules: Rules) -> Notice | None:
    """An incident that was told in chat, as all its pairs were young, and gained an older one."""
    if incident.told.opened is not Where.CHAT or not incident.mature:
        return None
    return _opened_page(incident, incident.changed_at + rules.group_wait_seconds)


def _page_withheld(incident: Incident, rules: Rules) -> Notice | None:
    """What was opened while pages were withheld and is open still: paged once, as it is now."""
    seen = incident.acknowledged or incident.silenced_until_at is not None
    if rules.mode is not Mode.NOTIFY or not incident.told.withheld or seen:
        return None
    why = "still open, and its page was withheld"
    return _notice(incident, Reason.OPENED, Where.PAGE, incident.changed_at, why)


def _flapping(incident: Incident) -> Notice | None:
    if not incident.flapping or incident.told.flapping:
        return None
    where = Where.PAGE if incident.mature else Where.CHAT
    why = "flapping: paged once at its start"
    return _notice(incident, Reason.FLAPPING, where, incident.changed_at, why)


def _cause(incident: Incident) -> Notice | None:
    told, suspect = incident.told, incident.suspect
    now, before = strength_of(suspect), _STRENGTH.get(told.confidence, 0)
    known = bool(suspect and suspect.change.actor)
    other = bool(suspect and suspect.change.id != told.suspect)
    if now >= LIKELY and (now, known) > (before, told.actor):
        reason, why = Reason.CAUSE_FOUND, "a likely suspect, or a better one"
    elif now >= LIKELY and now == before and other:
        reason, why = Reason.CAUSE_FOUND, "another change is the suspect now"
    elif before >= LIKELY and now < before:
        reason, why = Reason.CAUSE_DOWNGRADED, "the suspect told before is held less firmly"
    else:
        return None
    return _notice(incident, reason, _both(incident), incident.changed_at, why)


def _grown(incident: Incident) -> Notice | None:
    told = incident.told
    paged = told.opened is Where.PAGE
    further = set(incident.accounts) - set(told.accounts) or set(incident.regions) - set(
        told.regions
    )
    tenfold = incident.endpoint_count >= GROWTH * max(1, told.paged_endpoints)
    if paged and (further or tenfold):
        why = "ten times the endpoints, or a further account or Region"
        due_at = incident.changed_at
        if told.grew_at is not None:
            due_at = max(due_at, told.grew_at + GROW_SECONDS)
        return _notice(incident, Reason.GREW, Where.PAGE, due_at, why)
    lost = len(incident.lost) > told.lost
    if not lost and not further and incident.endpoint_count <= told.endpoints:
        return None
    due_at = incident.changed_at
    if told.amended_at is not None:
        due_at = max(due_at, told.amended_at + AMEND_SECONDS)
    why = "a loss that the undo line foretold" if lost else "more endpoints: less than a page"
    return _notice(incident, Reason.AMENDED, Where.CHAT, due_at, why)


def _reminder(incident: Incident) -> Notice | None:
    if incident.acknowledged and incident.acknowledged_until_at is None:
        return None
    since_at = incident.told.reminded_at or incident.told.opened_at or incident.opened_at
    quiet = (incident.silenced_until_at or 0.0, incident.acknowledged_until_at or 0.0)
    due_at = max(since_at + REMIND_SECONDS, *quiet)
    return _notice(incident, Reason.REMINDER, Where.CHAT, due_at, "still open after 4 h")


def _resolved(incident: Incident, rules: Rules) -> Notice:
    due_at = (incident.over_at or incident.changed_at) + rules.group_wait_seconds
    why = "over, after the group wait; told where its opening went"
    reason = Reason.RESOLVED if incident.unwatched_at is None else Reason.UNWATCHED
    return _notice(incident, reason, _both(incident), due_at, why)


def _learned(incident: Incident, rules: Rules) -> tuple[Notice, ...]:
    """Closed: what of its end is still to be said, and what became known since."""
    repair, told = incident.repair, incident.told
    if told.opened is None:
        return ()
    if told.resolved_at is None:
        return (_resolved(incident, rules),)
    found = []
    if repair is not None and repair.id != told.repair:
        why = "the repairing change became known after the recovery"
        found.append(_notice(incident, Reason.REPAIR_LEARNED, Where.CHAT, incident.changed_at, why))
    if len(incident.lost) > told.lost:
        why = "a loss that the undo line foretold, after the recovery"
        found.append(_notice(incident, Reason.AMENDED, Where.CHAT, incident.changed_at, why))
    return tuple(found)


def _merged(incident: Incident) -> tuple[Notice, ...]:
    if incident.told.opened is None or incident.told.merged:
        return ()
    why = f"one root cause: merged into {incident.merged_into}"
    return (_notice(incident, Reason.MERGED, _both(incident), incident.changed_at, why),)


def _both(incident: Incident) -> Where:
    """The same alert key and chat, where a page opened it; else chat alone."""
    told = incident.told
    return Where.PAGE_AND_CHAT if told.opened is Where.PAGE and not told.withheld else Where.CHAT


def strength_of(suspect: Suspect | None) -> int:
    """0 none, 1 possible, 2 likely, 3 proven."""
    return _STRENGTH[suspect.confidence] if suspect else 0
