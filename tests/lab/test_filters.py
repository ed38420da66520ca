"""What a VPC lets through: tables over groups, states and ways out."""

import pytest

from lab.dataplane.filters import gates, leads_out
from lab.dataplane.state import from_document
from tests.lab.fake_state import ANYWHERE, endpoint, vpc


def made(**changes):
    return from_document({"revision": 1, "vpcs": {"vpc-a": vpc(**changes)}}).vpcs["vpc-a"]


def rule(protocol="tcp", first=443, last=443, cidrs=(), groups=()):
    return {
        "protocol": protocol,
        "from": first,
        "to": last,
        "cidrs": list(cidrs),
        "groups": list(groups),
    }


@pytest.mark.parametrize(
    ("what", "ingress", "admitted"),
    [
        ("nothing", [], False),
        ("all", [ANYWHERE], True),
        ("the VPC", [rule(cidrs=["10.0.0.0/16"])], True),
        ("another range", [rule(cidrs=["10.0.9.0/24"])], False),
        ("the canary alone", [rule(cidrs=["10.0.0.50/32"])], True),
        ("the canary's group", [rule(groups=["sg-canary"])], True),
        ("another group", [rule(groups=["sg-workload"])], False),
        ("a range of ports", [rule(first=0, last=65535, cidrs=["0.0.0.0/0"])], True),
        ("another port", [rule(first=80, last=80, cidrs=["0.0.0.0/0"])], False),
        ("UDP", [rule(protocol="udp", cidrs=["0.0.0.0/0"])], False),
        ("IPv6 alone", [rule(cidrs=["::/0"])], False),
    ],
)
def test_an_endpoint_admits_what_its_groups_admit(what, ingress, admitted):
    groups = {
        "sg-canary": {"ingress": [], "egress": [ANYWHERE]},
        "sg-open": {"ingress": ingress, "egress": []},
    }
    (gate,) = gates(made(endpoints=[endpoint(0)], security_groups=groups))
    assert (gate.address, gate.admitted) == ("10.0.0.91", admitted), what


def test_what_the_canary_may_not_send_is_not_admitted():
    groups = {
        "sg-canary": {"ingress": [], "egress": [rule(groups=["sg-other"])]},
        "sg-open": {"ingress": [ANYWHERE], "egress": []},
    }
    (gate,) = gates(made(endpoints=[endpoint(0)], security_groups=groups))
    assert not gate.admitted


def test_a_pending_endpoint_admits_nobody():
    (gate,) = gates(made(endpoints=[endpoint(0, state="pending")]))
    assert not gate.admitted


def test_a_deleted_endpoint_holds_no_address():
    assert gates(made(endpoints=[endpoint(0, deleted_at=1.0, state="deleting")])) == ()


@pytest.mark.parametrize(("way", "out"), [("nat", True), ("igw", False), ("none", False)])
def test_only_nat_leads_a_function_out(way, out):
    assert leads_out(made(way_out=way)) is out


def test_the_way_out_is_that_of_the_subnet_where_the_newest_function_stands():
    old = {"id": "eni-0", "address": "10.0.1.5", "subnet": "s-igw", "groups": [], "function": None}
    new = {**old, "id": "eni-1", "address": "10.0.2.5", "subnet": "s-nat", "groups": ["sg-canary"]}
    document = vpc(function_interfaces=[old, new], way_out="igw")
    document["way_out"] = {"s-igw": "igw", "s-nat": "nat"}
    here = from_document({"revision": 1, "vpcs": {"vpc-a": document}}).vpcs["vpc-a"]
    assert leads_out(here)
    assert here.standing.address == "10.0.2.5"


def test_a_group_that_lets_nothing_out_closes_the_way_out():
    groups = {"sg-canary": {"ingress": [], "egress": []}}
    assert not leads_out(made(security_groups=groups))
