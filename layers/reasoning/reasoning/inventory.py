"""What stands in an account and Region, as far as it can steer or break a path."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcEndpoint:
    """An interface VPC endpoint. `names` are the host names that it takes over while private DNS
    is on (`*.` marks a wildcard). `interface_of` maps an address to the id of the interface that
    holds it. `policy_hash` is of the policy document. `deleted_at` is set on the memory of one
    that is gone."""

    id: str
    vpc_id: str
    service: str
    state: str = "available"
    private_dns: bool = False
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    interface_ids: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    policy_hash: str = ""
    created_at: float | None = None
    deleted_at: float | None = None
    interface_of: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """`tags` without those of AWS itself (`aws:`)."""

    id: str
    label: str = ""
    cidrs: tuple[str, ...] = ()
    dns_support: bool = True
    dns_hostnames: bool = True
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Of one account and Region at one time. `zones`: (zone id, name, vpc id) of private zones."""

    account: str
    region: str
    taken_at: float
    vpcs: tuple[Vpc, ...] = ()
    endpoints: tuple[VpcEndpoint, ...] = ()
    zones: tuple[tuple[str, str, str], ...] = ()

    def endpoint_at(self, address: str, vpc_id: str | None = None) -> VpcEndpoint | None:
        """The endpoint that holds an interface at `address`. VPCs may overlap: `vpc_id` first."""
        held = [e for e in self.endpoints if address in e.addresses]
        here = [e for e in held if e.vpc_id == vpc_id]
        return next(iter(here or ([] if vpc_id else held)), None)

    def endpoint(self, endpoint_id: str) -> VpcEndpoint | None:
        return next((e for e in self.endpoints if e.id == endpoint_id), None)

    def guarded_by(self, group_ids: Iterable[str]) -> tuple[VpcEndpoint, ...]:
        """The endpoints that stand which one of these security groups guards."""
        groups = frozenset(group_ids)
        standing = (e for e in self.endpoints if e.deleted_at is None)
        return tuple(e for e in standing if not groups.isdisjoint(e.security_groups))

    def vpc(self, vpc_id: str) -> Vpc | None:
        return next((v for v in self.vpcs if v.id == vpc_id), None)

    def in_vpc(self, address: str, vpc_id: str) -> bool:
        """Whether `address` lies in a CIDR of that VPC (VPC CIDRs may be public space)."""
        vpc = self.vpc(vpc_id)
        return vpc is not None and any(
            ip_address(address) in ip_network(cidr, strict=False) for cidr in vpc.cidrs
        )
