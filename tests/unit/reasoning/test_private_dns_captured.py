from dataclasses import replace

import pytest

from probing.endpoint import Endpoint, Expect
from probing.outcome import Failure, View
from reasoning.case import Neighbour, RouteClass
from reasoning.diagnosis import diagnose
from reasoning.diagnosis.private_dns_captured import KIND, judge
from tests.support import cases
from tests.support.cases import (
    ENI,
    HOST,
    INSIDE,
    NAMES,
    PUBLIC,
    VPC,
    VPCE,
    captured_case,
    inventory,
    last_good,
    outcome,
    refused,
    sentinel,
    vpce,
)

FAILED_OUTSIDE = outcome(503, view=View.OUTSIDE, failure=Failure.HTTP_STATUS)


def test_a_captured_public_api_is_proven_with_its_interface_quoted():
    found = judge(captured_case(sentinels=(sentinel(),)))
    assert (found.cause, found.subject, found.proof) == (KIND, VPCE, True)
    assert (
        found.evidence[0] == f"inside: {INSIDE} (interface {ENI} of {VPCE}) 403 ForbiddenException"
    )
    assert found.evidence[1] == f"same VPC pinned to public address: {PUBLIC} 200"
    assert found.evidence[2] == f"outside: {PUBLIC} 200"
    assert any("sentinel" in line for line in found.evidence)
    assert found.facts["interface_id"] == ENI
    assert found.facts["contrast"] == ["pinned", "outside"]
    assert found.facts["command"] == {
        "action": "modify_vpc_endpoint",
        "account": cases.ACCOUNT,
        "region": "us-east-1",
        "vpc_endpoint_id": VPCE,
        "private_dns_enabled": False,
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"inside": refused(failure=Failure.CONNECT_TIMEOUT) and outcome(
            None, address=INSIDE, failure=Failure.CONNECT_TIMEOUT),
         "described": (vpce(state="pending"),)},
        {"pinned": None},
        {"outside": None},
        {"outside": None, "pinned": None, "private_api": False},
        {"last_good": last_good(route_class=RouteClass.PRIVATE, addresses=("10.9.9.9",))},
        {"described": (), "described_at": None, "inventory": inventory(vpce())},
        {"inventory": inventory(vpce()), "described": (vpce(private_dns=False, names=()),)},
    ],
    ids=["pending and timing out", "not pinned", "not outside", "private DNS and API not private",
         "last good by a private address", "told by the inventory alone", "being switched off"],
)  # fmt: skip
def test_capture_is_proven_by_an_id_match_and_one_contrast(changed):
    found = judge(captured_case(**changed))
    assert found is not None and found.proof


@pytest.mark.parametrize(
    "changed",
    [
        {"outside": None, "pinned": None},
        {"outside": FAILED_OUTSIDE, "pinned": None},
        {"described": (vpce(addresses=(), interface_of={}, interface_ids=()),),
         "route_class": RouteClass.PRIVATE},
    ],
    ids=["no other look", "outside failing too", "no interface known yet"],
)  # fmt: skip
def test_capture_without_contrast_or_id_match_is_not_proven(changed):
    found = judge(captured_case(**changed))
    assert found is not None and not found.proof


@pytest.mark.parametrize(
    "changed",
    [
        {"inside": outcome()},
        {"described": (vpce(private_dns=False, names=()),)},
        {"described": (vpce(names=("sqs.us-east-1.amazonaws.com",)),)},
        {"described": (vpce(vpc_id="vpc-0ffffffff"),)},
        {"described": ()},
        {"last_good": last_good(route_class=RouteClass.VPCE, vpc_endpoint_id=VPCE,
                                addresses=(INSIDE,)), "outside": None, "pinned": None},
        {"last_good": None, "outside": None, "pinned": None},
        {"last_good": None, "outside": FAILED_OUTSIDE, "pinned": None},
    ],
    ids=["inside good", "private DNS off", "names of another service", "endpoint of another VPC",
         "no endpoint known", "private API that always went through it", "never good",
         "never good and failing outside"],
)  # fmt: skip
def test_the_rule_is_silent_without_its_evidence(changed):
    assert judge(captured_case(**changed)) is None


def test_a_cname_into_the_names_is_captured_and_an_alias_is_not():
    custom = Endpoint(id="shop", url="https://api.example.com/")
    target = "d-abc.execute-api.us-east-1.amazonaws.com"
    cname = refused(host="api.example.com", cnames=(target,))
    found = judge(captured_case(endpoint=custom, inside=cname))
    assert found.facts["captured_name"] == target
    assert judge(captured_case(endpoint=custom, inside=refused(host="api.example.com"))) is None


def test_an_api_whose_healthy_answer_is_403_is_judged_by_who_answers():
    open_door = Endpoint(id="o", url=f"https://{HOST}/", expect=Expect(status=((403, 403),)))
    public = {"x-amzn-ErrorType": "ForbiddenException"}
    healthy = outcome(403, headers=public)
    inside = replace(refused(), state=healthy.state)
    good = last_good(status=403)
    case = captured_case(
        endpoint=open_door,
        inside=inside,
        last_good=good,
        pinned=replace(healthy, view=View.PINNED),
        outside=None,
    )
    assert judge(case).proof
    assert judge(replace(case, inside=healthy, route_class=RouteClass.PUBLIC)) is None


def test_a_vantage_that_is_not_representative_is_judged_by_route_class_alone():
    aside = replace(cases.VANTAGE, not_representative="no IPv4 way out from a public subnet")
    inside = outcome(None, address=INSIDE, failure=Failure.CONNECT_TIMEOUT)
    case = captured_case(vantage=aside, inside=inside, pinned=None, outside=None)
    assert judge(replace(case, private_api=False)).proof
    same = outcome(None, address=PUBLIC, failure=Failure.CONNECT_TIMEOUT)
    assert judge(replace(case, inside=same, route_class=RouteClass.PUBLIC)) is None


def test_what_the_undo_breaks_is_what_is_good_only_through_the_endpoint():
    def neighbour(name, **other):
        seen = {"vpc_id": VPC, "state": "good", "route_class": RouteClass.VPCE,
                "vpc_endpoint_id": VPCE, **other}  # fmt: skip
        return Neighbour(endpoint=name, host=f"{name}.{NAMES[0]}", **seen)

    near = (
        neighbour("ledger"),
        neighbour("broken", state="failing"),
        neighbour("public", route_class=RouteClass.PUBLIC, vpc_endpoint_id=""),
    )
    found = judge(captured_case(neighbours=near))
    assert [one["endpoint"] for one in found.facts["also_breaks"]] == ["ledger"]
    many = tuple(neighbour(f"api-{number}") for number in range(1000))
    assert len(str(judge(captured_case(neighbours=many)).facts)) < 10_000


def test_diagnosis_names_the_kinds_of_change_that_could_have_done_it():
    (found,) = diagnose(captured_case())
    assert found.change_kinds == ("create_vpc_endpoint", "modify_vpc_endpoint")
