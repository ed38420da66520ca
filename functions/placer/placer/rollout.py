"""How far a release may go: ring after ring, and no further while its canaries see less.

Decided here: when the next ring opens, and when the roll-out halts. Not decided here: which VPC is
in which ring (`placer.rings`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from placer.rings import RINGS

SOAK_SECONDS = 300.0
"""How long the canaries of a ring have looked before the next one opens: five looks."""
UNSEEN_SECONDS = 3600.0
"""How long a ring waits for canaries that nobody asks: looks may be paused."""
RISE = 0.2
"""How much more of the looks may end unknown with the new release than with the old one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """`open` rings may be updated to `code` (release and layer versions), the last of them since
    `at`. `halted` says why it goes no further, "" while it goes."""

    code: tuple[str, ...] = ()
    open: int = 1
    at: float = 0.0
    halted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """One canary: its ring, the code that its stack was made for and since when it stands so, and
    the last look from there (None: none yet). `at_work`: its stack is being made or changed."""

    ring: int
    code: tuple[str, ...]
    settled_at: float
    stands: bool = True
    at_work: bool = False
    look: "Seen | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A look: when it ended, and which share of it was unknown."""

    at: float
    unknown: float


def seen(look: Mapping[str, Any] | None) -> Seen | None:
    """A look as the checker keeps it: wholly unknown, or with a state for each endpoint."""
    if look is None:
        return None
    if look.get("state") == "unknown":
        return Seen(at=float(look["at"]), unknown=1.0)
    states = [pair.get("state") for pair in look.get("pairs", {}).values()]
    told = [state for state in states if state != "skipped"]
    share = told.count("unknown") / len(told) if told else 0.0
    return Seen(at=float(look["at"]), unknown=share)


def advance(
    before: Rollout, code: tuple[str, ...], canaries: tuple[Canary, ...], now_at: float
) -> Rollout:
    """The roll-out now. It halts only while the rise lasts: what becomes well goes on."""
    if before.code != code:
        before = Rollout(code=code, at=now_at)
    new = [c for c in canaries if c.code == code]
    old = [c for c in canaries if c.code != code]
    if new and old and _unknown(new) - _unknown(old) > RISE:
        halted = (
            f"release {code[0]} is not rolled out further: {_unknown(new):.0%} of what its "
            f"{len(new)} canaries look at is unknown, {_unknown(old):.0%} with the one before"
        )
        return replace(before, halted=halted)
    before = replace(before, halted="")
    inside = [c for c in canaries if c.ring < before.open]
    if before.open >= RINGS or not all(_well(c, code, now_at) for c in inside):
        return before
    return replace(before, open=_next(before.open, canaries), at=now_at)


def _next(opened: int, canaries: tuple[Canary, ...]) -> int:
    """The next ring that has a canary in it: an empty one is not waited for."""
    further = [c.ring + 1 for c in canaries if c.ring >= opened]
    return min(further, default=RINGS)


def _well(canary: Canary, code: tuple[str, ...], now_at: float) -> bool:
    """Whether it has looked with this code for a while. A stack that does not stand is repaired by
    itself and holds no release up; one that is just being updated to it does."""
    if canary.at_work:
        return False
    if not canary.stands:
        return True
    looked = canary.look is not None and canary.look.at >= canary.settled_at
    wait = SOAK_SECONDS if looked else UNSEEN_SECONDS
    return canary.code == code and now_at - canary.settled_at >= wait


def _unknown(canaries: list[Canary]) -> float:
    told = [c.look.unknown for c in canaries if c.look is not None and c.look.at >= c.settled_at]
    return sum(told) / len(told) if told else 0.0
