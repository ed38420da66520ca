from dataclasses import replace

import pytest

from reasoning.bulletin import forecast as message
from reasoning.case import RouteClass
from reasoning.forecast import KnownPair, forecast, located
from reasoning.inventory import Vpc
from reasoning.security_groups import GroupRule
from reasoning.transition import EndpointFacts, Health
from tests.support.blocked import (
    ANYWHERE,
    BY_GROUP,
    ELSEWHERE,
    FROM_VPC,
    GROUP,
    OTHER_GROUP,
    SSH,
    exchanged,
    rules_changed,
)
from tests.support.cases import ACCOUNT, HOST, REGION, VPC, VPCE, inventory, vpce

GUARDED = inventory(vpce(security_groups=(GROUP, OTHER_GROUP)))


def pair(**other):
    told = {
        "account": ACCOUNT, "region": REGION, "vpc_id": VPC, "health": Health.GOOD,
        "route_class": RouteClass.VPCE, "vpc_endpoint_id": VPCE,
        "endpoint": EndpointFacts(id="ledger", url=f"https://{HOST}/", host=HOST), **other,
    }  # fmt: skip
    return KnownPair(**told)


def foretold(change, *pairs, of=GUARDED):
    return forecast(located(change, (of,)), pairs or (pair(),))


@pytest.mark.parametrize("rule", [FROM_VPC, BY_GROUP, ANYWHERE])
def test_a_rule_taken_from_the_group_of_an_endpoint_may_cut_off_what_is_good_through_it(rule):
    found = foretold(rules_changed("Revoke", rule))
    assert found.endpoints == ("ledger",)
    assert (found.endpoint_id, found.vpc_id) == (VPCE, VPC)
    said = message(found, default_owner="platform").text
    assert f"FORECAST {VPCE} will cut off" not in said
    assert f"FORECAST {VPCE} may cut off ledger" in said
    assert "unless another rule admits" in " ".join(said.split())


@pytest.mark.parametrize(
    ("change", "known"),
    [
        (rules_changed("Revoke", SSH), pair()),
        (rules_changed("Revoke", ELSEWHERE), pair()),
        (rules_changed("Revoke", FROM_VPC, resource_ids=("sg-0fffffff",)), pair()),
        (rules_changed("Revoke", GroupRule(cidrs=("not a network",))), pair()),
        (rules_changed("Revoke"), pair()),
        (rules_changed("Revoke", FROM_VPC, side="egress"), pair()),
        (rules_changed("Authorize", FROM_VPC), pair()),
        (exchanged(ELSEWHERE), pair()),
        (rules_changed("Revoke", FROM_VPC), pair(health=Health.FAILING)),
        (rules_changed("Revoke", FROM_VPC), pair(vpc_endpoint_id="vpce-0fffffff")),
        (rules_changed("Revoke", FROM_VPC),
         pair(vpc_endpoint_id="", route_class=RouteClass.PUBLIC)),
        (rules_changed("Revoke", FROM_VPC), pair(region="eu-west-1")),
    ],
)  # fmt: skip
def test_what_is_not_cut_off_is_not_foretold(change, known):
    found = foretold(change, known)
    assert found is None or not found.broken


def test_the_port_is_that_of_the_pairs_url():
    odd = EndpointFacts(id="odd", url=f"https://{HOST}:8443/", host=HOST)
    assert not foretold(rules_changed("Revoke", FROM_VPC), pair(endpoint=odd)).broken
    there = replace(FROM_VPC, first_port=8000, last_port=9000)
    assert foretold(rules_changed("Revoke", there), pair(endpoint=odd)).broken


def test_a_group_of_a_deleted_endpoint_guards_nothing():
    gone = inventory(vpce(security_groups=(GROUP,), deleted_at=1.0))
    assert foretold(rules_changed("Revoke", FROM_VPC), of=gone) is None


def test_a_change_is_located_by_the_endpoints_that_its_group_guards():
    scope = located(rules_changed("Revoke", FROM_VPC), (GUARDED,)).scope
    assert (scope["vpc_id"], scope["guarded"]) == (VPC, {VPCE: ["10.0.0.0/16"]})
    two = replace(
        GUARDED,
        vpcs=(*GUARDED.vpcs, Vpc(id="vpc-0f", cidrs=("10.9.0.0/16",))),
        endpoints=(
            *GUARDED.endpoints,
            vpce(id="vpce-0f", vpc_id="vpc-0f", security_groups=(GROUP,)),
        ),
    )
    assert "vpc_id" not in located(rules_changed("Revoke", FROM_VPC), (two,)).scope
