"""Subnets as EC2's Describe calls tell them: their table and ACL, their way out, who is in them."""

import re
from collections.abc import Sequence
from typing import Any

from placer.calls import PREFIX
from placer.facts import Subnet, WayOut
from placer.reading import tags_of

WORKLOADS = frozenset({"interface", "branch", "efa", "efa-only", "lambda", "trunk"})
"""Types of interfaces that programs work behind (EC2 API, NetworkInterface.InterfaceType). The
others are the network's own: endpoints, NAT gateways, load balancers, transit gateways."""
NO_WORKLOAD = (
    "ELB ",
    "RDSNetworkInterface",
    "ElastiCache",
    "EFS mount target",
    "Interface for NAT Gateway",
    "VPC Endpoint Interface",
    "Network Interface for Transit Gateway",
)
"""How the descriptions of interfaces of type `interface` begin that only answer: as seen in
answers of DescribeNetworkInterfaces; AWS states no list."""
OURS = f"AWS Lambda VPC ENI-{PREFIX}"
REGULAR_ZONE = re.compile(r"[a-z]+[0-9]+-az[0-9]+")
"""Zone ids of Regions proper; those of local and wavelength zones have one more part."""

Item = dict[str, Any]


def subnet_facts(
    subnets: Sequence[Item],
    tables: Sequence[Item],
    acls: Sequence[Item],
    interfaces: Sequence[Item],
) -> dict[str, tuple[Subnet, ...]]:
    """The subnets by VPC id, in the order of their ids."""
    inside: dict[str, list[Item]] = {}
    for interface in interfaces:
        inside.setdefault(interface.get("SubnetId", ""), []).append(interface)
    acl_of = {
        association["SubnetId"]: acl["NetworkAclId"]
        for acl in acls
        for association in acl.get("Associations", [])
        if "SubnetId" in association
    }
    found: dict[str, tuple[Subnet, ...]] = {}
    for item in sorted(subnets, key=lambda item: str(item["SubnetId"])):
        subnet_id, vpc_id = item["SubnetId"], item.get("VpcId", "")
        table = table_of(subnet_id, [t for t in tables if t.get("VpcId", vpc_id) == vpc_id])
        there = [one for one in inside.get(subnet_id, []) if not is_ours(one)]
        fact = Subnet(
            subnet_id=subnet_id,
            zone=item["AvailabilityZone"],
            free=item.get("AvailableIpAddressCount", 0),
            route_table=table.get("RouteTableId", ""),
            network_acl=acl_of.get(subnet_id, ""),
            way_out=way_out(table),
            workloads=sum(1 for one in there if is_workload(one)),
            others=len(there),
            ipv6=has_ipv6(item),
            ipv6_only=bool(item.get("Ipv6Native")),
            regular_zone=is_regular(item),
            tags=tags_of(item),
        )
        found[vpc_id] = (*found.get(vpc_id, ()), fact)
    return found


def table_of(subnet_id: str, tables: Sequence[Item]) -> Item:
    """The subnet's own route table, or the VPC's main one; {} when neither is known."""
    own = [t for t in tables if any(a.get("SubnetId") == subnet_id for a in _associations(t))]
    main = [t for t in tables if any(a.get("Main") for a in _associations(t))]
    return next(iter(own or main), {})


def way_out(table: Item) -> WayOut:
    """Where the table's default route leads. One that leads nowhere is none."""
    for route in table.get("Routes", []):
        if route.get("DestinationCidrBlock") == "0.0.0.0/0" and route.get("State") != "blackhole":
            by_gateway = str(route.get("GatewayId", "")).startswith("igw-")
            return WayOut.INTERNET_GATEWAY if by_gateway else WayOut.ROUTED
    return WayOut.NONE


def is_ours(interface: Item) -> bool:
    """Whether an interface is that of a canary, of whatever account."""
    return str(interface.get("Description", "")).startswith(OURS)


def is_workload(interface: Item) -> bool:
    """Whether a program that asks others works behind an interface; a detached one is nobody's."""
    if interface.get("Status") == "available":
        return False
    kind = interface.get("InterfaceType", "interface")
    return kind in WORKLOADS and not str(interface.get("Description", "")).startswith(NO_WORKLOAD)


def has_ipv6(subnet: Item) -> bool:
    return any(
        block.get("Ipv6CidrBlockState", {}).get("State") == "associated"
        for block in subnet.get("Ipv6CidrBlockAssociationSet") or []
    )


def is_regular(subnet: Item) -> bool:
    """Whether Lambda is in the subnet's zone. One that it lacks all the same is refused, and the
    placer remembers that."""
    zone_id = subnet.get("AvailabilityZoneId")
    return not subnet.get("OutpostArn") and (not zone_id or bool(REGULAR_ZONE.fullmatch(zone_id)))


def _associations(table: Item) -> Sequence[Item]:
    return table.get("Associations") or []
