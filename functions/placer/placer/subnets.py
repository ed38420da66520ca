"""Where in a VPC a canary stands when the command asks: as the placer would have it, or in the
subnets that are named."""

from collections.abc import Sequence
from typing import Any

from placer.calls import PlaceError
from placer.network import subnet_facts
from placer.reading import pages
from placer.standing import Standing, nowhere, path_classes, stand, standing_of


def choose(ec2: Any, vpc_id: str, wanted: Sequence[str] = ()) -> Standing:
    """The subnets `wanted`, or those of the path class that most workloads use.

    Raises PlaceError when the VPC has none that fits, and what `ec2` raises when it refuses.
    """
    here = [{"Name": "vpc-id", "Values": [vpc_id]}]
    subnets = subnet_facts(
        pages(ec2, "describe_subnets", "Subnets", Filters=here),
        pages(ec2, "describe_route_tables", "RouteTables", Filters=here),
        pages(ec2, "describe_network_acls", "NetworkAcls", Filters=here),
        pages(ec2, "describe_network_interfaces", "NetworkInterfaces", Filters=here),
    ).get(vpc_id, ())
    if not subnets:
        raise PlaceError(f"{vpc_id} has no subnet: is it a VPC of this account and Region?")
    unknown = sorted(set(wanted) - {subnet.subnet_id for subnet in subnets})
    if unknown:
        there = ", ".join(subnet.subnet_id for subnet in subnets)
        raise PlaceError(f"{vpc_id} has no subnet {', '.join(unknown)}: there are {there}")
    if wanted:
        return standing_of([subnet for subnet in subnets if subnet.subnet_id in wanted])
    standings = (stand(path_class, subnets) for path_class in path_classes(subnets))
    standing = next((one for one in standings if one is not None), None)
    if standing is None:
        raise PlaceError(f"{vpc_id}: {nowhere(subnets)}")
    return standing
