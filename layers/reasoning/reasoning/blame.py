"""Which change did it: changes held against a diagnosis by mechanism, scope and order.

A suspect needs all three: its kind can produce the cause, the ids of the evidence are the ids of
the change, and its effect window reaches from the last good look to the first bad one. Nearness
in time alone names nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reasoning.change import Change
from reasoning.changes import KINDS
from reasoning.clocktext import lasting, to_second
from reasoning.diagnose import Diagnosis
from reasoning.private_dns import covers
from reasoning.twins import CREATE, since_of, switched, told_once

CLOCK_SECONDS = 2.0
"""How far eventTime may lie after the first bad look: eventTime has whole seconds."""
_SWITCHES = {"private_dns_captured": True, "private_dns_withdrawn": False}
"""Causes that are about a switch, and which way a change must have turned it."""


class Confidence(StrEnum):
    PROVEN = "proven"
    LIKELY = "likely"
    POSSIBLE = "possible"


_ORDER = tuple(Confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A change held against a diagnosis. `because`: what holds the confidence down first, then
    what speaks for it."""

    change: Change
    confidence: Confidence
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """Suspects, best first (then newest first); none: no known change explains it. `searched`
    says which changes were looked at."""

    suspects: tuple[Suspect, ...]
    searched: str


def blame(
    diagnosis: Diagnosis,
    *,
    first_bad_at: float,
    last_good_at: float | None,
    ledger: Sequence[Change],
    members: frozenset[str],
) -> Blame:
    """Hold the `ledger` (changes of all accounts) against `diagnosis`. `members` are the accounts
    whose own records Gatewatch reads. `last_good_at` None counts as `first_bad_at`."""
    changes = told_once(ledger)
    good_at = first_bad_at if last_good_at is None else last_good_at
    found = [
        change
        for change in _acting(diagnosis, changes, until_at=first_bad_at)
        if _can_cause(diagnosis, change) and _in_order(change, good_at, first_bad_at)
    ]
    told = [change for change in found if not _is_vague(diagnosis, change)]
    newest = max(told, key=lambda change: change.at, default=None)
    suspects = [
        _suspect(diagnosis, change, change is newest, first_bad_at, members) for change in found
    ]
    suspects.sort(key=lambda one: (_ORDER.index(one.confidence), -one.change.at))
    return Blame(suspects=tuple(suspects), searched=_searched(diagnosis, changes))


def repair(
    diagnosis: Diagnosis,
    ledger: Sequence[Change],
    *,
    recovered_at: float,
    last_bad_at: float | None,
) -> Change | None:
    """The change that repaired it: the one that turned the switch back, with an effect window
    from the last bad look to the first good one. None when none is known. `ledger`: the changes
    since it was first bad; an older one cannot have repaired it."""
    wanted = _SWITCHES.get(diagnosis.cause)
    bad_at = recovered_at if last_bad_at is None else last_bad_at
    back: list[Change] = []
    for change in told_once(ledger):
        about = _names_subject(diagnosis, change) or _names_place(diagnosis, change, anew=True)
        turns = switched(change)
        if wanted is None or turns is None or not about:
            continue
        if since_of(change) <= recovered_at + CLOCK_SECONDS:
            back = [] if turns is wanted else [*back, change]
    # Of several that turned it back, the first did it: the others found it so.
    return next((change for change in back if _in_order(change, bad_at, recovered_at)), None)


def _acting(diagnosis: Diagnosis, changes: Sequence[Change], *, until_at: float) -> list[Change]:
    """Changes of the evidence's resources that still stood when it was first bad."""
    wanted = _SWITCHES.get(diagnosis.cause)
    if wanted is None:
        return [change for change in changes if _names_subject(diagnosis, change)]
    standing: list[Change] = []
    for change in _turning(diagnosis, changes, wanted, until_at):
        if switched(change) is (not wanted):
            standing = []  # a later change of the same resource undid what came before it
        else:
            standing.append(change)
    return standing


def _turning(
    diagnosis: Diagnosis, changes: Sequence[Change], wanted: bool, until_at: float
) -> list[Change]:
    """Changes that turned the switch, in order; one that left it as it stood is none. Where a
    change does not tell how it left the switch, the next one counts whatever it says."""
    turning: list[Change] = []
    stands: bool | None = None
    for change in changes:
        about = _names_subject(diagnosis, change) or _names_place(diagnosis, change)
        turns = switched(change)
        # An inferred change happened some time between two inventories. It may have caused what
        # came in between, but it undid an earlier change for certain only from its end on.
        began_at = change.at if turns is (not wanted) else since_of(change)
        if not about or began_at > until_at + CLOCK_SECONDS:
            continue
        not_told = turns is None and not change.after
        stood = _stood(change) if stands is None else stands
        if not_told or (turns is not None and turns is not stood):
            turning.append(change)
        if not_told or turns is not None:
            stands = None if change.after.get("private_dns_assumed") else turns
    return turning


def _stood(change: Change) -> bool | None:
    """How the switch stood before the call, where an inventory told it."""
    told = None if change.before.get("private_dns_assumed") else change.before.get("private_dns")
    return told if isinstance(told, bool) else None


def _can_cause(diagnosis: Diagnosis, change: Change) -> bool:
    kind = KINDS.get(change.kind)
    return kind is not None and diagnosis.cause in kind.CAUSES


def _names_subject(diagnosis: Diagnosis, change: Change) -> bool:
    return bool(diagnosis.subject) and diagnosis.subject in change.resource_ids


def _names_place(diagnosis: Diagnosis, change: Change, *, anew: bool = False) -> bool:
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


def _in_order(change: Change, good_at: float, bad_at: float) -> bool:
    """Whether the effect window lies between the last look before and the first look after."""
    kind = KINDS.get(change.kind)
    if kind is None:
        return False
    begins_in_time = since_of(change) + kind.EARLIEST_SECONDS <= bad_at + CLOCK_SECONDS
    return begins_in_time and change.at + kind.LATEST_SECONDS >= good_at


def _suspect(
    diagnosis: Diagnosis,
    change: Change,
    is_newest: bool,
    first_bad_at: float,
    members: frozenset[str],
) -> Suspect:
    limits = list(_limits(diagnosis, change, members))
    confidence = Confidence.LIKELY if limits else Confidence.PROVEN
    if _is_vague(diagnosis, change):
        confidence = Confidence.POSSIBLE
        limits.append("the event does not tell what was modified")
    elif not is_newest:
        confidence = Confidence.LIKELY
        limits.append("a later change of the same resource could have done it too")
    match = f"it changed {diagnosis.subject}, which the evidence names"
    if not _names_subject(diagnosis, change):
        confidence = Confidence.POSSIBLE
        match = "the event names no id; VPC and names are those of the evidence"
    happened = _happened(change, first_bad_at)
    return Suspect(change=change, confidence=confidence, because=(*limits, match, happened))


def _is_vague(diagnosis: Diagnosis, change: Change) -> bool:
    """Whether the cause is about a switch and the change does not tell whether it turned it."""
    return diagnosis.cause in _SWITCHES and switched(change) is None


def _limits(diagnosis: Diagnosis, change: Change, members: frozenset[str]) -> Iterable[str]:
    """What keeps an id match in time from being proven."""
    if not diagnosis.proof:
        yield "the evidence has no contrast: no other look shows the API well"
    if change.inferred:
        yield "seen in the inventory, without an event"
    for account in sorted({change.account, diagnosis.subject_account or change.account}):
        if account not in members:
            yield f"account {account} has no member: what else changed there is not known"
    if not change.typed and not change.confirmed and not _stated(diagnosis, change):
        yield "no Describe call has confirmed what it did"


def _stated(diagnosis: Diagnosis, change: Change) -> bool:
    """Whether Describe calls, made after the change, say what the change says."""
    said, at = diagnosis.facts.get("private_dns"), diagnosis.facts.get("described_at")
    if said is None or at is None or float(at) < change.at:
        return False
    return bool(said) is switched(change)


def _happened(change: Change, first_bad_at: float) -> str:
    since_at, seconds = since_of(change), first_bad_at - change.at
    if since_at < change.at:
        return f"it happened between {to_second(since_at)} and {to_second(change.at)}"
    if seconds < 0:
        return "it happened in the second of the first bad look"
    return f"it happened {lasting(seconds)} before the first bad look"


def _searched(diagnosis: Diagnosis, changes: Sequence[Change]) -> str:
    """`41 changes of 3 accounts, 09:49:10Z to 10:05:10Z, for vpce-0abc`"""
    if not changes:
        return "no changes were known"
    accounts = len({change.account for change in changes})
    about = diagnosis.subject or diagnosis.host
    return (
        f"{len(changes)} change{'s' * (len(changes) != 1)} of {accounts} "
        f"account{'s' * (accounts != 1)}, {to_second(changes[0].at)} to "
        f"{to_second(changes[-1].at)}" + (f", for {about}" if about else "")
    )
