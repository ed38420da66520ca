import pytest

from reasoning.case import RouteClass
from reasoning.forecast import KnownPair, forecast, located
from reasoning.transition import EndpointFacts, Health
from reasoning.twins import undone
from tests.support.cases import (
    ACCOUNT,
    HOST,
    NAMES,
    REGION,
    T0,
    VPC,
    VPCE,
    created,
    deleted,
    inventory,
    modified,
    vpce,
)

IN_PLACE = {"vpc_id": VPC, "names": list(NAMES)}


def pair(name="orders", **other):
    told = {
        "account": ACCOUNT, "region": REGION, "vpc_id": VPC, "health": Health.GOOD,
        "route_class": RouteClass.PUBLIC,
        "endpoint": EndpointFacts(id=name, url=f"https://{HOST}/", host=other.pop("host", HOST)),
        **other,
    }  # fmt: skip
    return KnownPair(**told)


def through(name="ledger", **other):
    return pair(name, route_class=RouteClass.VPCE, vpc_endpoint_id=VPCE, **other)


def touched(change, *pairs):
    found = forecast(change, pairs)
    parts = (found.captured, found.withdrawn, found.restored)
    return tuple([one.pair.endpoint.id for one in part] for part in parts)


@pytest.mark.parametrize(
    ("known", "captured", "restored"),
    [
        (pair(), ["orders"], []),
        (pair(health=Health.UNKNOWN), ["orders"], []),
        (pair(host="api.example.com", cname_chain=(f"d-1.{NAMES[0]}",)), ["orders"], []),
        (pair(host="api.example.com"), [], []),
        (pair(route_class=RouteClass.CLOUDFRONT), ["orders"], []),
        (pair(host="d1.cloudfront.net", route_class=RouteClass.CLOUDFRONT), [], []),
        (pair(vpc_id="vpc-0f"), [], []),
        (pair(region="eu-west-1"), [], []),
        (through(), [], []),
        (pair(health=Health.NEVER_GOOD, route_class=RouteClass.NONE), [], ["orders"]),
        (pair(health=Health.FAILING, route_class=RouteClass.NONE), [], ["orders"]),
        (pair(health=Health.CHANGING), [], []),
        (pair(health=Health.CHANGING, route_class=RouteClass.NONE), [], []),
    ],
)
def test_a_new_endpoint_captures_what_its_names_cover(known, captured, restored):
    assert touched(created(), known) == (captured, [], restored)


@pytest.mark.parametrize("change", [modified(False, scope=IN_PLACE), deleted(scope=IN_PLACE)])
def test_names_given_back_lose_what_was_good_through_the_endpoint(change):
    pairs = [through(), through("orders", health=Health.FAILING), pair("public")]
    pairs.append(through("wavers", health=Health.CHANGING))
    assert touched(change, *pairs) == ([], ["ledger"], ["orders"])


@pytest.mark.parametrize(
    "change",
    [
        created(after={"private_dns": False}),
        created(scope={"vpc_id": VPC, "names": []}),
        modified(True),
        modified(True, scope=IN_PLACE, after={"policy": "replaced"}),
        deleted(),
    ],
)
def test_a_change_that_switches_no_known_names_has_no_forecast(change):
    assert forecast(change, [pair()]) is None


def test_a_capture_that_touches_nothing_registered_is_forecast_all_the_same():
    found = forecast(created(), [])
    assert (found.vpc_id, found.endpoint_id, found.names) == (VPC, VPCE, NAMES)
    assert found.broken == () and found.endpoints == ()


def test_an_endpoint_is_counted_once_however_many_vpcs_see_it():
    found = forecast(created(), [pair(), pair(), pair("other")])
    assert found.endpoints == ("orders", "other") and len(found.broken) == 3


def test_a_change_that_names_no_vpc_is_located_by_the_inventory():
    known = [inventory(vpce(private_dns=False, names=()))]
    assert touched(located(modified(True), known), pair()) == (["orders"], [], [])
    on = [inventory(vpce())]
    assert touched(located(deleted(), on), through()) == ([], ["ledger"], [])
    remembered = [inventory(vpce(deleted_at=1.0))]
    assert touched(located(deleted(), remembered), through()) == ([], ["ledger"], [])
    assert located(deleted(), known) == deleted()
    assert located(modified(True), [inventory()]) == modified(True)


LATER = T0 - 30


@pytest.mark.parametrize(
    ("change", "other", "is_undone"),
    [
        (created(), deleted(LATER), True),
        (created(), deleted(), True),  # eventTime has whole seconds
        (created(), modified(False, LATER), True),
        (modified(False), modified(True, LATER), True),
        (created(), modified(True, LATER), False),
        (created(), deleted(T0 - 90), False),
        (created(), deleted(LATER, resource_ids=("vpce-0other",)), False),
        (created(after={"private_dns": False}), deleted(LATER), False),
        (created(), created(), False),
    ],
)
def test_a_change_is_undone_by_a_later_one_of_the_same_endpoint(change, other, is_undone):
    assert undone(change, [change, other]) is is_undone
