"""VPCs of a world: the ring that one is in, and the route tables of its subnets."""

import itertools
from types import SimpleNamespace

import pytest

from lab.world import build
from lab.world.model import from_document
from placer.rings import ring

ACCOUNT = "111122223333"


class Ec2:
    """Makes VPCs and route tables with ids of their own, and remembers which VPCs it holds."""

    def __init__(self):
        self._numbers = itertools.count()
        self.held = []

    def create_vpc(self, **_):
        self.held.append(f"vpc-{next(self._numbers):017x}")
        return {"Vpc": {"VpcId": self.held[-1]}}

    def delete_vpc(self, VpcId):
        self.held.remove(VpcId)

    def create_route_table(self, VpcId):
        return {"RouteTable": {"RouteTableId": f"rtb-{next(self._numbers)}"}}


def world(**vpc):
    made = from_document({"account": ACCOUNT, "vpcs": {"a": {"cidr": "10.0.0.0/16"} | vpc}}, "test")
    home = made.home(made.vpcs["a"])
    return SimpleNamespace(world=made, ids={"vpc.a": "vpc-0"}, home=lambda _: home)


@pytest.mark.parametrize("wanted", [1, 2, 3, 4])
def test_a_vpc_falls_into_the_ring_that_the_world_says(wanted):
    ec2 = Ec2()
    made = build._created(world(ring=wanted), ec2, "a")
    assert ring(ACCOUNT, made) + 1 == wanted
    assert ec2.held == [made]


def test_any_ring_will_do_where_the_world_says_none():
    assert build._created(world(), Ec2(), "a") == "vpc-00000000000000000"


def test_further_route_tables_have_numbers():
    live = world(tables=2)
    made = build._tables(live, Ec2(), "a")
    assert [live.ids["table.a"], live.ids["table.a.2"]] == made == ["rtb-0", "rtb-1"]
