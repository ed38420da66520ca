"""Do no harm: at most 12 requests for one endpoint from one vantage in a minute, all included.

A steady endpoint costs one request a look, so the times of the looks stand for it; what comes on
top (confirmations, a credential tried again, pinned, outside, a name's other addresses) is
remembered for the few that had it. Times are those of the ends, so that nothing is forgotten early.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from probing.outcome import Outcome

MOST_A_MINUTE = 12
WINDOW_SECONDS = 60.0
KEPT_FOR_PROOF = 4
"""Two confirmations, a pinned and an outside look: they say more than a name's other addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """`looks`: when looks saw their first round end; `extras`: further requests by endpoint, as
    their times; `paid_until`: until when the VPC's share of `MaxRate` is used up (checker.rate),
    for endpoints of which it is. `canaries`: how many of the VPC's canaries ask each time."""

    looks: tuple[float, ...] = ()
    extras: dict[str, list[float]] = field(default_factory=dict)
    paid_until: dict[str, float] = field(default_factory=dict)
    canaries: int = 1

    def at(self, now_at: float) -> "Budget":
        """The same, without what is older than a minute."""
        start = now_at - WINDOW_SECONDS
        kept = {e: [t for t in times if t > start] for e, times in self.extras.items()}
        return replace(
            self,
            looks=tuple(t for t in self.looks if t > start),
            extras={endpoint: times for endpoint, times in kept.items() if times},
        )

    def left(self, endpoint: str) -> int:
        """Requests that may still be made; of a budget brought up to now by `at`."""
        most = MOST_A_MINUTE // self.canaries
        return most - len(self.looks) - len(self.extras.get(endpoint, ()))

    def with_look(self, now_at: float) -> "Budget":
        return replace(self, looks=(*self.looks, now_at))

    def with_extras(self, spent: Mapping[str, int], now_at: float) -> "Budget":
        extras = {endpoint: list(times) for endpoint, times in self.extras.items()}
        for endpoint, count in spent.items():
            extras.setdefault(endpoint, []).extend([now_at] * count)
        return replace(self, extras=extras)

    def with_paid(self, paid_until: dict[str, float]) -> "Budget":
        return replace(self, paid_until=paid_until)


def siblings(left: int) -> int:
    """How many other addresses of a name a failed probe may try, of `left` requests after it."""
    return max(0, left - KEPT_FOR_PROOF)


def tried_beyond(outcome: Outcome) -> int:
    """Requests that an outcome stands for beyond its own: the other addresses that were tried."""
    return max(0, len(outcome.tried) - 1)
