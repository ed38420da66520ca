from dataclasses import replace

import pytest

from probing.endpoint import Endpoint
from probing.outcome import Failure, Resolution, View
from reasoning.case import RouteClass
from reasoning.diagnosis import diagnose
from reasoning.diagnosis.endpoint_blocked import KIND, judge
from reasoning.security_groups import SecurityGroup
from tests.support.blocked import (
    ANYWHERE,
    BY_GROUP,
    BY_LIST,
    CANARY,
    CANARY_GROUP,
    ELSEWHERE,
    FROM_VPC,
    GROUP,
    OTHER_GROUP,
    SSH,
    blocked_case,
    filters,
)
from tests.support.cases import ENI, INSIDE, VPC, VPCE, inventory, last_good, outcome, vpce

TIMED_OUT = outcome(None, address=INSIDE, failure=Failure.CONNECT_TIMEOUT)


def test_a_closed_group_is_proven_by_what_describe_calls_say():
    found = judge(blocked_case())
    assert (found.cause, found.subject, found.proof) == (KIND, VPCE, True)
    assert found.evidence[0] == f"inside: {INSIDE} (interface {ENI} of {VPCE}) connect timeout"
    assert f"{GROUP} of {VPCE} refuses {CANARY} on 443, as Describe calls say" in found.evidence
    assert found.facts["summary"] == (
        f"{VPCE} is closed: its group {GROUP} admits nothing from {CANARY} on 443"
    )
    assert found.facts["passage"] == {
        "side": "ingress", "groups": [GROUP], "port": 443, "peers": [CANARY],
        "peer_groups": [CANARY_GROUP], "admitting": [OTHER_GROUP],
    }  # fmt: skip


def test_a_group_that_closes_several_endpoints_is_one_cause():
    both = (
        vpce(security_groups=(GROUP,)),
        vpce(id="vpce-0e", addresses=("10.0.0.92",), security_groups=(OTHER_GROUP, GROUP)),
    )
    first = judge(blocked_case(described=both))
    silent = outcome(None, address="10.0.0.92", failure=Failure.CONNECT_TIMEOUT)
    good = last_good(route_class=RouteClass.VPCE, addresses=("10.0.0.92",))
    shut = filters(ELSEWHERE)
    shut = replace(shut, groups=(shut.groups[0], SecurityGroup(id=OTHER_GROUP), shut.groups[2]))
    second = judge(blocked_case(described=both, inside=silent, last_good=good, filters=shut))
    assert (first.subject, second.subject) == (GROUP, GROUP)
    assert (first.facts["endpoint_id"], second.facts["endpoint_id"]) == (VPCE, "vpce-0e")
    gone = (both[0], replace(both[1], state="deleting"))
    assert judge(blocked_case(described=gone)).subject == VPCE


@pytest.mark.parametrize("ingress", [(), (SSH,), (ELSEWHERE, SSH)])
def test_rules_for_others_are_a_refusal(ingress):
    assert judge(blocked_case(filters=filters(*ingress))).proof


@pytest.mark.parametrize(
    "changed",
    [
        {"filters": filters(FROM_VPC)},
        {"filters": filters(BY_GROUP)},
        {"filters": filters(ANYWHERE)},
        {"filters": filters(BY_LIST)},
        {"filters": filters(BY_LIST, prefix_lists={"pl-0abc0abc": ("10.0.0.0/24",)})},
        {"filters": filters(ELSEWHERE, at=None, refused="DescribeSecurityGroups: denied")},
        {"filters": filters(ELSEWHERE, standing=())},
        {"filters": filters(ELSEWHERE, groups=())},
        {"described": (vpce(security_groups=(GROUP,), state="pending"),)},
        {"described": (vpce(security_groups=(GROUP,), state="deleting"),)},
        {"last_good": None},
        {"last_good": last_good()},
        {"inside": outcome(None, address=INSIDE, failure=Failure.CONNECT_REFUSED)},
        {"inside": outcome(503, address=INSIDE, failure=Failure.HTTP_STATUS)},
        {"described": (), "inventory": inventory(), "route_class": RouteClass.PRIVATE},
    ],
    ids=["the VPC admitted", "the canary's group admitted", "all admitted", "a list not read",
         "a list that holds it", "not read", "the canary's address not known", "group not told",
         "pending", "being deleted", "never good", "was public", "refused", "answers",
         "no endpoint there"],
)  # fmt: skip
def test_the_rule_is_silent_without_its_evidence(changed):
    assert judge(blocked_case(**changed)) is None


def test_a_list_that_was_read_and_holds_another_network_is_a_refusal():
    lists = {"pl-0abc0abc": ("192.0.2.0/24",)}
    assert judge(blocked_case(filters=filters(BY_LIST, prefix_lists=lists))).proof


def test_what_leads_elsewhere_than_before_is_a_capture_whatever_the_groups_say():
    case = blocked_case(last_good=last_good(), outside=outcome(view=View.OUTSIDE))
    (first, *_) = diagnose(case)
    assert first.cause == "private_dns_captured"
    assert GROUP in first.facts["summary"]
    assert KIND not in {one.cause for one in diagnose(case)}


def test_a_central_endpoint_is_told_without_proof():
    central = vpce(vpc_id="vpc-0ce0ce0c", addresses=("10.8.0.9",), security_groups=(GROUP,))
    inside = outcome(None, address="10.8.0.9", failure=Failure.CONNECT_TIMEOUT)
    good = last_good(route_class=RouteClass.VPCE, addresses=("10.8.0.9",), vpc_endpoint_id=VPCE)
    case = blocked_case(inside=inside, last_good=good, described=(), inventory=inventory(central))
    assert central.vpc_id != VPC and not judge(case).proof


def test_the_port_is_that_of_the_endpoints_url():
    odd = Endpoint(id="odd", url="https://odd.example.com:8443/")
    assert judge(blocked_case(endpoint=odd, filters=filters(FROM_VPC))).proof
    open_there = replace(FROM_VPC, first_port=8443, last_port=8443)
    assert judge(blocked_case(endpoint=odd, filters=filters(open_there))) is None


def test_the_address_family_of_the_connection_decides():
    six, canary_six = "fd00:ec2::91", "fd00:ec2::10"
    inside = replace(
        TIMED_OUT,
        address=six,
        resolution=Resolution(host="x", name_server="y", rcode="NOERROR", addresses=(six,)),
    )
    known = vpce(addresses=(six,), interface_of={six: ENI}, security_groups=(GROUP,))
    good = last_good(route_class=RouteClass.VPCE, addresses=(six,), vpc_endpoint_id=VPCE)
    case = blocked_case(inside=inside, described=(known,), last_good=good)
    over = replace(case, filters=filters(FROM_VPC, standing=(CANARY, canary_six)))
    assert judge(over).facts["passage"]["peers"] == [canary_six]
    admitted = replace(FROM_VPC, cidrs=("fd00:ec2::/64",))
    assert judge(replace(over, filters=filters(admitted, standing=(canary_six,)))) is None


def test_a_workloads_group_that_lets_nothing_out_is_the_cause_and_the_canarys_own_is_not():
    shared = filters(FROM_VPC, egress=(SSH,), own=False)
    found = judge(blocked_case(filters=shared))
    assert found.facts["passage"]["side"] == "egress"
    assert found.facts["passage"]["groups"] == [CANARY_GROUP]
    assert found.facts["passage"]["peers"] == [INSIDE]
    own = blocked_case(filters=filters(FROM_VPC, egress=(SSH,), own=True))
    assert judge(own) is None
    told = "; ".join(diagnose(own)[0].evidence)
    assert f"the canary's own group {CANARY_GROUP} lets nothing out to {INSIDE}:443" in told
    assert "workloads stand in other groups" in told


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (filters(FROM_VPC), f"{GROUP} of {VPCE} admits {CANARY} on 443"),
        (filters(BY_LIST), f"{GROUP} of {VPCE} cannot be told to admit or refuse {CANARY}"),
        (filters(ELSEWHERE, at=None, refused="DescribeSecurityGroups: UnauthorizedOperation"),
         "DescribeSecurityGroups: UnauthorizedOperation; whether they refuse is not known"),
    ],
)  # fmt: skip
def test_the_fallback_says_what_the_groups_say(read, said):
    (found,) = diagnose(blocked_case(filters=read))
    assert found.cause == "unexplained"
    assert said in "; ".join(found.evidence)
