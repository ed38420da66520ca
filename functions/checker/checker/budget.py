"""Do no harm: at most 12 requests for one endpoint from one vantage in a minute, all included.

A steady endpoint costs one request a look, so the times of the looks stand for it; what comes on
top (confirmations, pinned, outside) is remembered for the few that had it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_A_MINUTE = 12
WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """`looks`: when looks began; `extras`: further requests by endpoint, as their times."""

    looks: tuple[float, ...] = ()
    extras: dict[str, list[float]] = field(default_factory=dict)

    def at(self, now_at: float) -> "Budget":
        """The same, without what is older than a minute."""
        start = now_at - WINDOW_SECONDS
        kept = {e: [t for t in times if t > start] for e, times in self.extras.items()}
        return Budget(
            looks=tuple(t for t in self.looks if t > start),
            extras={endpoint: times for endpoint, times in kept.items() if times},
        )

    def left(self, endpoint: str) -> int:
        """Requests that may still be made; of a budget brought up to now by `at`."""
        return MOST_A_MINUTE - len(self.looks) - len(self.extras.get(endpoint, ()))

    def with_look(self, now_at: float) -> "Budget":
        return Budget(looks=(*self.looks, now_at), extras=self.extras)

    def with_extras(self, spent: Mapping[str, int], now_at: float) -> "Budget":
        extras = {endpoint: list(times) for endpoint, times in self.extras.items()}
        for endpoint, count in spent.items():
            extras.setdefault(endpoint, []).extend([now_at] * count)
        return Budget(looks=self.looks, extras=extras)
