"""Which change did it: changes held against a diagnosis by mechanism, scope and order.

A suspect needs all three: its kind can produce the cause, the ids of the evidence are the ids of
the change, and its effect window reaches from the last good look to the first bad one. Nearness
in time alone names nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reasoning import gates
from reasoning.change import Change
from reasoning.changes import KINDS
from reasoning.clocktext import lasting, to_second
from reasoning.diagnose import Diagnosis
from reasoning.scope import id_named, in_order
from reasoning.standing import acting, is_vague
from reasoning.twins import since_of, switched, told_once


class Confidence(StrEnum):
    PROVEN = "proven"
    LIKELY = "likely"
    POSSIBLE = "possible"


_ORDER = tuple(Confidence)
SUSPECTS = 20
"""At most so many are kept: they stand in the incident's header, which has a limit of size, and a
tool that takes hundreds of rules away must not keep anybody from being told."""


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
        for change in acting(diagnosis, changes, until_at=first_bad_at)
        if _can_cause(diagnosis, change) and in_order(diagnosis, change, good_at, first_bad_at)
    ]
    told = [change for change in found if not is_vague(diagnosis, change)]
    # What the clocks put just after the first bad look counts only where nothing came before.
    before = [change for change in told if since_of(change) <= first_bad_at]
    newest = max(before or told, key=lambda change: change.at, default=None)
    suspects = [
        _suspect(diagnosis, change, change is newest, first_bad_at, members) for change in found
    ]
    suspects.sort(key=lambda one: (_ORDER.index(one.confidence), -one.change.at))
    return Blame(suspects=tuple(suspects[:SUSPECTS]), searched=_searched(diagnosis, changes))


def _can_cause(diagnosis: Diagnosis, change: Change) -> bool:
    kind = KINDS.get(change.kind)
    return kind is not None and diagnosis.cause in kind.CAUSES


def _suspect(
    diagnosis: Diagnosis,
    change: Change,
    is_newest: bool,
    first_bad_at: float,
    members: frozenset[str],
) -> Suspect:
    limits = list(_limits(diagnosis, change, members))
    confidence = Confidence.LIKELY if limits else Confidence.PROVEN
    if is_vague(diagnosis, change):
        confidence = Confidence.POSSIBLE
        limits.append("the event does not tell what was modified")
    elif not is_newest:
        confidence = Confidence.LIKELY
        limits.append("another change of the same resource could have done it too")
    named = id_named(diagnosis, change)
    match = f"it changed {named}, which the evidence names"
    if not named:
        confidence = Confidence.POSSIBLE
        match = "the event names no id; VPC and names are those of the evidence"
    happened = _happened(change, first_bad_at)
    return Suspect(change=change, confidence=confidence, because=(*limits, match, happened))


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
    if diagnosis.cause == gates.CAUSE and gates.closes(diagnosis, change) is gates.Closing.LIKELY:
        yield gates.DOUBT


def _stated(diagnosis: Diagnosis, change: Change) -> bool:
    """Whether Describe calls, made after the change, say what the change says."""
    said, at = diagnosis.facts.get("private_dns"), diagnosis.facts.get("described_at")
    if at is None or float(at) < change.at:
        return False
    if diagnosis.cause == gates.CAUSE:
        return True  # what contradicts the groups described is no suspect at all
    return said is not None and bool(said) is switched(change)


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
