"""The text of every notice about an incident, by reason: opened as a page, then what follows it."""

from collections.abc import Callable

from reasoning.changeline import change_line
from reasoning.clocktext import to_second
from reasoning.escape import outside, plain
from reasoning.incident import Incident
from reasoning.layout import Section, page
from reasoning.page import (
    extent,
    headline,
    lasted,
    links,
    open_sections,
    opened,
    summary,
)
from reasoning.told import Reason
from reasoning.unwatched import unwatched_line

_CACHES = "clients which cache names may need a restart"


def text_of(incident: Incident, reason: Reason) -> str:
    """The plain text for `reason`; KeyError for a reason that is not about an incident."""
    return _TEXTS[reason](incident)


def _cause_found(incident: Incident) -> str:
    return opened(incident, "CAUSE FOUND")


def _downgraded(incident: Incident) -> str:
    note = Section(label="Note", text="the suspect told before is held less firmly now", lines=1)
    return page(headline(incident, "CAUSE DOWNGRADED"), [note, *open_sections(incident)])


def _grew(incident: Incident) -> str:
    return opened(incident, "GREW")


def _flapping(incident: Incident) -> str:
    return opened(incident, "FLAPPING")


def _amended(incident: Incident) -> str:
    sections = [Section(label="Extent", text=extent(incident), lines=1)]
    if incident.lost:
        by_pair = {loss.pair: loss for loss in incident.foretold}
        named = [by_pair[pair] for pair in incident.lost if pair in by_pair]
        lost = "; ".join(
            f"{outside(loss.endpoint, 40)} from {plain(loss.vpc_id, 24)} ({outside(loss.why, 80)})"
            for loss in named[:3]
        )
        rest = len(incident.lost) - len(named[:3])
        lost += f"; {rest} more" if rest > 0 else ""
        sections.insert(0, Section(label="Lost", text=f"{lost}: as the undo line foretold"))
    sections.append(links(incident))
    return page(headline(incident, "AMENDED"), sections)


def _merged(incident: Incident) -> str:
    text = f"one root cause: goes on as incident {plain(incident.merged_into, 20)}"
    sections = [Section(label="Why", text=text), links(incident)]
    return page(headline(incident, "MERGED"), sections)


def _reminder(incident: Incident) -> str:
    return opened(incident, "STILL DOWN")


def _resolved(incident: Incident) -> str:
    good_at = incident.recovered_at or incident.changed_at
    sections = [
        Section(label="Why", text=summary(incident) or "the cause stayed unexplained"),
        Section(label="Repair", text=repair_line(incident)),
        Section(
            label="Extent",
            text=f"{_good_again(incident)} good again {to_second(good_at)}, "
            f"after {lasted(incident)}",
            lines=1,
        ),
        Section(label="Unknown", text=unwatched_line(incident), lines=1),
        Section(label="After", text=_CACHES if incident.structural else "", lines=1),
        links(incident),
    ]
    return page(headline(incident, "RESOLVED"), sections)


def _good_again(incident: Incident) -> str:
    if incident.unwatched:
        return f"{incident.seen - incident.unwatched} of {incident.seen} pairs"
    count = incident.endpoint_count
    return f"{count} endpoint" + ("" if count == 1 else "s")


def _unwatched(incident: Incident) -> str:
    """The end of an incident without a recovery: nobody looks any more."""
    sections = [
        Section(label="Why", text=summary(incident) or "the cause stayed unexplained"),
        Section(label="Note", text=f"{unwatched_line(incident)}; whether it works is not known"),
        Section(label="Extent", text=f"{_good_again(incident)} good again", lines=1),
        links(incident),
    ]
    return page(headline(incident, "NO LONGER LOOKED AT"), sections)


def _repair_learned(incident: Incident) -> str:
    sections = [Section(label="Repair", text=repair_line(incident)), links(incident)]
    return page(headline(incident, "REPAIR LEARNED"), sections)


def repair_line(incident: Incident) -> str:
    """Who or what repaired it, in the form of the Change line."""
    if incident.repair is None:
        return "no known change repaired it"
    return change_line(incident.repair, incident.accounts)


_TEXTS: dict[Reason, Callable[[Incident], str]] = {
    Reason.OPENED: opened,
    Reason.CAUSE_FOUND: _cause_found,
    Reason.CAUSE_DOWNGRADED: _downgraded,
    Reason.GREW: _grew,
    Reason.FLAPPING: _flapping,
    Reason.AMENDED: _amended,
    Reason.MERGED: _merged,
    Reason.REMINDER: _reminder,
    Reason.RESOLVED: _resolved,
    Reason.UNWATCHED: _unwatched,
    Reason.REPAIR_LEARNED: _repair_learned,
}
