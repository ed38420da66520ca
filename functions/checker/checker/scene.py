"""What a look begins with: the VPC, its endpoints, and what was known of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from checker import outsides, pairs, snapshot, vantages, vpc_look
from checker.outsides import Outside
from checker.pairs import Pair
from checker.settings import Settings
from checker.state import Table
from checker.vantages import Placed
from checker.vpc_look import VpcLook
from probing.clock import Clock
from probing.endpoint import Endpoint
from reasoning.case import Neighbour
from reasoning.inventory import Inventory
from reasoning.pair import new_pair
from reasoning.vantage import Vantage


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`stored` holds what the table has; `pairs` the same, brought up to the VPC's last look, and
    a new one for each endpoint that was never looked at from here."""

    placed: Placed
    vantage: Vantage
    inventory: Inventory
    endpoints: tuple[Endpoint, ...]
    stored: dict[str, Pair | None]
    pairs: dict[str, Pair]
    outsides: dict[str, Outside]
    last: VpcLook | None
    elsewhere: tuple[str, ...] = ()

    @property
    def vpc_id(self) -> str:
        return self.placed.vpc_id


def load(table: Table, settings: Settings, clock: Clock, vpc_id: str) -> Scene | None:
    """None when the VPC has no canary (any more), or all looks are paused."""
    keys = (snapshot.REGISTRY, snapshot.INVENTORY, vantages.KEY, vpc_look.key(vpc_id))
    items = table.get_many(keys)
    placed = vantages.load(items.get(vantages.KEY))
    if vpc_id not in placed:
        return None
    inventory = snapshot.load_inventory(items.get(snapshot.INVENTORY)) or Inventory(
        account=settings.account_id, region=settings.aws_region, taken_at=0.0
    )
    last = vpc_look.load(items.get(vpc_look.key(vpc_id)))
    registry = snapshot.load_registry(table, items.get(snapshot.REGISTRY))
    if registry is not None and registry.paused:
        return None
    endpoints = snapshot.endpoints_for(registry, vpc_id)
    stored, known = _remembered(table, vpc_id, endpoints)
    now = clock.now_at()
    return Scene(
        placed=placed[vpc_id],
        vantage=placed[vpc_id].vantage(inventory),
        inventory=inventory,
        endpoints=endpoints,
        stored=stored,
        pairs={
            endpoint: pair.caught_up(last.seen_at(endpoint) if last else None)
            if pair
            else Pair(state=new_pair(now))
            for endpoint, pair in stored.items()
        },
        outsides=known,
        last=last,
        elsewhere=tuple(other for other in placed if other != vpc_id),
    )


def neighbours_elsewhere(table: Table, scene: Scene) -> tuple[Neighbour, ...]:
    """What the last looks at the other VPCs of this account saw."""
    keys = {vpc_look.key(vpc_id): vpc_id for vpc_id in scene.elsewhere}
    found: list[Neighbour] = []
    for key, item in table.get_many(keys).items():
        look = vpc_look.load(item)
        if look is not None:
            found += _neighbours(keys[key], look)
    return tuple(found)


def _neighbours(vpc_id: str, look: VpcLook) -> Iterable[Neighbour]:
    for endpoint, seen in look.pairs.items():
        yield Neighbour(
            endpoint=endpoint,
            host=seen.host,
            vpc_id=vpc_id,
            state=seen.state,
            route_class=seen.route_class,
        )


def _remembered(
    table: Table, vpc_id: str, endpoints: tuple[Endpoint, ...]
) -> tuple[dict[str, Pair | None], dict[str, Outside]]:
    pair_keys = {e.id: pairs.key(e.id, vpc_id) for e in endpoints}
    outside_keys = {e.id: outsides.key(e.id) for e in endpoints}
    items = table.get_many([*pair_keys.values(), *outside_keys.values()])
    stored = {endpoint: pairs.load(items.get(key)) for endpoint, key in pair_keys.items()}
    loaded = {e: outsides.load(items.get(key)) for e, key in outside_keys.items()}
    return stored, {endpoint: found for endpoint, found in loaded.items() if found is not None}
