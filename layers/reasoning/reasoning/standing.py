"""Which changes still stood when it was first bad: one that a later change undid is out.

Two shapes: private DNS is a switch of one endpoint; security groups are gates, which any of many
rules holds open.
"""

from collections.abc import Sequence

from reasoning import gates
from reasoning.change import Change
from reasoning.diagnose import Diagnosis
from reasoning.scope import CLOCK_SECONDS, names_place, names_subject
from reasoning.twins import since_of, switched

SWITCHES = {"private_dns_captured": True, "private_dns_withdrawn": False}
"""Causes that are about a switch, and which way a change must have turned it."""


def acting(diagnosis: Diagnosis, changes: Sequence[Change], *, until_at: float) -> list[Change]:
    """Changes of the evidence's resources that still stood when it was first bad."""
    if diagnosis.cause == gates.CAUSE:
        return _gates_closed(diagnosis, changes, until_at)
    wanted = SWITCHES.get(diagnosis.cause)
    if wanted is None:
        return [change for change in changes if names_subject(diagnosis, change)]
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
        about = names_subject(diagnosis, change) or names_place(diagnosis, change)
        turns = switched(change)
        # An inferred change happened some time between two inventories. It may have caused what
        # came in between, but it undid an earlier change for certain only from its end on.
        # Nor does one that the clocks put after the first bad look, however little.
        undoes = turns is (not wanted)
        began_at = change.at if undoes else since_of(change) - CLOCK_SECONDS
        if not about or began_at > until_at:
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


def _gates_closed(diagnosis: Diagnosis, changes: Sequence[Change], until_at: float) -> list[Change]:
    """Every change that may have closed a gate since one was opened for certain."""
    standing: list[Change] = []
    for change in changes:
        if since_of(change) > until_at + CLOCK_SECONDS:
            continue
        if gates.opens(diagnosis, change):
            standing = [] if change.at <= until_at else standing
        elif gates.closes(diagnosis, change) is not None:
            standing.append(change)
    return standing


def is_vague(diagnosis: Diagnosis, change: Change) -> bool:
    """Whether the change does not tell if it did what the cause asks for."""
    if diagnosis.cause == gates.CAUSE:
        return gates.closes(diagnosis, change) is gates.Closing.UNSURE
    return diagnosis.cause in SWITCHES and switched(change) is None
