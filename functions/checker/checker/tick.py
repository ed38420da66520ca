"""The minute of a member: looks first, then what the hub must know."""

import math
from dataclasses import dataclass, replace

from aws_lambda_powertools import Logger

from checker import digest, forgetting, reports, vantages, vpc_look
from checker.aws import Clients
from checker.denied import Denied
from checker.digest import Minute
from checker.hub import Hub
from checker.looks import Looks
from checker.rate import MINUTE_SECONDS, offset_of
from checker.registry import Register
from checker.settings import Settings
from checker.snapshot import Registry
from checker.sources import SourceRefused
from checker.state import Table
from checker.stock import Stock
from checker.sweep import Sweep
from checker.taking_part import TICK
from checker.trail import NO_TRAIL, Trail
from checker.vantages import Placed
from checker.vpc_look import VpcLook
from probing.clock import Clock
from reasoning import wire
from reasoning.inventory import Inventory
from reasoning.transition import MemberProblem

DAY_SECONDS = 86_400.0

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Handles the tick. What one part cannot do is told as a problem and stops no other."""

    settings: Settings
    clients: Clients
    clock: Clock
    table: Table
    looks: Looks
    hub: Hub
    register: Register
    stock: Stock
    trail: Trail
    sweep: Sweep
    denied: Denied

    def handle(self) -> None:
        now_at = self.clock.now_at()
        problems: list[MemberProblem] = []
        before = vantages.load(self.table.get(vantages.KEY))
        placed = self._placed(before, problems, now_at)
        registry = self.register.refresh(tuple(placed), self.stock.kept(), problems)
        looks = self._last_looks({*before, *placed})
        if not registry.paused:
            self._send_looks(placed, looks, now_at)
        inventory, refused = self.stock.refresh(frozenset(placed))
        if refused:
            problems.append(_refused("inventory_refused", refused, now_at))
        problems += self.denied.problems(now_at)
        self._report(problems, now_at)
        self._digest(placed, registry, looks, inventory, now_at)
        swept = self.sweep.run(looks)
        logger.info(
            "tick",
            vpcs=len(placed),
            endpoints=len(registry.endpoints),
            paused=registry.paused,
            problems=len(problems),
            swept=swept,
        )

    def _placed(
        self, before: dict[str, Placed], problems: list[MemberProblem], now_at: float
    ) -> dict[str, Placed]:
        try:
            read = vantages.read(self.clients, self.settings)
        except SourceRefused as error:
            problems.append(_refused("vantages_refused", str(error), now_at))
            return before
        placed = vantages.known(read, before, now_at)
        if placed != before:
            vantages.save(self.table, placed.values())
        return placed

    def _last_looks(self, vpc_ids: set[str]) -> dict[str, VpcLook]:
        keys = {vpc_look.key(vpc_id): vpc_id for vpc_id in vpc_ids}
        items = self.table.get_many(keys)
        loaded = {keys[key]: vpc_look.load(item) for key, item in items.items()}
        return {vpc_id: look for vpc_id, look in loaded.items() if look is not None}

    def _send_looks(
        self, placed: dict[str, Placed], looks: dict[str, VpcLook], now_at: float
    ) -> None:
        """One look for each VPC, always on the same second of the minute; at once for a VPC that
        was never looked at."""
        for vpc_id in placed:
            offset = offset_of(self.settings.account_id, vpc_id)
            for due in due_at(now_at, offset, looks.get(vpc_id)):
                self.looks.enqueue(vpc_id, not_before=due, why=TICK)

    def _report(self, problems: list[MemberProblem], now_at: float) -> None:
        before = reports.load(self.table)
        told = before
        if now_at - before.trail_at >= DAY_SECONDS:
            told = replace(told, trail_at=now_at)
            problems.append(self.trail.check(now_at))
        elif NO_TRAIL in before.open:
            # Asked again at every tick while it is open: its end is to be told when it comes.
            problems.append(self.trail.check(now_at))
        told = reports.tell(self.hub, told, problems, now_at)
        if NO_TRAIL not in told.open and any(p.open and p.key == NO_TRAIL for p in problems):
            # The bus refused it: asked and told again at the next tick, not tomorrow.
            told = replace(told, trail_at=before.trail_at)
        if told != before:
            reports.save(self.table, told)

    def _digest(
        self,
        placed: dict[str, Placed],
        registry: Registry,
        looks: dict[str, VpcLook],
        inventory: Inventory | None,
        now_at: float,
    ) -> None:
        minute = Minute(
            account=self.settings.account_id,
            region=self.settings.aws_region,
            release=self.settings.release,
            at=now_at,
            endpoints={endpoint.id: endpoint for endpoint in registry.endpoints},
            placed=placed,
            looks={vpc_id: look for vpc_id, look in looks.items() if vpc_id in placed},
            paused=registry.paused,
            resumed_at=registry.resumed_at,
            labels={vpc.id: vpc.label for vpc in inventory.vpcs} if inventory else {},
        )
        before = digest.load(self.table)
        digests, sent = minute.digests(before)
        if self.hub.send(wire.DIGEST, [[found] for found in digests]):
            again = forgetting.forget(self.table, digests[0].gone, now_at)
            kept = {name: before.pairs[name] for name in again}
            digest.save(self.table, replace(sent, pairs=sent.pairs | kept))


def next_at(now_at: float, offset: int) -> float:
    """The next time, now included, that stands on that second of a minute."""
    due = math.floor(now_at / MINUTE_SECONDS) * MINUTE_SECONDS + offset
    return float(due if due >= now_at else due + MINUTE_SECONDS)


def due_at(now_at: float, offset: int, last: VpcLook | None) -> tuple[float, ...]:
    """When a VPC is to be looked at, as of this tick.

    Ticks do not come on the same second: where one came just before the VPC's own and the next one
    just after it, nobody has asked for the look of that minute. What was asked for twice is looked
    at once (`look`).
    """
    if last is None:
        return (now_at,)
    due = next_at(now_at, offset)
    before = due - MINUTE_SECONDS
    left_out = last.at < before and now_at - before < MINUTE_SECONDS / 2
    return (before, due) if left_out else (due,)


def _refused(key: str, reason: str, now_at: float) -> MemberProblem:
    return MemberProblem(
        key=key,
        what=f"the checker was refused: {reason}",
        mend="see the role of the checker in member.yaml, service control policies and the "
        "permissions boundary",
        at=now_at,
    )
