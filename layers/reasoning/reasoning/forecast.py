"""What a change will do to the endpoints that are looked at, said before it shows.

Decided here: which known pairs will be captured, withdrawn or restored by a switch of private
DNS. Nothing is forecast of a pair that already shows it. Not decided here: whether to tell.
Source: an alias A record is flattened by its own zone and stays public, a CNAME into execute-api
is captured: repost.aws/knowledge-center/api-gateway-vpc-connections.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reasoning import forecast_groups
from reasoning.case import RouteClass
from reasoning.change import Change
from reasoning.contrast import covered_name
from reasoning.inventory import Inventory, VpcEndpoint
from reasoning.private_dns import names_of
from reasoning.transition import EndpointFacts, Health
from reasoning.twins import DELETE, MODIFY, switched

_SHOWN = frozenset({Health.NEVER_GOOD, Health.FAILING, Health.CHANGING})
"""Of such a pair no loss is foretold: it is lost, or what comes of it is being seen."""
_NOT_LOST = frozenset({Health.GOOD, Health.CHANGING, Health.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPair:
    """One endpoint at one VPC, as the last digest told it."""

    account: str
    region: str
    vpc_id: str
    endpoint: EndpointFacts
    health: Health
    route_class: RouteClass
    cname_chain: tuple[str, ...] = ()
    vpc_endpoint_id: str = ""
    good_since_at: float | None = None

    @property
    def pair(self) -> str:
        return f"{self.endpoint.id}@{self.account}/{self.region}/{self.vpc_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A pair that the change will touch, and why one thinks so."""

    pair: KnownPair
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """`captured` will be taken over (public APIs break), `withdrawn` will lose the endpoint that
    they are good through, `restored` may become good. All empty: the names change hands in a VPC
    where no registered endpoint uses them. `names` are those that change hands, in `vpc_id`.
    `perhaps`: something that is not known may keep it from happening."""

    change: Change
    vpc_id: str
    endpoint_id: str
    names: tuple[str, ...]
    captured: tuple[Expected, ...] = ()
    withdrawn: tuple[Expected, ...] = ()
    restored: tuple[Expected, ...] = ()
    assumed: bool = False
    perhaps: bool = False

    @property
    def broken(self) -> tuple[Expected, ...]:
        return (*self.captured, *self.withdrawn)

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Ids of the endpoints that will break, each once."""
        return tuple(dict.fromkeys(one.pair.endpoint.id for one in self.broken))


def forecast(change: Change, pairs: Sequence[KnownPair]) -> Forecast | None:
    """None for a change that switches no names, or that does not tell where. `change` has been
    `located`: ModifyVpcEndpoint and DeleteVpcEndpoints name neither VPC nor service."""
    if change.scope.get(forecast_groups.GUARDED):
        return _cut_off(change, pairs)
    turns = switched(change)
    vpc_id, names = str(change.scope.get("vpc_id", "")), tuple(change.scope.get("names", ()))
    if turns is None or not vpc_id or not names:
        return None
    here = [pair for pair in pairs if pair.vpc_id == vpc_id and pair.region == change.region]
    empty = Forecast(
        change=change,
        vpc_id=vpc_id,
        endpoint_id=next(iter(change.resource_ids), ""),
        names=names,
        assumed=bool(change.after.get("private_dns_assumed")),
    )
    if turns:
        captured = tuple(_expected(here, names, _captured))
        restored = tuple(_expected(here, names, _served))
        return replace(empty, captured=captured, restored=restored)
    through = [pair for pair in here if pair.vpc_endpoint_id in change.resource_ids]
    withdrawn = tuple(_expected(through, names, _withdrawn))
    return replace(empty, withdrawn=withdrawn, restored=tuple(_expected(through, names, _freed)))


def _cut_off(change: Change, pairs: Sequence[KnownPair]) -> Forecast | None:
    """A rule that guards endpoints was taken away: what is good through one of them may go."""
    if not forecast_groups.may_close(change):
        return None
    here = [pair for pair in pairs if pair.region == change.region and pair.health not in _SHOWN]
    said = [
        (pair, forecast_groups.why(change, pair.vpc_endpoint_id, pair.endpoint.url))
        for pair in here
    ]
    lost = tuple(Expected(pair=pair, why=why) for pair, why in said if why)
    return Forecast(
        change=change,
        vpc_id=lost[0].pair.vpc_id if lost else str(change.scope.get("vpc_id", "")),
        endpoint_id=lost[0].pair.vpc_endpoint_id if lost else "",
        names=(),
        withdrawn=lost,
        perhaps=True,
    )


def located(change: Change, inventories: Iterable[Inventory]) -> Change:
    """`change` with the VPC, service and names of its endpoint as inventories know them (of the
    time before it: a deleted endpoint is in the memory), and with how private DNS stood where the
    inventory is older than the call: one that set what was so already did nothing. Unchanged
    where nothing is known, or where a deleted endpoint had its private DNS off."""
    inventories = tuple(inventories)
    if forecast_groups.is_about_groups(change):
        return forecast_groups.located(change, inventories)
    taken_at, known = next(
        (
            (i.taken_at, e)
            for i in inventories
            for one in change.resource_ids
            if (e := i.endpoint(one))
        ),
        (0.0, None),
    )
    if known is None or switched(change) is None:
        return change
    if change.event_name == MODIFY and taken_at < change.at and known.deleted_at is None:
        change = replace(change, before={"private_dns": known.private_dns})
    if change.event_name == DELETE and not known.private_dns:
        return change
    scope = change.scope
    added = {
        "vpc_id": scope.get("vpc_id") or known.vpc_id,
        "service": scope.get("service") or known.service,
        "names": scope.get("names") or list(_names(known, change.region)),
    }
    return replace(change, scope={**scope, **added})


def _names(endpoint: VpcEndpoint, region: str) -> tuple[str, ...]:
    return endpoint.names or names_of(endpoint.service, region)


def _expected(
    pairs: Iterable[KnownPair],
    names: tuple[str, ...],
    rule: Callable[[KnownPair, str], str],
) -> Iterator[Expected]:
    """Pairs whose name, or a CNAME of it, is among `names`, where `rule` gives a reason."""
    for pair in pairs:
        name = covered_name(names, pair.endpoint.host, pair.cname_chain)
        why = rule(pair, name) if name else ""
        if why:
            yield Expected(pair=pair, why=why)


def _captured(pair: KnownPair, name: str) -> str:
    if pair.health in _SHOWN or pair.route_class is RouteClass.VPCE:
        return ""
    if name != pair.endpoint.host:
        return f"its name is a CNAME of {name}, which will resolve to the endpoint"
    return "its name will resolve to the endpoint"


def _served(pair: KnownPair, name: str) -> str:
    """A private API has no other way in; a public one that is bad will not get well by this."""
    if pair.health in _NOT_LOST or pair.route_class is RouteClass.VPCE:
        return ""
    return f"{name} is not good from here: served through the endpoint, if its API is private"


def _withdrawn(pair: KnownPair, name: str) -> str:
    if pair.health in _SHOWN:
        return ""
    return f"good only through {pair.vpc_endpoint_id}"


def _freed(pair: KnownPair, name: str) -> str:
    if pair.health not in (Health.FAILING, Health.FLAPPING, Health.NEVER_GOOD):
        return ""
    return f"{name} returns to public addresses"
