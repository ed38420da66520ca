"""Which change mended it: the one that turned back what had broken it."""

from collections.abc import Sequence

from reasoning import gates
from reasoning.change import Change
from reasoning.diagnose import Diagnosis
from reasoning.scope import CLOCK_SECONDS, in_order, names_place, names_subject
from reasoning.standing import SWITCHES
from reasoning.twins import since_of, switched, told_once


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
    bad_at = recovered_at if last_bad_at is None else last_bad_at
    changes = told_once(ledger)
    if diagnosis.cause == gates.CAUSE:
        back = sorted(
            (change for change in changes if gates.may_open(diagnosis, change)),
            key=lambda change: not gates.opens(diagnosis, change),
        )
    else:
        back = _turned_back(diagnosis, changes, recovered_at)
    # Of several that turned it back, the first did it: the others found it so.
    in_time = (one for one in back if in_order(diagnosis, one, bad_at, recovered_at))
    return next(in_time, None)


def _turned_back(
    diagnosis: Diagnosis, changes: Sequence[Change], recovered_at: float
) -> list[Change]:
    """Changes that turned the switch back, since it was last turned the bad way."""
    wanted = SWITCHES.get(diagnosis.cause)
    back: list[Change] = []
    for change in changes:
        about = names_subject(diagnosis, change) or names_place(diagnosis, change, anew=True)
        turns = switched(change)
        if wanted is None or turns is None or not about:
            continue
        if since_of(change) <= recovered_at + CLOCK_SECONDS:
            back = [] if turns is wanted else [*back, change]
    return back
