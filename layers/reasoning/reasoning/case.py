"""Everything known of one endpoint at one vantage now: what diagnosis rules judge."""

from dataclasses import dataclass, field
from enum import StrEnum

from probing.endpoint import Endpoint
from probing.outcome import Outcome, Sentinel
from reasoning.inventory import Inventory, VpcEndpoint
from reasoning.security_groups import Filters
from reasoning.vantage import Vantage


class RouteClass(StrEnum):
    PUBLIC = "public"
    CLOUDFRONT = "cloudfront"
    VPCE = "vpce"
    PRIVATE = "private"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastGood:
    """What the last look that saw the pair good had seen: the baseline of every comparison."""

    at: float
    route_class: RouteClass
    addresses: tuple[str, ...] = ()
    cname_chain: tuple[str, ...] = ()
    vpc_endpoint_id: str = ""
    status: int | None = None
    fingerprint: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """The same host family seen elsewhere: another endpoint here, or this endpoint elsewhere.
    `state` is its health, or what its newest probe saw; `vpc_endpoint_id` what it goes through."""

    endpoint: str
    host: str
    vpc_id: str
    state: str
    route_class: RouteClass
    vpc_endpoint_id: str = ""
    good_since_at: float | None = None

    @property
    def is_good(self) -> bool:
        return self.state in ("good", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`inside` is the newest inside outcome. `described` are endpoints as Describe calls told them
    just now, all of this VPC (fresher than the inventory: one that is absent is gone);
    `described_at` None when they could not be asked, with the reason in `describe_refused`.
    `outside_ever_good` and `public_ever_answered` guard the weight of the outside and the pinned
    look."""

    endpoint: Endpoint
    vantage: Vantage
    inside: Outcome
    route_class: RouteClass
    inventory: Inventory
    last_good: LastGood | None = None
    pinned: Outcome | None = None
    outside: Outcome | None = None
    outside_ever_good: bool = False
    public_ever_answered: bool = False
    sentinels: tuple[Sentinel, ...] = ()
    described: tuple[VpcEndpoint, ...] = ()
    described_at: float | None = None
    describe_refused: str = ""
    filters: Filters = field(default_factory=Filters)
    private_api: bool | None = None
    neighbours: tuple[Neighbour, ...] = ()

    def endpoint_at(self, address: str) -> VpcEndpoint | None:
        """The VPC endpoint at `address` in this VPC: described first, then inventory."""
        fresh = (e for e in self.described if address in e.addresses)
        found = next(fresh, None) or self.inventory.endpoint_at(address, self.vantage.vpc_id)
        return found
