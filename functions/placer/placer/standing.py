"""Where in a VPC a canary stands: with workloads, in the path class that most of them use.

Decided here: path classes and their order, which subnets fit and why others do not, whether a
canary there sees what workloads see. A Lambda interface never has a public IPv4 address, so behind
an internet gateway it has no way out where a host has one (AWS Lambda guide, "Enable internet
access for VPC-connected Lambda functions"); it stands in subnets with IPv4 only or with both
families, never in IPv6-only ones (same guide, "IPv6 support").
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from placer.facts import TAG, Subnet, WayOut

ENOUGH = 8
"""Free addresses that a subnet must have: the canary takes one, and must not take the last."""
MOST = 2
"""Zones that a canary stands in: a second one, for the day that the first fails."""
BEHIND_AN_INTERNET_GATEWAY = "behind an internet gateway a canary has no public address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Subnets of one VPC with their zones, and why a canary there is not representative. `ipv6`
    when all of them have IPv6 addresses."""

    subnet_ids: tuple[str, ...]
    zones: tuple[str, ...]
    not_representative: str = ""
    ipv6: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PathClass:
    """Subnets that share a route table and a network ACL."""

    key: str
    subnets: tuple[Subnet, ...]

    @property
    def workloads(self) -> int:
        return sum(subnet.workloads for subnet in self.subnets)


def path_classes(subnets: Sequence[Subnet]) -> tuple[PathClass, ...]:
    """The path classes, what most workloads use first; without any, the best way out first."""
    keys = sorted({subnet.path_class for subnet in subnets})
    found = [
        PathClass(key=key, subnets=tuple(s for s in subnets if s.path_class == key)) for key in keys
    ]
    return tuple(sorted(found, key=lambda c: (-c.workloads, min(s.way_out for s in c.subnets))))


def unfit(subnet: Subnet, subnets: Sequence[Subnet], refused: Collection[str] = ()) -> str:
    """Why a canary cannot stand in `subnet`; "" when it can. `subnets` are all of its VPC."""
    barred = tag_unfit(subnet, subnets)
    if barred:
        return barred
    if subnet.ipv6_only:
        return "IPv6-only, where Lambda cannot stand"
    if not subnet.regular_zone:
        return f"in {subnet.zone}, a zone without Lambda"
    if subnet.subnet_id in refused:
        return "refused lately"
    if subnet.free < ENOUGH:
        return f"{subnet.free} free addresses, {ENOUGH} are needed"
    return ""


def tag_unfit(subnet: Subnet, subnets: Sequence[Subnet]) -> str:
    """What tags say against `subnet`; "" when nothing."""
    if tagged(subnet) == "no":
        return f"tagged {TAG}=no"
    if tagged(subnet) != "yes" and any(tagged(other) == "yes" for other in subnets):
        return f"others are tagged {TAG}=yes"
    return ""


def tagged(subnet: Subnet) -> str:
    return subnet.tags.get(TAG, "").strip().lower()


def stand(
    path_class: PathClass, subnets: Sequence[Subnet], refused: Collection[str] = ()
) -> Standing | None:
    """A fitting subnet of the class in each of two zones; None when it has none."""
    zones: dict[str, Subnet] = {}
    for subnet in sorted(path_class.subnets, key=lambda s: (-s.workloads, s.zone, s.subnet_id)):
        if not unfit(subnet, subnets, refused):
            zones.setdefault(subnet.zone, subnet)
    chosen = sorted(list(zones.values())[:MOST], key=lambda s: s.zone)
    return standing_of(chosen) if chosen else None


def standing_of(chosen: Sequence[Subnet]) -> Standing:
    """What a canary in these subnets is."""
    by_gateway = {subnet.way_out for subnet in chosen} == {WayOut.INTERNET_GATEWAY}
    return Standing(
        subnet_ids=tuple(subnet.subnet_id for subnet in chosen),
        zones=tuple(subnet.zone for subnet in chosen),
        not_representative=BEHIND_AN_INTERNET_GATEWAY if by_gateway else "",
        ipv6=bool(chosen) and all(subnet.ipv6 for subnet in chosen),
    )


def nowhere(subnets: Sequence[Subnet], refused: Collection[str] = ()) -> str:
    """Why no canary can stand in any of these subnets, and what to do."""
    if not subnets:
        return "the VPC has no subnet: nothing can run there yet"
    reasons: dict[str, list[str]] = {}
    for subnet in subnets:
        reasons.setdefault(unfit(subnet, subnets, refused), []).append(subnet.subnet_id)
    told = "; ".join(f"{', '.join(ids)}: {reason}" for reason, ids in sorted(reasons.items()))
    return (
        f"no subnet fits ({told}): make one of at least {ENOUGH} free IPv4 addresses, or tag the "
        f"VPC {TAG}=no"
    )
