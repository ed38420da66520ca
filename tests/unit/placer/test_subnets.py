"""Where a canary stands when nobody says: with workloads, and told when it cannot be."""

from typing import Any

import pytest

from placer.calls import PlaceError
from placer.facts import WayOut
from placer.network import table_of, way_out
from placer.standing import BEHIND_AN_INTERNET_GATEWAY
from placer.subnets import choose

VPC = "vpc-0a1"
NAT = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}
IGW = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}
DEAD = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-2", "State": "blackhole"}
LOCAL = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}


def table(route: dict[str, str] | None, *subnets: str) -> dict[str, Any]:
    """A route table of these subnets; of all others (main) when none is named."""
    of = [{"SubnetId": subnet, "Main": False} for subnet in subnets] or [{"Main": True}]
    routes = [LOCAL, route] if route else [LOCAL]
    name = "-".join(["rtb", *subnets, str(routes[-1].get("State"))])
    return {"RouteTableId": name, "VpcId": VPC, "Associations": of, "Routes": routes}


def subnet(name: str, zone: str, free: int = 100) -> dict[str, Any]:
    return {
        "SubnetId": name,
        "VpcId": VPC,
        "AvailabilityZone": zone,
        "AvailableIpAddressCount": free,
    }


class Ec2:
    """The Describe calls, as an EC2 client pages them."""

    def __init__(self, subnets: list[dict[str, Any]], tables: list[dict[str, Any]]) -> None:
        self.pages = {
            "describe_subnets": {"Subnets": subnets},
            "describe_route_tables": {"RouteTables": tables},
            "describe_network_acls": {"NetworkAcls": []},
            "describe_network_interfaces": {"NetworkInterfaces": []},
        }

    def get_paginator(self, operation: str) -> Any:
        page = self.pages[operation]

        class Pages:
            def paginate(self, **_: Any) -> list[dict[str, Any]]:
                return [page]

        return Pages()


@pytest.mark.parametrize(
    ("tables", "way"),
    [
        pytest.param([table(NAT, "s")], WayOut.ROUTED, id="a NAT gateway"),
        pytest.param([table(IGW, "s")], WayOut.INTERNET_GATEWAY, id="an internet gateway"),
        pytest.param([table(None, "s")], WayOut.NONE, id="no default route"),
        pytest.param([table(DEAD, "s")], WayOut.NONE, id="a route that leads nowhere"),
        pytest.param(
            [table(NAT)], WayOut.ROUTED, id="the main table, where it has none of its own"
        ),
        pytest.param([table(NAT), table(IGW, "s")], WayOut.INTERNET_GATEWAY, id="its own first"),
        pytest.param([], WayOut.NONE, id="no table at all"),
    ],
)
def test_the_way_out_is_that_of_the_subnets_table(
    tables: list[dict[str, Any]], way: WayOut
) -> None:
    assert way_out(table_of("s", tables)) is way


def test_a_routed_subnet_in_each_of_two_zones_is_taken() -> None:
    subnets = [subnet("p", "a"), subnet("s3", "c"), subnet("s2", "b"), subnet("s1", "a")]
    standing = choose(Ec2(subnets, [table(NAT), table(IGW, "p")]), VPC)
    assert (standing.subnet_ids, standing.zones) == (("s1", "s2"), ("a", "b"))
    assert standing.not_representative == ""


def test_behind_an_internet_gateway_the_canary_says_that_it_sees_less() -> None:
    standing = choose(
        Ec2([subnet("p", "a"), subnet("db", "a")], [table(IGW, "p"), table(None)]), VPC
    )
    assert standing.subnet_ids == ("p",)
    assert standing.not_representative == BEHIND_AN_INTERNET_GATEWAY


def test_a_subnet_with_too_few_free_addresses_is_passed_by() -> None:
    standing = choose(Ec2([subnet("full", "a", 7), subnet("s", "b")], [table(NAT)]), VPC)
    assert standing.subnet_ids == ("s",)


def test_subnets_that_are_named_are_taken_as_they_are() -> None:
    standing = choose(Ec2([subnet("s", "a"), subnet("db", "b")], [table(NAT)]), VPC, ["db"])
    assert (standing.subnet_ids, standing.zones) == (("db",), ("b",))


@pytest.mark.parametrize(
    ("subnets", "wanted"),
    [
        pytest.param([], (), id="a VPC without subnets"),
        pytest.param([subnet("s", "a")], ("other",), id="a subnet of another VPC"),
    ],
)
def test_a_vpc_where_no_canary_can_stand_is_told(
    subnets: list[dict[str, Any]], wanted: tuple[str, ...]
) -> None:
    with pytest.raises(PlaceError, match=VPC):
        choose(Ec2(subnets, [table(NAT)]), VPC, wanted)
