import random
from dataclasses import replace

import pytest

from reasoning.blame import Confidence, blame
from reasoning.diagnose import Diagnosis
from reasoning.forecast import located
from reasoning.inferred import changes as inferred_changes
from tests.support.cases import (
    ACCOUNT,
    NAMES,
    T0,
    VPC,
    VPCE,
    created,
    deleted,
    inventory,
    modified,
    vpce,
)
from tests.support.diagnoses import CAPTURED, OTHER, WITHDRAWN

MEMBERS = frozenset({ACCOUNT, "444455556666"})
UNPROVEN = replace(CAPTURED, proof=False)


def blamed(*ledger, diagnosis=CAPTURED, first_bad_at=T0, last_good_at=T0 - 60, members=MEMBERS):
    return blame(
        diagnosis,
        first_bad_at=first_bad_at,
        last_good_at=last_good_at,
        ledger=ledger,
        members=members,
    ).suspects


def named(suspects):
    return [(one.change.id, str(one.confidence)) for one in suspects]


@pytest.mark.parametrize(
    ("change", "diagnosis", "confidence"),
    [
        (created(), CAPTURED, "proven"),
        (created(), UNPROVEN, "likely"),
        (created(T0 + 1), CAPTURED, "proven"),
        (created(T0 - 60 - 890), CAPTURED, "proven"),
        (created(after={"private_dns": True, "private_dns_assumed": True}), CAPTURED, "proven"),
        (created(inferred=True, actor=None), CAPTURED, "likely"),
        (created(account="999900001111"), CAPTURED, "likely"),
        (created(resource_ids=()), CAPTURED, "possible"),
        (modified(True), CAPTURED, "proven"),
        (modified(True), replace(CAPTURED, facts={}), "likely"),
        (modified(True), replace(CAPTURED, facts={"private_dns": True, "described_at": T0 - 99}),
         "likely"),
        (modified(True, confirmed=True), replace(CAPTURED, facts={}), "proven"),
        (modified(True, after={}), CAPTURED, "possible"),
        (deleted(), WITHDRAWN, "proven"),
        (modified(False), WITHDRAWN, "proven"),
    ],
)  # fmt: skip
def test_a_suspect_is_held_as_firmly_as_its_evidence(change, diagnosis, confidence):
    assert named(blamed(change, diagnosis=diagnosis)) == [(change.id, confidence)]


@pytest.mark.parametrize(
    ("change", "diagnosis"),
    [
        (created(T0 + 3), CAPTURED),
        (created(T0 - 60 - 901), CAPTURED),
        (created(resource_ids=(OTHER,)), CAPTURED),
        (created(resource_ids=(), scope={"vpc_id": "vpc-0fffffff", "names": NAMES}), CAPTURED),
        (created(resource_ids=(), scope={"vpc_id": VPC, "names": ["sqs.x.amazonaws.com"]}),
         CAPTURED),
        (created(after={"private_dns": False}), CAPTURED),
        (modified(False), CAPTURED),
        (modified(True, after={"policy": "replaced"}), CAPTURED),
        (deleted(), CAPTURED),
        (created(), WITHDRAWN),
        (modified(True), WITHDRAWN),
        (deleted(resource_ids=(OTHER,)), WITHDRAWN),
        (created(kind="unknown"), CAPTURED),
        (created(), Diagnosis(cause="unexplained")),
        (created(), Diagnosis(cause="failing_everywhere", host="x")),
    ],
)  # fmt: skip
def test_a_change_without_mechanism_scope_or_order_is_never_named(change, diagnosis):
    assert blamed(change, diagnosis=diagnosis) == ()


def test_the_newest_change_that_still_stood_is_named_first():
    first, off, again = created(T0 - 500), modified(False, T0 - 300), modified(True, T0 - 100)
    assert named(blamed(first, off, again)) == [(again.id, "proven")]
    assert blamed(first, off) == ()


def test_an_undo_after_the_first_bad_look_clears_nobody():
    assert named(blamed(created(), modified(False, T0 + 30))) == [(created().id, "proven")]


def test_an_undo_that_only_the_inventory_showed_clears_nobody_either():
    made = created(T0 - 100)
    off = inferred_changes(
        inventory(vpce(), taken_at=T0 - 90),
        inventory(vpce(private_dns=False), taken_at=T0 + 80),
        T0 + 80,
    )
    assert named(blamed(made, *off)) == [(made.id, "proven")]


def test_a_change_that_left_the_switch_as_it_stood_is_no_suspect():
    assert named(blamed(created(T0 - 120), modified(True, T0 - 90))) == [
        (created(T0 - 120).id, "proven")
    ]


def test_a_call_that_set_what_the_inventory_showed_already_is_no_suspect():
    stood = inventory(vpce(private_dns=True), taken_at=T0 - 300)
    was_off = inventory(vpce(private_dns=False), taken_at=T0 - 300)
    late = inventory(vpce(private_dns=True), taken_at=T0 - 10)
    assert blamed(located(modified(True), (stood,))) == ()
    for seen in (was_off, late):
        assert named(blamed(located(modified(True), (seen,)))) == [(modified(True).id, "proven")]


def test_a_switch_turned_off_and_on_again_is_one_whatever_the_inventory_showed_before():
    stood = inventory(vpce(private_dns=True), taken_at=T0 - 300)
    off, on = (
        located(modified(way, at), (stood,)) for way, at in ((False, T0 - 90), (True, T0 - 60))
    )
    assert named(blamed(off, on)) == [(on.id, "proven")]


def test_where_the_switch_stood_is_not_told_both_changes_stay_visible():
    unsure = created(T0 - 120, after={"private_dns": True, "private_dns_assumed": True})
    later = modified(True, T0 - 90)
    assert named(blamed(unsure, later)) == [(later.id, "proven"), (unsure.id, "likely")]


def test_an_endpoint_made_anew_does_not_undo_the_deletion_of_the_old_one():
    anew = created(T0 - 50, resource_ids=(OTHER,))
    assert named(blamed(deleted(T0 - 60), anew, diagnosis=WITHDRAWN)) == [
        (deleted(T0 - 60).id, "proven")
    ]


def test_an_event_and_its_inferred_twin_are_one_change_and_the_event_wins():
    seen = inferred_changes(inventory(), inventory(vpce(), taken_at=T0 + 5), T0 + 5)
    assert named(blamed(*seen)) == [(seen[0].id, "likely")]
    assert seen[0].id not in str(named(blamed(*seen, created(T0 - 59))))
    assert named(blamed(*seen, created(T0 - 59))) == [(created(T0 - 59).id, "proven")]


def test_a_modification_is_confirmed_by_its_inferred_twin():
    switch = inferred_changes(
        inventory(vpce(private_dns=False), taken_at=T0 - 300),
        inventory(vpce(), taken_at=T0 + 30),
        T0 + 30,
    )
    said_nothing = replace(CAPTURED, facts={})
    event = modified(True, T0 - 80)
    assert named(blamed(event, diagnosis=said_nothing)) == [(event.id, "likely")]
    assert named(blamed(event, *switch, diagnosis=said_nothing)) == [(event.id, "proven")]
    (alone,) = blamed(*switch, diagnosis=said_nothing)
    assert alone.confidence is Confidence.LIKELY and alone.change.actor is None


def test_the_reasons_that_hold_a_suspect_down_come_first():
    (one,) = blamed(created(account="999900001111"), diagnosis=UNPROVEN)
    assert "no contrast" in one.because[0]
    assert "account 999900001111 has no member" in one.because[1]
    assert one.because[-1] == "it happened 60 s before the first bad look"


def test_with_no_suspect_it_says_what_was_searched():
    found = blame(CAPTURED, first_bad_at=T0, last_good_at=None, ledger=[deleted()], members=MEMBERS)
    assert found.suspects == ()
    assert "1 change of 1 account" in found.searched and VPCE in found.searched
    nothing = blame(CAPTURED, first_bad_at=T0, last_good_at=None, ledger=[], members=MEMBERS)
    assert nothing.searched == "no changes were known"


def decoys(dice):
    """Changes of the very kinds that break paths, in places and at times that cannot have."""
    at = T0 - dice.uniform(0, 600)
    elsewhere = {"vpc_id": "vpc-0decafbad", "names": list(NAMES)}
    other_service = {"vpc_id": VPC, "names": ["sqs.us-east-1.amazonaws.com"]}
    one = f"vpce-{dice.randrange(16**8):08x}"
    return [
        created(at, id="d1", resource_ids=(one,), scope=elsewhere),
        created(at, id="d2", resource_ids=(one,), scope=other_service),
        created(at, id="d3", resource_ids=(), scope=elsewhere),
        created(at, id="d4", resource_ids=(one,), account="444455556666", scope=elsewhere),
        created(at, id="d5", resource_ids=(one,), after={"private_dns": False}),
        created(T0 + dice.uniform(3, 600), id="d6"),
        created(T0 - 60 - 901 - dice.uniform(0, 3600), id="d7", resource_ids=(one,)),
        modified(True, at, id="d8", resource_ids=(one,)),
        modified(True, at, id="d9", after={"policy": "replaced"}),
        modified(False, T0 + dice.uniform(3, 600), id="d10"),
        deleted(at, id="d11", resource_ids=(one,)),
        deleted(T0 + dice.uniform(3, 600), id="d12"),
        created(at, id="d13", kind="unknown", event_name="RunInstances"),
        created(at, id="d14", kind="unknown", event_name="CreateRoute", resource_ids=(VPCE, VPC)),
        created(at, id="d15", resource_ids=(one,), inferred=True, actor=None),
    ] * 2


@pytest.mark.parametrize("seed", range(25))
def test_no_decoy_is_ever_named(seed):
    dice = random.Random(seed)
    guilty = created(T0 - dice.uniform(0, 600))
    ledger = [replace(one, id=f"{one.id}-{n}") for n, one in enumerate(decoys(dice))]
    assert blamed(*ledger) == ()
    ledger.append(guilty)
    dice.shuffle(ledger)
    assert named(blamed(*ledger)) == [(guilty.id, "proven")]


def test_what_the_clocks_put_just_after_the_first_bad_look_takes_nothing_from_what_came_before():
    made = created(T0 - 100)
    assert named(blamed(made, modified(False, T0 + 1))) == [(made.id, "proven")]
    assert named(blamed(made, deleted(T0 + 1.5))) == [(made.id, "proven")]
    gone = deleted(T0 - 30)
    assert named(blamed(gone, modified(True, T0 + 1), diagnosis=WITHDRAWN)) == [(gone.id, "proven")]
