"""Which endpoints a look leaves out, to do no harm: told apart, counted, and moving no counter."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from checker import rate
from checker.budget import Budget
from checker.rate import Share
from checker.scene import Scene
from probing.endpoint import Endpoint

TICK = "tick"


class LeftOut(StrEnum):
    """Why: the minute's requests are used up, other VPCs have their turn (`MaxRate`), or it
    refused us before."""

    BUDGET = "budget"
    RATE = "rate"
    LOAD = "load"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a look may ask. `why` is that of its message; `minute` the one that it stands for."""

    max_rate: float
    minute: int
    why: str = TICK

    def left_out(self, scene: Scene, budget: Budget, now_at: float) -> dict[str, LeftOut]:
        """The endpoints of `scene` that this look leaves out, with the reason."""
        found = {e.id: self._reason(e, scene, budget, now_at) for e in scene.endpoints}
        return {endpoint: reason for endpoint, reason in found.items() if reason}

    def _reason(
        self, endpoint: Endpoint, scene: Scene, budget: Budget, now_at: float
    ) -> LeftOut | None:
        load = scene.pairs[endpoint.id].load
        if load is not None and now_at < load.not_before_at:
            return LeftOut.LOAD
        share = share_of(endpoint, scene, self.max_rate)
        # A look that an event started must not wait for the VPC's turn, only for its share.
        turn = self.why != TICK or share.has_turn(endpoint.id, self.minute)
        ahead = budget.paid_until.get(endpoint.id, 0.0) - now_at
        if not turn or ahead > rate.AHEAD_SECONDS:
            return LeftOut.RATE
        return LeftOut.BUDGET if budget.left(endpoint.id) < 1 else None


def share_of(endpoint: Endpoint, scene: Scene, max_rate: float) -> Share:
    """This VPC's share of the looks at that endpoint, among all placed VPCs that look at it."""
    placed = sorted({scene.vpc_id, *scene.elsewhere})
    looking = [vpc for vpc in placed if not endpoint.from_vpcs or vpc in endpoint.from_vpcs]
    return Share(rank=looking.index(scene.vpc_id), of=len(looking), max_rate=max_rate)


def paid(
    budget: Budget, asked: Mapping[str, int], scene: Scene, max_rate: float, now_at: float
) -> Budget:
    """`budget` with these requests taken from the VPC's shares."""
    paid_until = dict(budget.paid_until)
    for endpoint in scene.endpoints:
        if requests := asked.get(endpoint.id, 0):
            share = share_of(endpoint, scene, max_rate)
            before = paid_until.get(endpoint.id, 0.0)
            paid_until[endpoint.id] = share.paid_until(before, requests, now_at)
    return budget.with_paid(rate.unpaid(paid_until, now_at))


def counted(left_out: Mapping[str, LeftOut]) -> dict[str, int]:
    """How many for each reason: for the log."""
    counts = Counter(left_out.values())
    return {reason.value: counts[reason] for reason in LeftOut}
