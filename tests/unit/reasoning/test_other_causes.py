import re
from dataclasses import replace

import pytest

from probing.outcome import Failure, State, View
from reasoning.case import Neighbour, RouteClass
from reasoning.diagnosis import diagnose, failing_everywhere, private_dns_withdrawn
from reasoning.followup import text_of
from reasoning.joining import begin
from reasoning.told import Reason
from tests.support.cases import (
    HOST,
    INSIDE,
    T0,
    VPC,
    VPCE,
    captured_case,
    inventory,
    last_good,
    outcome,
    vpce,
)
from tests.support.story import loss

THROUGH = last_good(route_class=RouteClass.VPCE, addresses=(INSIDE,), vpc_endpoint_id=VPCE)
NXDOMAIN = outcome(None, address=None, failure=Failure.DNS_NXDOMAIN)
FORBIDDEN = outcome(403, failure=Failure.HTTP_STATUS)
BROKEN = outcome(503, failure=Failure.HTTP_STATUS)


def withdrawn_case(**other):
    case = captured_case(
        inside=NXDOMAIN,
        route_class=RouteClass.NONE,
        last_good=THROUGH,
        pinned=None,
        outside=None,
        outside_ever_good=False,
        inventory=inventory(vpce()),
        described=(vpce(private_dns=False, names=()),),
    )
    return replace(case, **other)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"inside": FORBIDDEN, "route_class": RouteClass.PUBLIC},
        {"described": ()},
        {"described": (), "inventory": inventory()},
        {"described": (vpce(state="deleting"),)},
        {"described": (), "described_at": None, "inventory": inventory(taken_at=T0 + 1)},
        {"described": (), "described_at": None,
         "inventory": inventory(vpce(private_dns=False, names=()), taken_at=T0 + 1)},
        {"described": (), "described_at": None,
         "inventory": inventory(vpce(deleted_at=T0), taken_at=T0 + 1)},
    ],
    ids=["switched off", "public 403", "deleted", "deleted and forgotten", "deleting",
         "absent from a fresh inventory", "off in a fresh inventory", "remembered as gone"],
)  # fmt: skip
def test_a_withdrawn_name_is_proven_by_what_became_of_its_endpoint(changed):
    found = private_dns_withdrawn.judge(withdrawn_case(**changed))
    assert (found.subject, found.proof) == (VPCE, True)


def test_a_withdrawn_name_is_told_without_proof_when_nobody_could_be_asked():
    case = withdrawn_case(described=(), described_at=None, describe_refused="denied")
    found = private_dns_withdrawn.judge(case)
    assert found is not None and not found.proof


@pytest.mark.parametrize(
    "changed",
    [
        {"last_good": last_good()},
        {"last_good": None},
        {"described": (vpce(),)},
        {"inside": outcome(403, address=INSIDE, failure=Failure.HTTP_STATUS),
         "route_class": RouteClass.VPCE},
        {"last_good": last_good(route_class=RouteClass.PRIVATE, addresses=("10.0.0.7",))},
    ],
    ids=["was public", "never good", "private DNS still on", "still through it",
         "was no endpoint's address"],
)  # fmt: skip
def test_withdrawal_is_silent_without_its_evidence(changed):
    assert private_dns_withdrawn.judge(withdrawn_case(**changed)) is None


def test_the_undo_of_a_withdrawal_is_offered_only_while_the_endpoint_exists():
    public = Neighbour(
        endpoint="orders", host=f"b.{HOST.split('.', 1)[1]}", vpc_id=VPC, state="good",
        route_class=RouteClass.PUBLIC,
    )  # fmt: skip
    facts = private_dns_withdrawn.judge(withdrawn_case(neighbours=(public,))).facts
    assert facts["command"]["private_dns_enabled"] is True
    assert [one["endpoint"] for one in facts["also_breaks"]] == ["orders"]
    many = private_dns_withdrawn.judge(withdrawn_case(neighbours=(public,) * 1000)).facts
    assert len(str(many)) < 10_000
    assert "command" not in private_dns_withdrawn.judge(withdrawn_case(described=())).facts


@pytest.mark.parametrize(
    ("changed", "speaks"),
    [
        ({}, True),
        ({"inside": NXDOMAIN, "route_class": RouteClass.NONE,
          "outside": replace(NXDOMAIN, view=View.OUTSIDE)}, True),
        ({"outside_ever_good": False}, False),
        ({"outside": outcome(view=View.OUTSIDE)}, False),
        ({"outside": None}, False),
        ({"outside": replace(BROKEN, state=State.UNKNOWN)}, False),
        ({"last_good": None}, False),
        ({"inside": outcome()}, False),
        ({"inside": NXDOMAIN, "route_class": RouteClass.NONE}, False),
    ],
)  # fmt: skip
def test_failing_everywhere_needs_the_same_route_and_a_failing_outside(changed, speaks):
    case = captured_case(inside=BROKEN, route_class=RouteClass.PUBLIC, pinned=None,
                         outside=BROKEN, described=())  # fmt: skip
    found = failing_everywhere.judge(replace(case, **changed))
    assert (found is not None) is speaks
    assert found is None or (found.subject, found.host, found.proof) == ("", HOST, False)


def test_what_no_rule_explains_says_what_was_looked_at():
    case = captured_case(
        inside=outcome(403, failure=Failure.HTTP_STATUS), route_class=RouteClass.PUBLIC,
        pinned=None, described=(), described_at=None, describe_refused="UnauthorizedOperation",
    )  # fmt: skip
    (found,) = diagnose(case)
    assert found.cause == "unexplained" and found.change_kinds == ()
    text = "\n".join(found.evidence)
    assert "outside: 203.0.113.10 200" in text
    assert "pinned: not looked" in text
    assert "Describe calls: UnauthorizedOperation" in text


def test_a_central_endpoint_that_describe_calls_here_leave_out_is_not_called_gone():
    central = vpce(vpc_id="vpc-0central")
    case = withdrawn_case(inventory=inventory(central), described=())
    assert private_dns_withdrawn.judge(case) is None


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ((), f"{VPCE} is gone: an endpoint for com.amazonaws.us-east-1.execute-api in {VPC}"),
        (None, f"look at {VPCE} in account"),
    ],
)
def test_nobody_is_sent_to_look_at_an_endpoint_that_is_gone(described, said):
    changed = {} if described is None else {"described": described}
    diagnosis = private_dns_withdrawn.judge(withdrawn_case(**changed))
    begun = begin(loss(diagnosis=diagnosis), now_at=T0, min_good_seconds=900)
    text = text_of(begun, Reason.OPENED)
    assert said in re.sub(r"\n +", " ", text)
    assert "us-east-1" in text.partition("Do ")[2]
