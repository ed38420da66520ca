"""What a name resolves to, in a VPC or in public: pure, over the state, the world and lab time.

Facts (AWS PrivateLink guide "VPC endpoint DNS names", API Gateway guide "Private REST APIs"):
private DNS puts a hidden zone over the whole VPC that holds the service's name and, for
execute-api, the wildcard below it; it needs enableDnsSupport and enableDnsHostnames; the endpoint's
own names resolve publicly to its private addresses. Of a VPC's zones the most specific one that
fits a name answers, even when it has no such record: then the name does not exist (Route 53 guide
"Considerations when working with a private hosted zone").

Guesses (no public source says so with certainty; the product must be right either way):
- the public wildcard resolves for every name, also for an id that no API has;
- a private API's default name does not resolve publicly (others report an address and a 403);
- an endpoint's own names appear when it becomes available;
- the TTL is 60 s everywhere;
- where a world says so, old and new answers take turns for a while after a change.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lab.dataplane.state import PrivateZone, State, Vpc, VpcEndpoint, ZoneRecord
from lab.world.model import World
from lab.world.parts import ApiKind, RecordType

TTL_SECONDS = 60
REGIONAL_ADDRESS = "203.0.113.10"
EDGE_ADDRESS = "203.0.113.11"

_LONGEST_CHAIN = 8
_ENDPOINT_NAME = re.compile(
    r"(?P<id>vpce-[0-9a-f]+)-[0-9a-z]+(?:-(?P<zone>[a-z]+-[a-z-]+-\d[a-z]))?"
    r"\.(?P<service>[a-z0-9.-]+)\.(?P<region>[a-z]+-[a-z-]+-\d)\.vpce\.amazonaws\.com"
)


class Rcode(StrEnum):
    """How a resolver ends an answer."""

    NOERROR = "NOERROR"
    NXDOMAIN = "NXDOMAIN"
    SERVFAIL = "SERVFAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One resource record of an answer."""

    name: str
    type: RecordType
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A resolver's answer; no records with NOERROR means: the name exists, this type does not."""

    rcode: Rcode
    records: tuple[Record, ...] = ()


def answer(
    state: State,
    world: World,
    vpc_id: str | None,
    qname: str,
    qtype: str,
    now: float,
    turn: int = 0,
) -> Reply | None:
    """What the resolver of `vpc_id` (None: the public one) says at lab time `now`.

    `qname` any case, with or without the last dot; `qtype` "A", "AAAA", ... . `turn` counts the
    look-ups of that name, for a resolver that alternates. None means that nobody answers: the
    VPC is gone, or its enableDnsSupport is off.
    """
    vpc = state.vpcs.get(vpc_id) if vpc_id is not None else None
    if vpc_id is not None and (vpc is None or not vpc.dns_support):
        return None
    chain: list[Record] = []
    name = qname.rstrip(".").lower()
    for _ in range(_LONGEST_CHAIN):
        found = _lookup(state, world, vpc, name, now, turn)
        if found is None:
            return Reply(rcode=Rcode.NXDOMAIN, records=tuple(chain))
        cname = next((one for one in found if one.type is RecordType.CNAME), None)
        if cname is None or qtype == "CNAME":
            wanted = [one for one in found if one.type.value == qtype]
            return Reply(rcode=Rcode.NOERROR, records=(*chain, *wanted))
        chain.append(cname)
        name = cname.value
    return Reply(rcode=Rcode.SERVFAIL)


def captures(vpc: Vpc, endpoint: VpcEndpoint, world: World, now: float, turn: int = 0) -> bool:
    """Whether the endpoint's private DNS is in effect in its VPC at `now`.

    A change shows after the world's delay for its kind; until then the state before it holds, and
    where the world alternates, off and on for a while after. A flip turned twice within one delay
    is told from its last turn alone.
    """
    if not (vpc.dns_support and vpc.dns_hostnames):
        return False
    if now < endpoint.created_at + world.delays.dns_after_create:
        return False
    deleted = endpoint.deleted_at is not None
    if not deleted and endpoint.state != "available" and not world.dns_before_available:
        return False
    before, after, shows_at = _flip(endpoint, world)
    waver = world.dns_alternates
    old = now < shows_at or (waver is not None and waver.shows_old(now - shows_at, turn))
    return before if old else after


def _flip(endpoint: VpcEndpoint, world: World) -> tuple[bool, bool, float]:
    """The last change of private DNS: what held before it, what holds after, and when it shows."""
    delays, asked = world.delays, endpoint.private_dns
    if endpoint.deleted_at is not None:
        held = asked or endpoint.private_dns_changed_by == "delete"
        return held, False, endpoint.deleted_at + delays.dns_after_delete
    if endpoint.private_dns_changed_by == "create":
        wait = 0.0 if world.dns_before_available else delays.endpoint_available
        return False, asked, endpoint.created_at + max(delays.dns_after_create, wait)
    return not asked, asked, endpoint.private_dns_changed_at + delays.dns_after_modify


def _lookup(
    state: State, world: World, vpc: Vpc | None, name: str, now: float, turn: int
) -> tuple[Record, ...] | None:
    """The records of exactly this name; None when it does not exist."""
    zone = _private_zone(vpc, world, name, now, turn) if vpc is not None else None
    if zone is not None:
        return _in_zone(zone, name)
    listed = tuple(
        Record(name=name, type=one.type, value=one.value)
        for one in world.records
        if one.name.lower() == name
    )
    return listed or _endpoint_name(state, name) or _amazon(world, name)


def _private_zone(vpc: Vpc, world: World, name: str, now: float, turn: int) -> PrivateZone | None:
    """The VPC's zone that holds `name`: the most specific one, and then no other is asked."""
    # AWS refuses a second holder of a name; while one is replaced, the newer zone answers.
    holders = sorted(
        (one for one in vpc.endpoints if captures(vpc, one, world, now, turn)),
        key=lambda one: (one.deleted_at is None, one.created_at),
        reverse=True,
    )
    zones = [*(_hidden_zone(one, vpc.region) for one in holders), *vpc.private_zones]
    fitting = [one for one in zones if name == one.name or name.endswith(f".{one.name}")]
    return max(fitting, key=lambda one: len(one.name), default=None)


def _hidden_zone(endpoint: VpcEndpoint, region: str) -> PrivateZone:
    short = endpoint.service.removeprefix(f"com.amazonaws.{region}.")
    zone = f"{short}.{region}.amazonaws.com"
    addresses = tuple(one.address for one in endpoint.interfaces)
    held = tuple(ZoneRecord(name=one, type="A", values=addresses) for one in (zone, f"*.{zone}"))
    return PrivateZone(name=zone, records=held)


def _in_zone(zone: PrivateZone, name: str) -> tuple[Record, ...] | None:
    """The zone's records of `name`, or of the nearest wildcard above it; None when it has none."""
    asked = [name]
    above = name
    while above != zone.name:
        above = above.partition(".")[2]
        asked.append(f"*.{above}")
    for one in asked:
        held = [each for each in zone.records if each.name == one]
        if held:
            return tuple(
                Record(name=name, type=RecordType(each.type), value=value.rstrip(".").lower())
                for each in held
                if each.type in tuple(RecordType)
                for value in each.values
            )
    return None


def _endpoint_name(state: State, name: str) -> tuple[Record, ...] | None:
    parts = _ENDPOINT_NAME.fullmatch(name)
    if parts is None:
        return None
    for vpc in state.vpcs.values():
        for one in vpc.endpoints:
            service = f"com.amazonaws.{parts['region']}.{parts['service']}"
            if one.id == parts["id"] and one.service == service and one.available:
                inside = (
                    each.address
                    for each in one.interfaces
                    if parts["zone"] in (None, vpc.zones.get(each.subnet))
                )
                return _addresses(name, inside)
    return None


def _amazon(world: World, name: str) -> tuple[Record, ...] | None:
    if name.endswith(".cloudfront.net"):
        return _addresses(name, (EDGE_ADDRESS,))
    region = next((one for one in world.all_regions if name.endswith(zone_of(one))), None)
    if region is None:
        return None
    asked = name.removesuffix(zone_of(region))
    here = (one for one in world.apis if world.region_of(one) == region)
    api = next((one for one in here if one.id == asked), None)
    if api is None or api.kind in (ApiKind.REGIONAL, ApiKind.HTTP):
        return _addresses(name, (REGIONAL_ADDRESS,))
    if api.kind is ApiKind.PRIVATE:
        return None
    return (Record(name=name, type=RecordType.CNAME, value=f"d{api.id}.cloudfront.net"),)


def zone_of(region: str) -> str:
    """What the default names of a Region's APIs end in."""
    return f".execute-api.{region}.amazonaws.com"


def _addresses(name: str, values: Iterator[str] | tuple[str, ...]) -> tuple[Record, ...]:
    return tuple(Record(name=name, type=RecordType.A, value=one) for one in values)
