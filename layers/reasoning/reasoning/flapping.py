"""When a pair's hard changes come so often that telling each one helps nobody.

A window of 20 slots of one minute, as looks are made once a minute. Slots weigh 0.8 to 1.18 from
old to new; flapping begins above 30 % and ends below 25 %, as in Icinga 2 (icinga.com/docs/
icinga-2/latest/doc/08-advanced-topics, "Check Flapping"). The times of changes say the same as a
ring of results would, and a steady look needs no write.
"""

from collections.abc import Iterable

SLOTS = 20
SLOT_SECONDS = 60.0
BEGINS_ABOVE = 30.0
ENDS_BELOW = 25.0
_OLDEST_WEIGHT = 0.8
_WEIGHT_STEP = 0.02


def recent(moves: Iterable[float], now_at: float) -> tuple[float, ...]:
    """The hard changes (epoch seconds) that are inside the window."""
    return tuple(at for at in moves if now_at - at < SLOTS * SLOT_SECONDS)


def percent(moves: Iterable[float], now_at: float) -> float:
    """How much of the window changed, weighted."""
    ages = (int(max(0.0, now_at - at) // SLOT_SECONDS) for at in moves)
    weights = (_OLDEST_WEIGHT + _WEIGHT_STEP * (SLOTS - 1 - age) for age in ages if age < SLOTS)
    return 100.0 * sum(weights) / SLOTS


def flaps(flapping: bool, moves: Iterable[float], now_at: float) -> bool:
    """Whether a pair that was `flapping` (or not) is so now."""
    value = percent(moves, now_at)
    return value >= ENDS_BELOW if flapping else value > BEGINS_ABOVE
