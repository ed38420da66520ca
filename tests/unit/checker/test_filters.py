"""Security groups, read where a connection to a VPC endpoint timed out."""

import json

import pytest

from checker.filters_read import FiltersRead
from checker.inventory_read import InventoryRead
from reasoning.security_groups import GroupRule
from reasoning.vantage import Vantage
from tests.unit.checker.stubs import Sight
from tests.unit.checker.world import ACCOUNT, REGION

THROUGH = Sight(address="10.0.0.91")
SILENT = Sight(address="10.0.0.91", status=None)
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
ANYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
OWN = [{"Key": "gatewatch:part", "Value": "canary"}]
VANTAGE = Vantage(
    account=ACCOUNT,
    region=REGION,
    vpc_id="vpc-0a1",
    subnet_id="subnet-1,subnet-2",
    security_groups=("sg-canary",),
)


def interface(address, *, subnet="subnet-1", kind="lambda", groups=("sg-canary",)):
    return {
        "NetworkInterfaceId": f"eni-{address}",
        "PrivateIpAddress": address,
        "InterfaceType": kind,
        "SubnetId": subnet,
        "Groups": [{"GroupId": group} for group in groups],
    }


def group(name, *ingress, egress=(ANYWHERE,), tags=()):
    return {
        "GroupId": name,
        "IpPermissions": list(ingress),
        "IpPermissionsEgress": list(egress),
        "Tags": list(tags),
    }


@pytest.fixture
def behind(world):
    """`orders` is good through an endpoint, whose group `sg-1` admits another network alone."""
    placed = {"function": "f", "subnets": "subnet-1", "groups": "sg-canary"}
    world.clients.ssm.put_parameter(
        Name=f"/gatewatch/vantages/{world.vpc}", Value=json.dumps(placed), Type="String",
        Overwrite=True,
    )  # fmt: skip
    world.capture()
    world.ec2.interfaces.append(interface("10.0.0.10"))
    elsewhere = HTTPS | {"IpRanges": [{"CidrIp": "192.0.2.0/24"}]}
    world.ec2.groups = [group("sg-1", elsewhere), group("sg-canary", tags=OWN)]
    world.sights.inside["orders"] = THROUGH
    world.tick()
    world.look()
    return world


def closed(world):
    """The diagnosis of the look in which the endpoint has become silent."""
    world.sights.inside["orders"] = SILENT
    world.minute()
    [*_, last] = world.bus.bodies("Gatewatch Transitions")[-1]
    assert last["after"] == "failing"
    return last["diagnosis"]


def test_a_closed_group_is_the_cause_and_the_canarys_address_is_told(behind):
    found = closed(behind)
    assert (found["cause"], found["subject"], found["proof"]) == (
        "endpoint_blocked", "vpce-0abc", True,
    )  # fmt: skip
    assert found["facts"]["passage"]["peers"] == ["10.0.0.10"]
    assert found["facts"]["passage"]["groups"] == ["sg-1"]


def test_a_group_that_admits_is_not_the_cause_and_the_evidence_says_so(behind):
    behind.ec2.groups[0]["IpPermissions"] = [HTTPS | {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]
    found = closed(behind)
    assert found["cause"] == "unexplained"
    assert "sg-1 of vpce-0abc admits 10.0.0.10 on 443" in "; ".join(found["evidence"])


@pytest.mark.parametrize("call", ["describe_security_groups", "describe_network_interfaces"])
def test_groups_that_cannot_be_read_prove_nothing(behind, call):
    behind.ec2.refused[call] = "UnauthorizedOperation"
    found = closed(behind)
    assert found["cause"] == "unexplained"
    assert not found["proof"]


def test_a_steady_look_and_a_failure_that_answers_read_no_groups(behind):
    behind.ec2.asked.clear()
    behind.minute()
    behind.sights.inside["orders"] = Sight(address="10.0.0.91", status=503)
    behind.minute()
    assert "describe_security_groups" not in behind.ec2.asked


NOTHING_OUT = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
               "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}  # fmt: skip


def of_the_canary(world):
    told = (problem for body in world.bus.bodies("Gatewatch Problem") for problem in body)
    return [problem for problem in told if problem["key"].startswith("canary_group")]


@pytest.mark.parametrize("address", ["10.0.0.91", "203.0.113.10"])
def test_a_canary_whose_own_group_lets_nothing_out_is_unknown_and_told(behind, address):
    behind.ec2.groups = [
        group("sg-1", HTTPS | {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}),
        group("sg-canary", egress=[NOTHING_OUT], tags=OWN),
    ]
    told = len(behind.transitions())
    behind.sights.inside["orders"] = Sight(address=address, status=None)
    behind.minute()
    behind.minute()
    pair = behind.pair("orders").state
    assert (pair.hard, pair.unknown) == ("good", True)
    assert len(behind.transitions()) == told
    [problem] = of_the_canary(behind)
    assert problem["open"] and f"lets nothing out to {address}:443" in problem["what"]
    behind.sights.inside["orders"] = THROUGH
    behind.minute()
    [_, gone] = of_the_canary(behind)
    assert (gone["key"], gone["open"]) == (problem["key"], False)


def test_a_group_of_workloads_that_lets_nothing_out_is_a_finding(behind):
    behind.ec2.groups[1] = group("sg-canary", egress=[NOTHING_OUT])
    assert closed(behind)["cause"] == "endpoint_blocked"


def test_a_canary_that_is_let_out_and_hears_nothing_tells_of_a_failure(behind):
    behind.ec2.groups[0]["IpPermissions"] = [ANYWHERE]
    behind.sights.inside["orders"] = Sight(address="203.0.113.10", status=None)
    behind.minute()
    behind.minute()
    assert behind.pair("orders").state.hard == "failing"
    assert of_the_canary(behind) == []


def around(world):
    known = InventoryRead(ec2=world.ec2, account=ACCOUNT, region=REGION, clock=world.clock)
    return FiltersRead(ec2=world.ec2, clock=world.clock).around(known.take([]).endpoints, VANTAGE)


def test_the_canary_stands_at_interfaces_of_its_subnets_and_of_exactly_its_groups(world):
    world.capture()
    world.ec2.interfaces += [
        interface("10.0.0.10") | {"Ipv6Addresses": [{"Ipv6Address": "fd00:ec2::10"}]},
        interface("10.0.1.10", subnet="subnet-2"),
        interface("10.0.2.10", subnet="subnet-3"),
        interface("10.0.0.11", kind="interface"),
        interface("10.0.0.12", groups=("sg-canary", "sg-more")),
        interface("10.0.0.13", groups=("sg-more",)),
    ]
    assert around(world).standing == ("10.0.0.10", "fd00:ec2::10", "10.0.1.10")


def test_rules_are_read_whole_and_only_lists_of_these_groups_are_opened(world):
    world.capture()
    everything = HTTPS | {
        "IpRanges": [{"CidrIp": "10.0.0.0/16"}],
        "Ipv6Ranges": [{"CidrIpv6": "fd00::/8"}],
        "UserIdGroupPairs": [{"GroupId": "sg-canary"}],
        "PrefixListIds": [{"PrefixListId": "pl-1"}],
    }
    listed = HTTPS | {"PrefixListIds": [{"PrefixListId": "pl-2"}]}
    world.ec2.groups = [group("sg-1", everything), group("sg-aside", listed, tags=OWN)]
    world.ec2.lists = {"pl-1": ["10.7.0.0/16"], "pl-2": ["10.8.0.0/16"]}
    read = around(world)
    assert read.group("sg-1").ingress == (
        GroupRule(
            protocol="tcp", first_port=443, last_port=443, cidrs=("10.0.0.0/16", "fd00::/8"),
            groups=("sg-canary",), prefix_lists=("pl-1",),
        ),
    )  # fmt: skip
    assert read.group("sg-1").egress == (GroupRule(protocol="-1", cidrs=("0.0.0.0/0",)),)
    assert (read.group("sg-1").own, read.group("sg-aside").own) == (False, True)
    assert read.prefix_lists == {"pl-1": ("10.7.0.0/16",)}


def test_a_list_that_cannot_be_read_is_left_out(world):
    world.capture()
    world.ec2.groups = [group("sg-1", HTTPS | {"PrefixListIds": [{"PrefixListId": "pl-1"}]})]
    world.ec2.refused["get_managed_prefix_list_entries"] = "UnauthorizedOperation"
    read = around(world)
    assert (read.at, read.prefix_lists) == (world.clock.now_at(), {})
