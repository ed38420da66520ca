"""The emulator's network state, as its /_lab/state tells it, in records.

Decided here: how that document is read. Not decided here: what follows from it.
"""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lab.world.parts import WayOut, standpoint_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """An endpoint's network interface: one address in one subnet."""

    id: str
    subnet: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcEndpoint:
    """An interface endpoint. `private_dns` is what was last asked for, not what resolves yet."""

    id: str
    service: str
    state: str
    created_at: float
    security_groups: tuple[str, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    private_dns: bool = False
    private_dns_changed_at: float = 0.0
    private_dns_changed_by: str = "create"
    deleted_at: float | None = None
    policy: str | None = None

    @property
    def available(self) -> bool:
        """Whether it forwards traffic."""
        return self.state == "available" and self.deleted_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionInterface:
    """A function's network interface in the VPC: where a canary stands."""

    id: str
    address: str
    subnet: str
    groups: tuple[str, ...] = ()
    function: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRule:
    """One permission of a security group; `protocol` "-1" is all, ports None are all."""

    protocol: str
    first_port: int | None = None
    last_port: int | None = None
    cidrs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup:
    """What a security group lets in and out."""

    ingress: tuple[GroupRule, ...] = ()
    egress: tuple[GroupRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRecord:
    """One record set of a private zone; `name` may begin with "*."."""

    name: str
    type: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateZone:
    """A private hosted zone that the VPC is associated with."""

    name: str
    records: tuple[ZoneRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """One VPC and everything in it that the data plane shows."""

    id: str
    cidr: str
    region: str
    dns_support: bool = True
    dns_hostnames: bool = True
    way_out: Mapping[str, WayOut] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    endpoints: tuple[VpcEndpoint, ...] = ()
    function_interfaces: tuple[FunctionInterface, ...] = ()
    security_groups: Mapping[str, SecurityGroup] = field(default_factory=dict)
    private_zones: tuple[PrivateZone, ...] = ()

    @property
    def resolver_address(self) -> str:
        """The VPC's base address plus two, where Amazon's resolver listens."""
        return str(ipaddress.IPv4Network(self.cidr)[2])

    @property
    def standing(self) -> FunctionInterface | None:
        """The interface that traffic from this VPC comes from: the newest one of a function.

        All functions of a VPC share its namespace, hence one source address; an interface that
        outlives its function is listed before that of the function's successor.
        """
        return self.function_interfaces[-1] if self.function_interfaces else None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything at one revision: VPCs by id, and further standpoints in them."""

    revision: int
    vpcs: Mapping[str, Vpc] = field(default_factory=dict)


NOTHING = State(revision=-1)


def from_document(document: Mapping[str, Any]) -> State:
    """Read /_lab/state, ignoring unknown keys. Raises KeyError on a missing one."""
    vpcs = (_vpc(vpc_id, one) for vpc_id, one in document["vpcs"].items())
    standpoints = {each.id: each for vpc in vpcs for each in standpoints_of(vpc)}
    return State(revision=int(document["revision"]), vpcs=standpoints)


def standpoints_of(vpc: Vpc) -> Iterator[Vpc]:
    """The VPC as most of its functions see it, and once more as each further canary does."""
    further: dict[str, list[FunctionInterface]] = {}
    for one in vpc.function_interfaces:
        further.setdefault(standpoint_of(vpc.id, one.function), []).append(one)
    yield replace(vpc, function_interfaces=tuple(further.pop(vpc.id, ())))
    for standpoint, own in further.items():
        yield replace(vpc, id=standpoint, function_interfaces=tuple(own))


def _vpc(vpc_id: str, one: Mapping[str, Any]) -> Vpc:
    return Vpc(
        id=vpc_id,
        cidr=one["cidr"],
        region=one["region"],
        dns_support=one["dns_support"],
        dns_hostnames=one["dns_hostnames"],
        way_out={subnet: WayOut(way) for subnet, way in one["way_out"].items()},
        zones={subnet: about["az"] for subnet, about in one["subnets"].items()},
        endpoints=tuple(_endpoint(each) for each in one["endpoints"]),
        function_interfaces=tuple(
            FunctionInterface(
                id=each["id"],
                address=each["address"],
                subnet=each["subnet"],
                groups=tuple(each["groups"]),
                function=each["function"] or "",
            )
            for each in one["function_interfaces"]
        ),
        security_groups={
            group: SecurityGroup(
                ingress=tuple(_rule(each) for each in about["ingress"]),
                egress=tuple(_rule(each) for each in about["egress"]),
            )
            for group, about in one["security_groups"].items()
        },
        private_zones=tuple(_zone(each) for each in one.get("private_zones", ())),
    )


def _zone(one: Mapping[str, Any]) -> PrivateZone:
    return PrivateZone(
        name=one["name"].rstrip(".").lower(),
        records=tuple(
            ZoneRecord(
                name=each["name"].rstrip(".").lower().replace("\\052", "*"),
                type=each["type"],
                values=tuple(each["values"]),
            )
            for each in one["records"]
        ),
    )


def _endpoint(one: Mapping[str, Any]) -> VpcEndpoint:
    return VpcEndpoint(
        id=one["id"],
        service=one["service"],
        state=one["state"],
        created_at=float(one["created_at"]),
        security_groups=tuple(one["security_groups"]),
        interfaces=tuple(
            Interface(id=each["id"], subnet=each["subnet"], address=each["address"])
            for each in one["interfaces"]
        ),
        private_dns=bool(one["private_dns"]),
        private_dns_changed_at=float(one["private_dns_changed_at"] or one["created_at"]),
        private_dns_changed_by=one["private_dns_changed_by"] or "create",
        deleted_at=one["deleted_at"],
        policy=one.get("policy"),
    )


def _rule(one: Mapping[str, Any]) -> GroupRule:
    return GroupRule(
        protocol=str(one["protocol"]),
        first_port=one["from"],
        last_port=one["to"],
        cidrs=tuple(one["cidrs"]),
        groups=tuple(one["groups"]),
    )
