from dataclasses import replace

import pytest

from probing.endpoint import Expect
from probing.outcome import Failure, Tried
from reasoning.case import RouteClass
from reasoning.inventory import Vpc
from reasoning.route import (
    changed,
    describe,
    differing,
    fingerprint,
    interface_at,
    meets,
    route_class,
)
from tests.support.cases import (
    ENI,
    INSIDE,
    PUBLIC,
    VPC,
    VPCE,
    inventory,
    last_good,
    outcome,
    refused,
    vpce,
)

HUB = vpce(id="vpce-0b", vpc_id="vpc-0b", addresses=("10.9.0.5",))
OVERLAPPING = vpce(id="vpce-0c", vpc_id="vpc-0c", addresses=("10.0.0.7",))


@pytest.mark.parametrize(
    ("addresses", "cnames", "expected"),
    [
        ((PUBLIC,), (), "public"),
        ((PUBLIC,), ("d1.cloudfront.net.",), "cloudfront"),
        ((INSIDE,), (), "vpce"),
        (("10.0.0.8",), (), "private"),
        (("10.0.0.7",), (), "private"),
        (("10.9.0.5",), (), "vpce"),
        (("100.64.1.1",), (), "private"),
        (("198.18.5.5",), (), "private"),
        (("fd00::1",), (), "private"),
        (("2600:9000::1",), (), "public"),
        ((PUBLIC, INSIDE), (), "vpce"),
        ((), (), "none"),
    ],
    ids=["public", "edge by CNAME", "endpoint here", "private", "endpoint of an overlapping VPC",
         "central endpoint of another VPC", "shared space", "public space used as VPC CIDR",
         "IPv6 private", "IPv6 public", "mixed", "no address"],
)  # fmt: skip
def test_the_route_class_follows_from_who_holds_the_address(addresses, cnames, expected):
    known = replace(
        inventory(vpce(), HUB, OVERLAPPING),
        vpcs=(Vpc(id=VPC, cidrs=("10.0.0.0/16", "198.18.0.0/16")),),
    )
    found = replace(outcome(cnames=cnames).resolution, addresses=addresses)
    assert route_class(found, known, VPC) is RouteClass(expected)


def test_described_endpoints_are_fresher_than_the_inventory():
    found = replace(outcome().resolution, addresses=(INSIDE,))
    assert route_class(found, inventory(), VPC) is RouteClass.PRIVATE
    assert route_class(found, inventory(), VPC, (vpce(),)) is RouteClass.VPCE
    assert route_class(None, inventory(), VPC) is RouteClass.NONE


def test_a_look_is_described_in_one_short_line():
    told = f"{INSIDE} (interface {ENI} of {VPCE}) 403 ForbiddenException"
    assert describe(refused(), vpce()) == told
    unpaired = vpce(interface_of={}, addresses=(INSIDE, "10.0.1.9"), interface_ids=(ENI, "eni-1"))
    assert describe(refused(), unpaired) == f"{INSIDE} (of {VPCE}) 403 ForbiddenException"
    assert describe(outcome()) == f"{PUBLIC} 200"
    lost = outcome(None, address=None, failure=Failure.DNS_NXDOMAIN)
    assert describe(lost) == "no address dns nxdomain"
    silent = outcome(None, address=INSIDE, failure=Failure.CONNECT_TIMEOUT)
    assert describe(silent) == f"{INSIDE} connect timeout"
    assert describe(None) == "not looked"


def test_a_lost_address_among_good_ones_is_described_with_them():
    tried = (
        Tried(address=INSIDE, failure=Failure.HTTP_STATUS, status=403),
        Tried(address="10.0.0.92", status=200),
        Tried(address="fd12::1", failure=Failure.OUT_OF_TIME),
    )
    told = describe(replace(refused(), tried=tried))
    assert told.endswith("403 ForbiddenException; 1 of 2 addresses fail, 10.0.0.92 200")
    same = tuple(replace(t, failure=Failure.HTTP_STATUS) for t in tried)
    assert describe(replace(refused(), tried=same)) == describe(refused())


def test_that_nobody_was_verified_is_described():
    assert "insecure_tls" in describe(replace(outcome(), insecure_tls=True))


def test_which_of_several_canaries_saw_it_is_described():
    silent = outcome(None, address=INSIDE, failure=Failure.CONNECT_TIMEOUT)
    told = describe(replace(silent, seen_from="gatewatch-canary-vpc-0a1-3fa2b1"))
    assert told == f"{INSIDE} connect timeout from gatewatch-canary-vpc-0a1-3fa2b1"


def test_evidence_that_was_trimmed_is_no_other_fingerprint():
    steps = tuple(replace(step, evidence={"status": 200}) for step in outcome().steps)
    assert fingerprint(replace(outcome(), steps=steps)) == {}


def test_an_interface_is_named_only_where_its_address_is_known():
    assert interface_at(vpce(interface_of={}), INSIDE) == ENI
    assert interface_at(vpce(interface_of={}), PUBLIC) == ""


def test_a_fingerprint_holds_who_answered_and_not_what():
    one = fingerprint(outcome(200, headers={"Server": "nginx/1.25.3", "x-amz-apigw-id": "q"}))
    two = fingerprint(outcome(503, headers={"server": "nginx/1.27", "X-Amz-Apigw-Id": "z"}))
    assert one == two and one["server"] == "nginx" and one["gateway"] == "rest"
    edge = fingerprint(outcome(headers={"Via": "1.1 a.cloudfront.net (CloudFront)"}))
    assert edge["edge"] == "cloudfront"
    assert fingerprint(outcome(None, failure=Failure.CONNECT_TIMEOUT)) == {}
    assert differing(one, fingerprint(refused())) == ("error_type", "gateway", "server")
    assert differing(None, one) == () and differing(one, {}) == ()


@pytest.mark.parametrize(
    ("wanted", "route", "met"),
    [
        ("any", "vpce", True),
        ("public", "public", True),
        ("public", "cloudfront", True),
        ("public", "vpce", False),
        ("public", "none", True),
        ("private", "private", True),
        ("private", "public", False),
        ("10.0.0.0/24", "vpce", True),
        ("10.1.0.0/24", "vpce", False),
        (VPCE, "vpce", True),
        ("vpce-0f", "vpce", False),
    ],
)
def test_resolves_to_is_held_against_the_route(wanted, route, met):
    assert meets(Expect(resolves_to=wanted), RouteClass(route), (INSIDE,), VPCE) is met


def test_a_route_has_changed_only_when_class_and_addresses_differ():
    good = last_good(route_class=RouteClass.PRIVATE, addresses=(INSIDE,))
    assert not changed(None, RouteClass.VPCE, (INSIDE,))
    assert not changed(good, RouteClass.PRIVATE, ("10.0.0.3",))
    assert not changed(good, RouteClass.VPCE, (INSIDE,))
    assert changed(good, RouteClass.VPCE, ("10.0.0.3",))
    assert changed(good, RouteClass.NONE, ())


@pytest.mark.parametrize(
    ("before", "now", "differs"),
    [
        (("203.0.113.10", "2001:db8::1"), ("10.0.0.91", "2001:db8::1"), True),
        (("10.0.0.91", "2001:db8::1"), ("203.0.113.10", "2001:db8::1"), True),
        (("44.0.0.1", "44.0.0.2"), ("44.0.0.2", "44.0.0.3"), False),
        (("10.0.0.91", "10.0.1.17"), ("10.0.0.91",), False),
    ],
)
def test_answers_that_share_one_family_alone_took_different_routes(before, now, differs):
    """A and AAAA questions take turns with the two ways that a changing name has."""
    good = last_good(route_class=RouteClass.PUBLIC, addresses=before)
    assert changed(good, RouteClass.VPCE, now) is differs
