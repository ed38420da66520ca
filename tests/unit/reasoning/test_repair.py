import pytest

from reasoning.diagnose import Diagnosis
from reasoning.inferred import changes as inferred_changes
from reasoning.joining import begin, recover
from reasoning.repairing import repair
from tests.support.cases import T0, created, deleted, inventory, modified, vpce
from tests.support.diagnoses import CAPTURED, OTHER, WITHDRAWN
from tests.support.story import at, captured, loss, recovery, switch_off


@pytest.mark.parametrize(
    ("diagnosis", "change", "repairs"),
    [
        (CAPTURED, modified(False, T0 + 200), True),
        (CAPTURED, deleted(T0 + 200), True),
        (CAPTURED, modified(True, T0 + 200), False),
        (CAPTURED, modified(False, T0 + 200, resource_ids=(OTHER,)), False),
        (CAPTURED, modified(False, T0 + 303), False),
        (CAPTURED, modified(False, T0 + 240 - 901), False),
        (WITHDRAWN, modified(True, T0 + 200), True),
        (WITHDRAWN, created(T0 + 200, resource_ids=(OTHER,)), True),
        (WITHDRAWN, created(T0 + 200, resource_ids=(OTHER,), scope={"vpc_id": "vpc-0f"}), False),
        (Diagnosis(cause="failing_everywhere"), modified(False, T0 + 200), False),
    ],
)
def test_a_recovery_names_the_change_that_turned_the_switch_back(diagnosis, change, repairs):
    found = repair(diagnosis, [change], recovered_at=T0 + 300, last_bad_at=T0 + 240)
    assert (found == change) is repairs


def test_of_several_changes_that_turned_it_back_the_first_repaired_it():
    off, gone = modified(False, T0 + 100), deleted(T0 + 110)
    times = {"recovered_at": T0 + 300, "last_bad_at": T0 + 240}
    assert repair(CAPTURED, [gone, off], **times) == off
    again = [off, modified(True, T0 + 105), gone]
    assert repair(CAPTURED, again, **times) == gone


def test_a_change_long_before_the_last_bad_look_repaired_nothing():
    made = begin(loss(), now_at=at("10:04:40"), min_good_seconds=900)
    good = recovery(seen_at=at("19:00:00"), facts={"last_bad_at": at("18:59:00")})
    ended = recover(made, good, now_at=at("19:00:01"))
    times = {"recovered_at": ended.recovered_at, "last_bad_at": ended.last_bad_at}
    assert repair(captured(), [switch_off(at=at("10:20:00"))], **times) is None
    off = switch_off(at=at("18:58:00"))
    assert repair(captured(), [off], **times) == off


def test_a_repair_seen_in_the_inventory_alone_is_named_and_gives_way_to_its_event():
    off = inferred_changes(
        inventory(vpce(), taken_at=T0 + 100),
        inventory(vpce(private_dns=False), taken_at=T0 + 400),
        T0 + 400,
    )
    times = {"recovered_at": T0 + 300, "last_bad_at": T0 + 240}
    assert repair(CAPTURED, off, **times).inferred
    event = modified(False, T0 + 220)
    assert repair(CAPTURED, [*off, event], **times).id == event.id
