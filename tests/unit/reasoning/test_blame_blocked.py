import random
from dataclasses import replace

import pytest

from reasoning.blame import blame
from reasoning.diagnosis import diagnose
from reasoning.inferred import changes as inferred_changes
from reasoning.repairing import repair
from tests.support.blocked import (
    ANYWHERE,
    BLOCKED,
    BY_GROUP,
    BY_LIST,
    CANARY_GROUP,
    ELSEWHERE,
    FROM_VPC,
    GROUP,
    OTHER_GROUP,
    SSH,
    blocked_case,
    exchanged,
    filters,
    groups_changed,
    rules_changed,
)
from tests.support.cases import (
    ACCOUNT,
    T0,
    VPCE,
    created,
    deleted,
    inventory,
    modified,
    vpce,
)

MEMBERS = frozenset({ACCOUNT})
UNRELATED = "sg-0fffffff"
(OUTWARD,) = diagnose(blocked_case(filters=filters(FROM_VPC, egress=(ELSEWHERE,), own=False)))
SHARED = replace(BLOCKED, subject=GROUP)
CENTRAL = replace(BLOCKED, proof=False)


def blamed(*ledger, diagnosis=BLOCKED):
    found = blame(diagnosis, first_bad_at=T0, last_good_at=T0 - 60, ledger=ledger, members=MEMBERS)
    return [(one.change.id, str(one.confidence)) for one in found.suspects]


@pytest.mark.parametrize(
    ("change", "diagnosis", "confidence"),
    [
        (rules_changed("Revoke", FROM_VPC), BLOCKED, "proven"),
        (rules_changed("Revoke", BY_GROUP), BLOCKED, "proven"),
        (rules_changed("Revoke", SSH, ANYWHERE), BLOCKED, "proven"),
        (rules_changed("Revoke", FROM_VPC, at=T0 - 119), BLOCKED, "proven"),
        (rules_changed("Revoke", FROM_VPC), CENTRAL, "likely"),
        (rules_changed("Revoke", FROM_VPC, account="999900001111"), BLOCKED, "likely"),
        (rules_changed("Revoke", BY_LIST), BLOCKED, "likely"),
        (rules_changed("Revoke"), BLOCKED, "possible"),
        (exchanged(ELSEWHERE), BLOCKED, "likely"),
        (exchanged(SSH), BLOCKED, "possible"),
        (exchanged(), BLOCKED, "possible"),
        (groups_changed(removed=[OTHER_GROUP]), BLOCKED, "proven"),
        (groups_changed(removed=[OTHER_GROUP], added=[GROUP]), BLOCKED, "proven"),
        (groups_changed(removed=[UNRELATED]), BLOCKED, "possible"),
        (rules_changed("Revoke", FROM_VPC), SHARED, "proven"),
        (groups_changed(removed=[OTHER_GROUP]), SHARED, "proven"),
        (rules_changed("Revoke", ANYWHERE, side="egress", resource_ids=(CANARY_GROUP,)), OUTWARD,
         "proven"),
    ],
)  # fmt: skip
def test_what_closed_it_is_held_as_firmly_as_it_tells_what_it_took_away(
    change, diagnosis, confidence
):
    assert blamed(change, diagnosis=diagnosis) == [(change.id, confidence)]


@pytest.mark.parametrize(
    ("change", "diagnosis"),
    [
        (rules_changed("Revoke", SSH), BLOCKED),
        (rules_changed("Revoke", ELSEWHERE), BLOCKED),
        (rules_changed("Revoke", FROM_VPC, resource_ids=(OTHER_GROUP,)), BLOCKED),
        (rules_changed("Revoke", FROM_VPC, resource_ids=()), BLOCKED),
        (rules_changed("Revoke", FROM_VPC, at=T0 + 3), BLOCKED),
        (rules_changed("Revoke", FROM_VPC, at=T0 - 121), BLOCKED),
        (rules_changed("Revoke", FROM_VPC, side="egress"), BLOCKED),
        (rules_changed("Authorize", FROM_VPC), BLOCKED),
        (rules_changed("Authorize", SSH), BLOCKED),
        (exchanged(FROM_VPC), BLOCKED),
        (exchanged(ELSEWHERE, resource_ids=(UNRELATED,)), BLOCKED),
        (groups_changed(added=[OTHER_GROUP]), BLOCKED),
        (groups_changed(removed=[GROUP]), BLOCKED),
        (groups_changed(removed=[OTHER_GROUP], resource_ids=("vpce-0fffffff",)), BLOCKED),
        (groups_changed(removed=[OTHER_GROUP], at=T0 - 121), BLOCKED),
        (groups_changed(removed=[OTHER_GROUP]), OUTWARD),
        (rules_changed("Revoke", FROM_VPC, resource_ids=(CANARY_GROUP,)), OUTWARD),
        (created(), BLOCKED),
        (modified(False), BLOCKED),
        (deleted(), BLOCKED),
    ],
)  # fmt: skip
def test_what_cannot_have_closed_it_is_never_named(change, diagnosis):
    assert blamed(change, diagnosis=diagnosis) == []


def test_a_rule_that_came_back_clears_who_took_it_away_before():
    first = rules_changed("Revoke", FROM_VPC, at=T0 - 50)
    back = rules_changed("Authorize", FROM_VPC, at=T0 - 40)
    second = rules_changed("Revoke", FROM_VPC, at=T0 - 30)
    assert blamed(first, back) == []
    assert blamed(first, back, second) == [(second.id, "proven")]
    aside = rules_changed("Authorize", SSH, at=T0 - 40)
    assert blamed(first, aside) == [(first.id, "proven")]
    after = rules_changed("Authorize", FROM_VPC, at=T0 + 30)
    assert blamed(first, after) == [(first.id, "proven")]


def test_of_two_rules_the_last_one_closed_it():
    by_group = rules_changed("Revoke", BY_GROUP, at=T0 - 50)
    by_network = rules_changed("Revoke", FROM_VPC, at=T0 - 20)
    assert blamed(by_group, by_network) == [(by_network.id, "proven"), (by_group.id, "likely")]


def test_a_call_that_does_not_tell_takes_nothing_from_one_that_does():
    told, untold = rules_changed("Revoke", FROM_VPC, at=T0 - 50), rules_changed("Revoke")
    assert blamed(told, untold) == [(told.id, "proven"), (untold.id, "possible")]


def test_groups_taken_off_without_an_event_are_likely_and_give_way_to_the_event():
    both, one = (
        inventory(vpce(security_groups=groups), taken_at=at)
        for groups, at in (((GROUP, OTHER_GROUP), T0 - 40), ((GROUP,), T0 + 20))
    )
    seen = inferred_changes(both, one, T0 + 20)
    assert blamed(*seen) == [(seen[0].id, "likely")]
    event = groups_changed(removed=[OTHER_GROUP])
    assert blamed(*seen, event) == [(event.id, "proven")]
    policy = modified(False, T0 - 20, after={"policy": "replaced"})
    assert blamed(*seen, policy) == [(seen[0].id, "likely")]


@pytest.mark.parametrize("seed", range(25))
def test_no_noise_of_security_groups_is_ever_named(seed):
    dice = random.Random(seed)
    ledger = [
        replace(change, id=f"{number}", at=T0 - dice.uniform(0, 60))
        for number, change in enumerate(
            [
                rules_changed("Revoke", SSH),
                rules_changed("Revoke", ELSEWHERE),
                rules_changed("Revoke", FROM_VPC, resource_ids=(UNRELATED,)),
                rules_changed("Revoke", ANYWHERE, side="egress", resource_ids=(UNRELATED,)),
                rules_changed("Revoke", resource_ids=(UNRELATED,)),
                rules_changed("Authorize", SSH),
                rules_changed("Authorize", ANYWHERE, resource_ids=(UNRELATED,)),
                exchanged(ELSEWHERE, resource_ids=(UNRELATED,)),
                groups_changed(added=[UNRELATED]),
            ]
            * 3
        )
    ]
    assert blamed(*ledger) == []
    guilty = rules_changed("Revoke", FROM_VPC, at=T0 - dice.uniform(0, 60))
    ledger.insert(dice.randrange(len(ledger)), guilty)
    assert blamed(*ledger) == [(guilty.id, "proven")]


@pytest.mark.parametrize(
    ("change", "diagnosis", "repairs"),
    [
        (rules_changed("Authorize", FROM_VPC, at=T0 + 200), BLOCKED, True),
        (rules_changed("Authorize", BY_GROUP, at=T0 + 200), BLOCKED, True),
        (rules_changed("Authorize", BY_LIST, at=T0 + 200), BLOCKED, True),
        (exchanged(FROM_VPC, at=T0 + 200), BLOCKED, True),
        (groups_changed(added=[OTHER_GROUP], at=T0 + 200), BLOCKED, True),
        (rules_changed("Authorize", ANYWHERE, at=T0 + 200, side="egress",
                       resource_ids=(CANARY_GROUP,)), OUTWARD, True),
        (rules_changed("Authorize", SSH, at=T0 + 200), BLOCKED, False),
        (rules_changed("Authorize", at=T0 + 200), BLOCKED, False),
        (rules_changed("Authorize", FROM_VPC, at=T0 + 200, resource_ids=(UNRELATED,)), BLOCKED,
         False),
        (rules_changed("Authorize", FROM_VPC, at=T0 + 303), BLOCKED, False),
        (rules_changed("Authorize", FROM_VPC, at=T0 + 240 - 61), BLOCKED, False),
        (rules_changed("Revoke", FROM_VPC, at=T0 + 200), BLOCKED, False),
        (groups_changed(added=[OTHER_GROUP], at=T0 + 200, resource_ids=("vpce-0fffffff",)),
         BLOCKED, False),
        (created(T0 + 200), BLOCKED, False),
    ],
)  # fmt: skip
def test_a_recovery_names_the_change_that_opened_it(change, diagnosis, repairs):
    found = repair(diagnosis, [change], recovered_at=T0 + 300, last_bad_at=T0 + 240)
    assert (found == change) is repairs


def test_a_rule_that_opens_for_certain_is_named_before_one_that_may():
    perhaps = groups_changed(added=[UNRELATED], at=T0 + 190)
    surely = rules_changed("Authorize", FROM_VPC, at=T0 + 200)
    found = repair(BLOCKED, [perhaps, surely], recovered_at=T0 + 300, last_bad_at=T0 + 240)
    assert found == surely
    assert VPCE in perhaps.resource_ids


def test_of_hundreds_of_suspects_the_best_are_kept():
    untold = [replace(rules_changed("Revoke", at=T0 - 30 + n / 20), id=f"{n}") for n in range(400)]
    guilty = rules_changed("Revoke", FROM_VPC, at=T0 - 50)
    found = blamed(*untold, guilty)
    assert found[0] == (guilty.id, "proven")
    assert len(found) == 20


def test_a_call_just_after_the_first_bad_look_takes_nothing_from_one_before_it():
    before = rules_changed("Revoke", FROM_VPC, at=T0 - 50)
    after = rules_changed("Revoke", BY_GROUP, at=T0 + 1)
    assert blamed(before, after) == [(before.id, "proven"), (after.id, "likely")]
    assert blamed(after) == [(after.id, "proven")]
    back = rules_changed("Authorize", FROM_VPC, at=T0 + 1)
    assert blamed(before, back) == [(before.id, "proven")]
