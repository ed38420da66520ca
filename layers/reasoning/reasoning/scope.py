"""Whether a change is about what a diagnosis names, and whether it came in time for it.

Shared by blame (what broke it) and repair (what mended it).
"""

from reasoning import gates
from reasoning.change import Change
from reasoning.changes import KINDS
from reasoning.diagnose import Diagnosis
from reasoning.private_dns import covers
from reasoning.twins import CREATE, since_of

CLOCK_SECONDS = 2.0
"""How far eventTime may lie after the first bad look: eventTime has whole seconds."""


def names_subject(diagnosis: Diagnosis, change: Change) -> bool:
    return bool(diagnosis.subject) and diagnosis.subject in change.resource_ids


def id_named(diagnosis: Diagnosis, change: Change) -> str:
    """The id of the evidence that the change is about; "" when there is none."""
    if diagnosis.cause == gates.CAUSE:
        return gates.id_named(diagnosis, change)
    return diagnosis.subject if names_subject(diagnosis, change) else ""


def names_place(diagnosis: Diagnosis, change: Change, *, anew: bool = False) -> bool:
    """An event that lost its ids: the same VPC, and names that cover the host. `anew`: also an
    endpoint made anew for them (it repairs; it does not undo what took the old one away)."""
    facts = diagnosis.facts
    name = str(facts.get("captured_name") or diagnosis.host)
    return (
        (not change.resource_ids or (anew and change.event_name == CREATE))
        and bool(facts.get("vpc_id"))
        and change.scope.get("vpc_id") == facts["vpc_id"]
        and covers(change.scope.get("names", ()), name)
    )


def concerns(diagnosis: Diagnosis, change: Change) -> bool:
    """Whether the change can matter at all to what is known of this cause and of its end."""
    named = id_named(diagnosis, change) or names_subject(diagnosis, change)
    return bool(named) or names_place(diagnosis, change, anew=True)


def in_order(diagnosis: Diagnosis, change: Change, good_at: float, bad_at: float) -> bool:
    """Whether the effect window lies between the last look before and the first look after."""
    kind = KINDS.get(change.kind)
    if kind is None:
        return False
    latest = kind.LATEST_SECONDS
    if diagnosis.cause == gates.CAUSE:
        latest = min(latest, gates.LATEST_SECONDS)
    begins_in_time = since_of(change) + kind.EARLIEST_SECONDS <= bad_at + CLOCK_SECONDS
    return begins_in_time and change.at + latest >= good_at
