from dataclasses import replace

import pytest

from probing.wire import from_json, to_json
from reasoning.case import RouteClass
from reasoning.health import judge, more_probes
from reasoning.pair import PairState, caught_up, needs_write, new_pair
from reasoning.transition import Health
from tests.support.looks import T0, after, look, seen


@pytest.mark.parametrize(
    ("looks", "moved", "health"),
    [
        (["ok"], ("never_good", "good"), "good"),
        (["bad"], None, "never_good"),
        (["unk"], None, "unknown"),
        (["bad", "ok"], ("never_good", "good"), "good"),
        (["ok", "ok"], None, "good"),
        (["ok", "bad bad bad"], ("good", "failing"), "failing"),
        (["ok", "bad bad"], None, "good"),
        (["ok", "bad ok bad"], None, "good"),
        (["ok", "bad bad ok"], None, "good"),
        (["ok", "bad unk bad"], None, "good"),
        (["ok", "bad bad unk bad"], ("good", "failing"), "failing"),
        (["ok", "bad unk bad", "bad bad bad"], ("good", "failing"), "failing"),
        (["ok", "bad bad unk", "bad"], None, "good"),
        (["ok", "unk"], None, "unknown"),
        (["ok", "bad bad bad", "ok"], None, "failing"),
        (["ok", "bad bad bad", "ok unk"], None, "failing"),
        (["ok", "bad bad bad", "ok bad"], None, "failing"),
        (["ok", "bad bad bad", "ok ok"], ("failing", "good"), "good"),
        (["ok", "bad bad bad", "unk", "ok ok"], ("failing", "good"), "good"),
        (["ok", "bad:v bad:v bad:v"], ("good", "failing"), "failing"),
        (["ok", "bad:n bad:n bad:n"], ("good", "failing"), "failing"),
        (["ok", "bad:p bad:v bad:v"], ("good", "changing"), "changing"),
        (["bad:v bad:p"], None, "never_good"),
        (["bad:n", "ok:v", "bad:n bad:n bad:n"], ("good", "changing"), "changing"),
        (["bad:n", "ok:v", "bad:v bad:v bad:v"], ("good", "failing"), "failing"),
    ],
)
def test_health_moves_by_hard_evidence_alone(looks, moved, health):
    verdict = after(*looks)
    assert verdict.moved == moved
    assert verdict.state.health == health


@pytest.mark.parametrize(
    ("hard", "first", "delays"),
    [
        ("good", "ok", ()),
        ("good", "bad", (3.0, 12.0)),
        ("good", "unk", ()),
        ("failing", "ok", (5.0,)),
        ("failing", "bad", ()),
        ("never_good", "bad", ()),
        ("never_good", "ok", ()),
    ],
)
def test_further_probes_are_asked_for_only_where_they_can_move_health(hard, first, delays):
    state = replace(new_pair(T0), hard=Health(hard))
    assert more_probes(state, seen(first, T0)) == delays


def test_a_failure_carries_the_last_look_that_saw_it_good_and_the_first_bad_probe():
    verdict = after("ok", "ok", "bad bad ok", "unk", "bad:v bad:v bad:v")
    assert verdict.moved == (Health.GOOD, Health.FAILING)
    assert verdict.last_good_at == T0 + 60
    assert verdict.first_bad_at == T0 + 120
    assert verdict.seen_at == T0 + 240 + 12
    assert verdict.good_since_at == T0
    assert verdict.structural


def test_a_good_look_closes_the_window_of_evidence():
    verdict = after("ok", "bad bad ok", "ok", "bad bad bad")
    assert verdict.first_bad_at == T0 + 180
    assert verdict.last_good_at == T0 + 120
    assert not verdict.structural


def test_a_recovery_says_since_when_it_was_bad_and_when_last():
    verdict = after("ok", "bad bad bad", "bad", "ok ok")
    assert verdict.moved == (Health.FAILING, Health.GOOD)
    assert (verdict.first_bad_at, verdict.last_bad_at) == (T0 + 60, T0 + 120)
    assert verdict.state.good_since_at == T0 + 180
    assert verdict.state.first_bad_at is None


def test_an_answered_5xx_is_told_of_a_failure_only():
    probes = [replace(seen("bad", T0 + n), status=503) for n in (0, 3, 12)]
    good = after("ok").state
    assert judge(good, probes, T0 + 12).answered_5xx
    assert not after("ok", "bad bad bad").answered_5xx


def test_a_changed_certificate_is_structural():
    good = after("ok").state
    state = replace(good, last_good=replace(good.last_good, fingerprint={"certificate": "a"}))
    probes = [replace(seen("bad", T0 + n), fingerprint={"certificate": "b"}) for n in (0, 3, 12)]
    assert judge(state, probes, T0 + 12).structural
    same = [replace(probe, fingerprint={"certificate": "a"}) for probe in probes]
    assert not judge(state, same, T0 + 12).structural


def test_the_same_address_under_another_class_is_the_same_route():
    good = after("ok:v").state
    as_private = [
        replace(seen("bad:v", T0 + 60 + n), route_class=RouteClass.PRIVATE) for n in (0, 3, 12)
    ]
    verdict = judge(good, as_private, T0 + 72)
    assert verdict.moved == (Health.GOOD, Health.FAILING) and not verdict.structural


def test_a_silent_name_server_is_no_other_route():
    silent = replace(seen("bad:n", T0 + 60), failure="dns_timeout")
    verdict = judge(after("ok").state, [silent, seen("ok", T0 + 63)], T0 + 63)
    assert verdict.moved is None and verdict.state.health is Health.GOOD


def test_flapping_begins_above_thirty_percent_and_ends_below_twenty_five():
    verdict, moves = after("ok"), []
    for number in range(1, 40):
        codes = ("bad bad bad", "ok ok")[(number + 1) % 2] if number <= 12 else "ok"
        at = T0 + 60 * number
        verdict = look(caught_up(verdict.state, at - 60), codes, at)
        if verdict.moved:
            moves.append((number, *verdict.moved))
    assert moves[-2][2] is Health.FLAPPING
    assert moves[-1][1:] == (Health.FLAPPING, Health.GOOD)
    assert len(moves) == 7  # five hard changes, the sixth begins the flapping, and its end
    assert moves[-1][0] > 12 + 10


def test_a_steady_look_is_not_written_and_the_last_look_stands_for_it():
    stored = after("ok").state
    steady = look(caught_up(stored, T0), "ok", T0 + 60).state
    assert not needs_write(stored, steady)
    assert caught_up(stored, T0 + 60).last_good.at == T0 + 60
    assert needs_write(None, stored)


@pytest.mark.parametrize("codes", ["unk", "bad ok ok", "ok:v", "bad bad bad"])
def test_a_look_that_says_something_new_is_written(codes):
    stored = after("ok").state
    state = look(caught_up(stored, T0), codes, T0 + 60).state
    assert needs_write(stored, state)
    if codes == "unk":
        assert caught_up(state, T0 + 60).last_good.at == T0


def test_a_pair_state_survives_the_member_table():
    for looks in (["ok"], ["ok", "bad bad bad"], ["ok", "ok:p ok:v"], ["unk"]):
        state = after(*looks).state
        assert from_json(PairState, to_json(state)) == state
