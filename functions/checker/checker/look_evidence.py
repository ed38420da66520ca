"""What one look saw, and what it asked for it."""

from dataclasses import dataclass, field

from checker.budget import Budget, tried_beyond
from checker.our_load import Load
from checker.outsides import Outside
from checker.taking_part import LeftOut
from probing.outcome import Failure, Outcome, Sentinel


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """`inside` holds every inside outcome of an endpoint, in order; `left_out` says why one has
    none. `at` is the end of the first round, `ended_at` that of the last. `budget` has this look
    in it, but not what was asked beyond (`spent`). `asked_again` counts what was asked
    of endpoints before they were asked once more with a credential read anew. `extras` maps
    endpoints that had pinned and outside looks to what inside said then; `loads` what to keep of
    refusals, for endpoints looked at; `shown_of` when the credential was made that each was
    shown."""

    at: float
    budget: Budget
    ended_at: float = 0.0
    inside: dict[str, list[Outcome]] = field(default_factory=dict)
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    asked_again: dict[str, int] = field(default_factory=dict)
    shown_of: dict[str, float] = field(default_factory=dict)
    pinned: dict[str, Outcome] = field(default_factory=dict)
    outsides: dict[str, Outside] = field(default_factory=dict)
    sentinels: tuple[Sentinel, ...] = ()
    extras: dict[str, str] = field(default_factory=dict)
    loads: dict[str, Load | None] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    no_answer: str = ""

    def spent(self) -> dict[str, int]:
        """Requests beyond the one that a look makes anyway, by endpoint."""
        beyond = {endpoint: self._beyond(endpoint) for endpoint in self.inside}
        return {endpoint: count for endpoint, count in beyond.items() if count}

    def left(self, endpoint: str) -> int:
        """What the minute has room for still."""
        return self.budget.left(endpoint) - self._beyond(endpoint)

    def refuses(self, endpoint: str) -> bool:
        """Whether it has refused us in this look: more requests would be more load."""
        outcomes = [*self.inside.get(endpoint, []), self.pinned.get(endpoint)]
        return any(o is not None and o.failure is Failure.OUR_LOAD for o in outcomes)

    def _beyond(self, endpoint: str) -> int:
        inside, outside = self.inside.get(endpoint, []), self.outsides.get(endpoint)
        outcomes = [*inside, self.pinned.get(endpoint), outside.outcome if outside else None]
        seen = [outcome for outcome in outcomes if outcome is not None]
        again = self.asked_again.get(endpoint, 0)
        return len(seen) - bool(inside) + again + sum(tried_beyond(o) for o in seen)
