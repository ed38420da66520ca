"""Which endpoints a look leaves out, to do no harm: told apart, counted, and moving no counter."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
        shares = Shares.of(scene, self.max_rate)
        found = {}
        for endpoint in scene.endpoints:
            load = scene.pairs[endpoint.id].load
            if load is not None and now_at < load.not_before_at:
                found[endpoint.id] = LeftOut.LOAD
            elif not self._in_share(endpoint, shares, budget, now_at):
                found[endpoint.id] = LeftOut.RATE
            elif budget.left(endpoint.id) < 1:
                found[endpoint.id] = LeftOut.BUDGET
        return found

    def _in_share(
        self, endpoint: Endpoint, shares: "Shares", budget: Budget, now_at: float
    ) -> bool:
        # A look that an event started must not wait for the VPC's turn, only for its share.
        if self.why == TICK and not shares.share(endpoint).has_turn(endpoint.id, self.minute):
            return False
        return budget.paid_until.get(endpoint.id, 0.0) - now_at <= rate.AHEAD_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What a VPC may ask of each endpoint. `placed`: all placed VPCs in the order of their seconds
    of the minute; `whole`: the share in endpoints that all of them look at."""

    vpc_id: str
    placed: tuple[str, ...]
    whole: Share

    @classmethod
    def of(cls, scene: Scene, max_rate: float) -> "Shares":
        account = scene.vantage.account
        seconds = {v: rate.offset_of(account, v) for v in {scene.vpc_id, *scene.elsewhere}}
        placed = tuple(sorted(seconds, key=lambda vpc: (seconds[vpc], vpc)))
        rank = placed.index(scene.vpc_id)
        # Each of the VPC's canaries asks: what the VPC may ask is shared among them.
        own_rate = max_rate / scene.placed.canaries
        whole = Share(rank=rank, of=len(placed), max_rate=own_rate)
        return cls(vpc_id=scene.vpc_id, placed=placed, whole=whole)

    def share(self, endpoint: Endpoint) -> Share:
        """The share among the placed VPCs that look at that endpoint."""
        if not endpoint.from_vpcs:
            return self.whole
        looking = [vpc for vpc in self.placed if vpc in endpoint.from_vpcs]
        return replace(self.whole, rank=looking.index(self.vpc_id), of=len(looking))


def paid(budget: Budget, asked: Mapping[str, int], scene: Scene, max_rate: float) -> Budget:
    """`budget` with these requests taken from the VPC's shares, at the time of its last look."""
    now_at = budget.looks[-1]
    shares = Shares.of(scene, max_rate)
    paid_until = dict(budget.paid_until)
    for endpoint in scene.endpoints:
        if requests := asked.get(endpoint.id, 0):
            before = paid_until.get(endpoint.id, 0.0)
            paid_until[endpoint.id] = shares.share(endpoint).paid_until(before, requests, now_at)
    return budget.with_paid(rate.unpaid(paid_until, now_at))


def counted(left_out: Mapping[str, LeftOut]) -> dict[str, int]:
    """How many for each reason: for the log."""
    counts = Counter(left_out.values())
    return {reason.value: counts[reason] for reason in LeftOut}
