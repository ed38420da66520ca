from dataclasses import replace

import pytest

from reasoning.changes import KINDS
from reasoning.diagnosis import diagnose
from reasoning.inferred import MEMORY_SECONDS, changes, described, remember
from tests.support.cases import NAMES, T0, VPC, VPCE, captured_case, inventory, vpce

OFF = vpce(private_dns=False, names=())
LATER = T0 + 300


def between(before, after):
    return changes(inventory(*before, taken_at=T0), inventory(*after, taken_at=LATER), LATER + 9)


def test_a_first_inventory_and_an_unchanged_one_show_no_change():
    assert changes(None, inventory(vpce()), T0) == ()
    assert between([vpce()], [vpce(state="pending", policy_hash="x")]) == ()


def test_a_new_endpoint_is_a_creation_at_its_own_time():
    (one,) = between([], [vpce(created_at=T0 + 42)])
    assert (one.event_name, one.at, one.resource_ids) == ("CreateVpcEndpoint", T0 + 42, (VPCE,))
    assert one.inferred and one.actor is None and one.kind in KINDS
    assert one.scope["vpc_id"] == VPC and one.scope["names"] == list(NAMES)
    assert one.after["private_dns"] is True


def test_a_switch_of_private_dns_is_a_modification_since_the_inventory_before():
    (one,) = between([vpce()], [OFF])
    assert (one.event_name, one.after["private_dns"]) == ("ModifyVpcEndpoint", False)
    assert (one.scope["since_at"], one.at) == (T0, LATER)
    assert one.scope["names"] == list(NAMES)


def test_groups_that_were_exchanged_are_a_modification_apart_from_the_switch():
    was, now = vpce(security_groups=("sg-1", "sg-2")), vpce(security_groups=("sg-2", "sg-3"))
    (one,) = between([was], [now])
    assert one.event_name == "ModifyVpcEndpoint" and one.inferred
    assert one.after == {
        "security_groups_removed": ["sg-1"],
        "security_groups_added": ["sg-3"],
    }
    both = between([was], [replace(now, private_dns=False)])
    assert len({change.id for change in both}) == 2


def test_an_endpoint_that_is_gone_is_a_deletion():
    for gone in ([], [vpce(state="deleting")], [vpce(deleted_at=LATER)]):
        (one,) = between([vpce()], gone)
        assert one.event_name == "DeleteVpcEndpoints" and one.scope["names"] == list(NAMES)
    assert between([vpce(deleted_at=T0)], []) == ()


def test_two_switches_of_one_endpoint_are_two_changes():
    (off,) = between([vpce()], [OFF])
    later = changes(inventory(OFF, taken_at=LATER), inventory(vpce(), taken_at=LATER + 60), LATER)
    assert off.id != later[0].id


def test_a_deleted_endpoint_is_remembered_for_a_day():
    first = remember(inventory(vpce(), taken_at=T0), inventory(taken_at=LATER))
    assert first.endpoint(VPCE).deleted_at == LATER
    second = remember(first, inventory(taken_at=LATER + 60))
    assert second.endpoint(VPCE).deleted_at == LATER
    assert changes(first, second, LATER + 60) == ()
    old = remember(second, inventory(taken_at=LATER + MEMORY_SECONDS + 1))
    assert old.endpoint(VPCE) is None
    assert remember(None, first) == first
    back = remember(first, replace(inventory(vpce()), taken_at=LATER + 60))
    assert back.endpoints == (vpce(),)


def test_what_describe_calls_told_is_a_change_without_an_actor():
    (made,) = described(diagnose(captured_case())[0])
    assert (made.event_name, made.inferred, made.actor) == ("CreateVpcEndpoint", True, None)
    assert made.resource_ids == (VPCE,)
    assert made.after["private_dns"] is True


@pytest.mark.parametrize("missing", ["created_at", "described_at", "private_dns"])
def test_describe_calls_that_told_too_little_infer_nothing(missing):
    told = diagnose(captured_case())[0]
    assert described(replace(told, facts={**told.facts, missing: None})) == ()
