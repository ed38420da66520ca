"""A further canary of a VPC stands in a place of its own, which leads where its subnets lead."""

from lab.dataplane.filters import leads_out
from lab.dataplane.state import from_document
from lab.emulator.workers import namespace
from lab.world.parts import vpc_of
from tests.lab.fake_state import vpc

VPC = "vpc-0a1b"


def interface(function, subnet):
    return {
        "id": f"eni-{subnet}",
        "address": {"subnet-1": "10.0.0.50", "subnet-2": "10.0.1.50"}[subnet],
        "subnet": subnet,
        "groups": ["sg-canary"],
        "function": function,
    }


def state(*interfaces, ways=("nat", "none")):
    one = vpc(function_interfaces=list(interfaces))
    one["way_out"] = {"subnet-1": ways[0], "subnet-2": ways[1]}
    return from_document({"revision": 1, "vpcs": {VPC: one}}).vpcs


FIRST = interface(f"gatewatch-canary-{VPC}", "subnet-1")
FURTHER = interface(f"gatewatch-canary-{VPC}-3f2a1b", "subnet-2")


def test_each_path_class_leads_out_for_itself():
    made = state(FIRST, FURTHER)
    assert {name: leads_out(one) for name, one in made.items()} == {
        VPC: True,
        f"{VPC}-3f2a1b": False,
    }
    assert made[VPC].standing.address == "10.0.0.50"
    assert made[f"{VPC}-3f2a1b"].standing.address == "10.0.1.50"


def test_the_first_canary_does_not_stand_where_the_further_one_does():
    made = state(FURTHER, FIRST, ways=("none", "nat"))
    assert not leads_out(made[VPC])
    assert leads_out(made[f"{VPC}-3f2a1b"])


def test_other_functions_and_the_first_canary_share_the_place_of_the_vpc():
    assert list(state(FIRST, interface("somebody-elses", "subnet-2"))) == [VPC]
    assert list(state()) == [VPC]


def test_a_standpoint_tells_its_vpc():
    assert [vpc_of(name) for name in state(FIRST, FURTHER)] == [VPC, VPC]
    assert namespace(f"{VPC}-3f2a1b") == f"gw-{VPC}-3f2a1b"
