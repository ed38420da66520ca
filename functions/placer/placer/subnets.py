"""Where in a VPC a canary stands, when nobody says: like most workloads do.

Decided here: which subnets are taken, and whether a canary there sees what workloads see. A Lambda
interface never has a public IPv4 address, so behind an internet gateway it has no way out where a
host has one (AWS Lambda guide, "Enable internet access for VPC-connected Lambda functions").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from placer.calls import PlaceError

MOST = 2
"""Zones that a canary stands in: a second one, for the day that the first fails."""
BEHIND_AN_INTERNET_GATEWAY = "behind an internet gateway a canary has no public address"


class WayOut(IntEnum):
    """Where a subnet's default route leads, what suits a canary best first."""

    ROUTED = 0
    INTERNET_GATEWAY = 1
    NONE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Subnets of one VPC with their zones, and why a canary there is not representative."""

    subnet_ids: tuple[str, ...]
    zones: tuple[str, ...]
    not_representative: str = ""


def choose(ec2: Any, vpc_id: str, wanted: Sequence[str] = ()) -> Standing:
    """The subnets `wanted`, or one in each of two zones with the best way out.

    Raises PlaceError when the VPC has none that fits.
    """
    here = [{"Name": "vpc-id", "Values": [vpc_id]}]
    subnets = _all(ec2, "describe_subnets", "Subnets", here)
    tables = _all(ec2, "describe_route_tables", "RouteTables", here)
    if not subnets:
        raise PlaceError(f"{vpc_id} has no subnet: is it a VPC of this account and Region?")
    ways = {subnet["SubnetId"]: way_out(subnet["SubnetId"], tables) for subnet in subnets}
    unknown = sorted(set(wanted) - set(ways))
    if unknown:
        raise PlaceError(
            f"{vpc_id} has no subnet {', '.join(unknown)}: there are {', '.join(ways)}"
        )
    chosen = [subnet for subnet in subnets if subnet["SubnetId"] in wanted]
    chosen = chosen or _best(subnets, ways)
    if not chosen:
        raise PlaceError(f"{vpc_id} has no subnet with a free address: make one, or name a subnet")
    by_gateway = {ways[subnet["SubnetId"]] for subnet in chosen} == {WayOut.INTERNET_GATEWAY}
    return Standing(
        subnet_ids=tuple(subnet["SubnetId"] for subnet in chosen),
        zones=tuple(subnet["AvailabilityZone"] for subnet in chosen),
        not_representative=BEHIND_AN_INTERNET_GATEWAY if by_gateway else "",
    )


def way_out(subnet_id: str, tables: Sequence[dict[str, Any]]) -> WayOut:
    """The way out of a subnet by its own route table, or the VPC's main one."""
    own = [t for t in tables if any(a.get("SubnetId") == subnet_id for a in t["Associations"])]
    main = [t for t in tables if any(a.get("Main") for a in t["Associations"])]
    for route in (own or main or [{"Routes": []}])[0]["Routes"]:
        if route.get("DestinationCidrBlock") == "0.0.0.0/0" and route.get("State") != "blackhole":
            by_gateway = str(route.get("GatewayId", "")).startswith("igw-")
            return WayOut.INTERNET_GATEWAY if by_gateway else WayOut.ROUTED
    return WayOut.NONE


def _best(subnets: Sequence[dict[str, Any]], ways: dict[str, WayOut]) -> list[dict[str, Any]]:
    free = [subnet for subnet in subnets if subnet.get("AvailableIpAddressCount", 1) > 0]
    best = min((ways[subnet["SubnetId"]] for subnet in free), default=WayOut.NONE)
    zones: dict[str, dict[str, Any]] = {}
    for subnet in sorted(free, key=lambda s: (s["AvailabilityZone"], s["SubnetId"])):
        if ways[subnet["SubnetId"]] is best:
            zones.setdefault(subnet["AvailabilityZone"], subnet)
    return list(zones.values())[:MOST]


def _all(ec2: Any, operation: str, key: str, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    pages = ec2.get_paginator(operation).paginate(Filters=filters)
    return [item for page in pages for item in page[key]]
