"""What names resolve to: tables over state, world and time."""

import pytest

from lab.dataplane.names import EDGE_ADDRESS, REGIONAL_ADDRESS, Rcode, answer
from lab.dataplane.state import from_document
from lab.world.model import from_document as world_from
from tests.lab.fake_state import endpoint, vpc

REGION = "execute-api.us-east-1.amazonaws.com"
ORDERS, SHOP, LEDGER = f"o1.{REGION}", f"s1.{REGION}", f"l1.{REGION}"
SENTINEL = f"gw-4f1d.{REGION}"
CUSTOM = "orders.example.com"
WORLD = {
    "apis": [
        {"name": "orders", "id": "o1", "kind": "regional", "domain": CUSTOM},
        {"name": "shop", "id": "s1", "kind": "edge"},
        {"name": "ledger", "id": "l1", "kind": "private"},
    ],
    "records": [
        {"name": CUSTOM, "type": "CNAME", "value": f"d-9x.{REGION}"},
        {"name": "alias.example.com", "type": "A", "value": REGIONAL_ADDRESS},
        {"name": "loop.example.com", "type": "CNAME", "value": "loop.example.com"},
    ],
}
PRIVATE = ["10.0.0.91"]
CREATED = 1000.0


def seen(name, *endpoints, at=5000.0, inside="vpc-a", qtype="A", world=(), **changes):
    state = from_document(
        {"revision": 1, "vpcs": {"vpc-a": vpc(endpoints=list(endpoints), **changes)}}
    )
    return answer(state, world_from({**WORLD, **dict(world)}, "test"), inside, name, qtype, at)


def addresses(*arguments, **options):
    reply = seen(*arguments, **options)
    return [one.value for one in reply.records if one.type.value == "A"]


@pytest.mark.parametrize("inside", [None, "vpc-a"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (ORDERS, [REGIONAL_ADDRESS]),
        (ORDERS.upper() + ".", [REGIONAL_ADDRESS]),
        (SENTINEL, [REGIONAL_ADDRESS]),
        (SHOP, [EDGE_ADDRESS]),
        (CUSTOM, [REGIONAL_ADDRESS]),
        ("alias.example.com", [REGIONAL_ADDRESS]),
    ],
)
def test_without_private_dns_names_are_public_everywhere(name, expected, inside):
    assert addresses(name, inside=inside) == expected


@pytest.mark.parametrize("name", [LEDGER, REGION, "example.com", "x.execute-api.eu-west-1.aws"])
def test_names_that_do_not_exist_answer_nxdomain(name):
    assert seen(name).rcode is Rcode.NXDOMAIN


def test_a_region_has_its_own_names_and_an_endpoint_captures_those_of_its_own():
    world = {
        "regions": ["us-east-1", "eu-west-1"],
        "apis": [{"name": "far", "id": "f1", "kind": "private", "region": "eu-west-1"}],
    }
    far = "execute-api.eu-west-1.amazonaws.com"
    taken = endpoint(CREATED)
    assert addresses(f"x1.{far}", taken, world=world) == [REGIONAL_ADDRESS]
    assert addresses(f"x1.{REGION}", taken, world=world) == PRIVATE
    assert seen(f"f1.{far}", world=world).rcode is Rcode.NXDOMAIN
    assert addresses(f"f1.{REGION}", world=world) == [REGIONAL_ADDRESS]


def test_an_edge_api_resolves_through_a_cloudfront_name():
    types = [(one.type.value, one.value) for one in seen(SHOP).records]
    assert types == [("CNAME", "ds1.cloudfront.net"), ("A", EDGE_ADDRESS)]


def test_a_name_without_the_asked_type_exists_and_has_no_records():
    reply = seen(ORDERS, qtype="AAAA")
    assert (reply.rcode, reply.records) == (Rcode.NOERROR, ())


def test_a_cname_that_is_asked_for_is_not_followed():
    assert [one.value for one in seen(CUSTOM, qtype="CNAME").records] == [f"d-9x.{REGION}"]


def test_a_chain_that_never_ends_is_a_server_failure():
    assert seen("loop.example.com").rcode is Rcode.SERVFAIL


@pytest.mark.parametrize("name", [ORDERS, SHOP, LEDGER, SENTINEL, REGION, CUSTOM, f"d-9x.{REGION}"])
def test_private_dns_captures_the_apex_and_everything_below_it(name):
    assert addresses(name, endpoint(CREATED)) == PRIVATE


@pytest.mark.parametrize("name", ["alias.example.com", "ds1.cloudfront.net"])
def test_aliases_and_cloudfront_names_are_not_captured(name):
    assert addresses(name, endpoint(CREATED)) not in ([], PRIVATE)


def test_nobody_outside_the_vpc_sees_its_private_zone():
    assert addresses(ORDERS, endpoint(CREATED), inside=None) == [REGIONAL_ADDRESS]


def modified(wanted, at=3000.0):
    return endpoint(
        CREATED, private_dns=wanted, private_dns_changed_at=at, private_dns_changed_by="modify"
    )


def deleted(at=3000.0, **changes):
    return endpoint(CREATED, deleted_at=at, state="deleting", **changes)


def by_delete():
    return deleted(private_dns_changed_by="delete", private_dns_changed_at=3000.0)


@pytest.mark.parametrize(
    ("what", "made", "at", "captured"),
    [
        ("created, before the delay", endpoint(CREATED), 1074.9, False),
        ("created, after the delay", endpoint(CREATED), 1075.0, True),
        ("created without", endpoint(CREATED, private_dns=False), 5000.0, False),
        ("still pending", endpoint(CREATED, state="pending"), 5000.0, False),
        ("switched on, before", modified(True), 3029.9, False),
        ("switched on, after", modified(True), 3030.0, True),
        ("switched off, before", modified(False), 3029.9, True),
        ("switched off, after", modified(False), 3030.0, False),
        ("switched on at once after creation", modified(True, 1001.0), 1040.0, False),
        ("deleted, before", by_delete(), 3029.9, True),
        ("deleted, after", by_delete(), 3030.0, False),
        ("deleted before it ever captured", deleted(1010.0), 1020.0, False),
        ("deleted, never had it", deleted(private_dns=False), 3001.0, False),
        ("another service", endpoint(CREATED, service="com.amazonaws.us-east-1.s3"), 5000.0, False),
    ],
)
def test_names_flip_after_the_delay_of_what_changed(what, made, at, captured):
    expected = PRIVATE if captured else [REGIONAL_ADDRESS]
    assert addresses(ORDERS, made, at=at) == expected, what


def test_a_world_may_let_names_flip_before_the_endpoint_is_available():
    pending = endpoint(CREATED, state="pending")
    early = {"dns_before_available": True}
    assert addresses(ORDERS, pending, at=1080.0, world=early) == PRIVATE


def test_private_dns_needs_dns_hostnames():
    assert addresses(ORDERS, endpoint(CREATED), dns_hostnames=False) == [REGIONAL_ADDRESS]


def test_nobody_answers_where_dns_support_is_off():
    assert seen(ORDERS, dns_support=False) is None


def test_nobody_answers_in_a_vpc_that_is_gone():
    assert seen(ORDERS, inside="vpc-z") is None


def test_while_one_holder_replaces_another_the_newer_answers():
    newer = endpoint(CREATED + 1, "10.0.0.92", id="vpce-0def")
    assert addresses(ORDERS, deleted(4999.0), newer) == ["10.0.0.92"]


OWN = "vpce-0abc-k2x9q1w4.execute-api.us-east-1.vpce.amazonaws.com"
OWN_IN_ZONE = "vpce-0abc-k2x9q1w4-us-east-1a.execute-api.us-east-1.vpce.amazonaws.com"


@pytest.mark.parametrize("inside", [None, "vpc-a"])
@pytest.mark.parametrize("name", [OWN, OWN_IN_ZONE])
def test_an_endpoints_own_names_resolve_everywhere(name, inside):
    assert addresses(name, endpoint(CREATED, private_dns=False), inside=inside) == PRIVATE


@pytest.mark.parametrize("made", [endpoint(CREATED, state="pending"), by_delete()])
def test_an_endpoint_that_is_not_available_has_no_names_of_its_own(made):
    assert seen(OWN, made).rcode is Rcode.NXDOMAIN


def test_an_endpoints_name_in_a_zone_where_it_has_no_interface_is_empty():
    elsewhere = OWN_IN_ZONE.replace("1a.", "1b.")
    assert addresses(elsewhere, endpoint(CREATED)) == []


BY_HAND = {
    "name": REGION + ".",
    "records": [{"name": ORDERS + ".", "type": "A", "values": ["10.0.0.80"]}],
}


def test_a_private_zone_of_the_vpc_hides_all_names_that_it_does_not_hold():
    assert addresses(ORDERS, private_zones=[BY_HAND]) == ["10.0.0.80"]
    assert seen(SHOP, private_zones=[BY_HAND]).rcode is Rcode.NXDOMAIN
    assert addresses(SHOP, private_zones=[BY_HAND], inside=None) == [EDGE_ADDRESS]


def test_the_most_specific_zone_answers():
    one_name = {
        "name": SENTINEL,
        "records": [{"name": SENTINEL, "type": "A", "values": ["10.0.0.81"]}],
    }
    assert addresses(SENTINEL, endpoint(CREATED), private_zones=[one_name]) == ["10.0.0.81"]
    assert addresses(ORDERS, endpoint(CREATED), private_zones=[one_name]) == PRIVATE


def test_a_private_wildcard_and_cname_are_followed():
    records = [
        {"name": "\\052.example.com", "type": "CNAME", "values": [SENTINEL + "."]},
        {"name": "example.com", "type": "MX", "values": ["10 mail"]},
    ]
    zones = [{"name": "example.com", "records": records}]
    assert addresses("a.b.example.com", private_zones=zones) == [REGIONAL_ADDRESS]
    assert seen("example.com", private_zones=zones).rcode is Rcode.NOERROR


WAVERING = {"dns_alternates": {"every": 30, "seconds": 120}}
BY_TURNS = {"dns_alternates": {"every": "query", "seconds": 120}}


@pytest.mark.parametrize(
    ("made", "shows_at", "new"),
    [
        (endpoint(CREATED), 1075.0, PRIVATE),
        (modified(True), 3030.0, PRIVATE),
        (modified(False), 3030.0, [REGIONAL_ADDRESS]),
        (by_delete(), 3030.0, [REGIONAL_ADDRESS]),
    ],
)
def test_a_world_may_let_old_and_new_answers_take_turns_for_a_while(made, shows_at, new):
    def told(after_seconds, world, turn=0):
        state = from_document({"revision": 1, "vpcs": {"vpc-a": vpc(endpoints=[made])}})
        at, what = shows_at + after_seconds, world_from({**WORLD, **world}, "test")
        reply = answer(state, what, "vpc-a", ORDERS, "A", at, turn)
        return [one.value for one in reply.records] == new

    half_minutes = [told(after, WAVERING) for after in (-1, 0, 29, 30, 59, 60, 90, 119, 120, 150)]
    assert half_minutes == [False, True, True, False, False, True, False, False, True, True]
    assert [told(10, BY_TURNS, turn) for turn in range(4)] == [True, False, True, False]
    assert all(told(120, BY_TURNS, turn) for turn in range(4))
    assert not any(told(-1, BY_TURNS, turn) for turn in range(4))
