"""Health of a name whose route changes to and fro."""

from dataclasses import replace

import pytest

from reasoning.health import MOST_AGAIN, judge, more_probes
from reasoning.pair import new_pair
from reasoning.transition import Health
from tests.support.looks import T0, after, look, seen


@pytest.mark.parametrize(("hard", "first"), [("good", "ok"), ("failing", "bad"), ("good", "bad")])
def test_each_look_takes_three_probes_while_the_route_changes(hard, first):
    state = replace(new_pair(T0), hard=Health(hard), changing=True)
    assert more_probes(state, seen(first, T0)) == (3.0, 12.0)
    assert more_probes(state, seen("unk", T0)) == ()


def test_changing_looks_again_until_two_looks_agree_and_then_the_usual_rule_applies():
    first = after("ok", "bad:p bad:v bad:v")
    assert first.moved == (Health.GOOD, Health.CHANGING) and first.look_again_in == 20.0
    still = look(first.state, "bad:p bad:p bad:p", T0 + 80)
    assert still.moved is None and still.look_again_in == 20.0
    ended = look(still.state, "bad:p bad:p bad:p", T0 + 100)
    assert ended.moved == (Health.CHANGING, Health.FAILING) and ended.look_again_in is None
    assert ended.first_bad_at == T0 + 60 and ended.last_good_at == T0


def test_a_look_that_differs_in_itself_agrees_with_no_other():
    first = after("ok", "bad:p bad:v bad:v")
    still = look(first.state, "bad:v bad:v bad:v", T0 + 80)
    assert still.moved is None and still.state.health is Health.CHANGING
    ended = look(still.state, "bad:v bad:v bad:v", T0 + 100)
    assert ended.moved == (Health.CHANGING, Health.FAILING)


def test_two_looks_right_after_each_other_say_no_more_than_one():
    state = look(after("ok", "bad:p bad:v bad:v").state, "bad:v bad:v bad:v", T0 + 80).state
    soon = look(state, "bad:v bad:v bad:v", T0 + 94)
    assert soon.moved is None and soon.look_again_in == 20.0
    ended = look(soon.state, "bad:v bad:v bad:v", T0 + 108)
    assert ended.moved == (Health.CHANGING, Health.FAILING)


@pytest.mark.parametrize("codes", ["ok:v", "ok:v unk unk"])
def test_one_answer_is_no_look_that_agrees(codes):
    state = look(after("ok", "bad:p bad:v bad:v").state, "bad:v bad:v bad:v", T0 + 80).state
    assert look(state, codes, T0 + 100).moved is None


def test_a_route_that_changes_without_end_flaps_until_it_is_calm():
    verdict, moves = after("ok"), []
    for number in range(1, 45):
        codes = "bad:v ok:p bad:v" if number <= 16 else "ok:p ok:p ok:p"
        verdict = look(verdict.state, codes, T0 + 60 * number)
        if verdict.moved:
            moves.append((number, *verdict.moved))
    changing, flapping, good = moves
    assert changing == (1, Health.GOOD, Health.CHANGING)
    assert flapping[1:] == (Health.CHANGING, Health.FLAPPING) and 10 <= flapping[0] <= 16
    assert good[1:] == (Health.FLAPPING, Health.GOOD)


def test_a_route_that_changes_without_end_and_harms_nobody_does_not_flap():
    verdict = after("ok")
    for number in range(1, 40):
        verdict = look(verdict.state, "ok:v ok:p ok:v", T0 + 60 * number)
    assert verdict.state.health is Health.CHANGING


def test_who_agrees_with_itself_for_a_while_and_changes_again_is_changing_again():
    changing = after("ok", "bad:p bad:v bad:v").state
    once = look(changing, "ok:p ok:p ok:p", T0 + 80)
    good = look(once.state, "ok:p ok:p ok:p", T0 + 100)
    assert good.moved == (Health.CHANGING, Health.GOOD)
    again = look(good.state, "bad:v bad:v bad:v", T0 + 160)
    assert again.moved == (Health.GOOD, Health.CHANGING)
    late = look(good.state, "bad:v bad:v bad:v", T0 + 80 + 12 + 301)
    assert late.moved == (Health.GOOD, Health.FAILING)


def test_a_name_server_that_falls_silent_while_changing_asks_for_no_more_than_six_looks():
    state, asked = after("ok", "ok:p ok:v").state, 1
    for number in range(12):
        silent = replace(seen("bad:n", T0 + 80 + 20 * number), failure="dns_timeout")
        verdict = judge(state, [silent], silent.ended_at)
        state, asked = verdict.state, asked + (verdict.look_again_in is not None)
    assert asked == MOST_AGAIN


def test_changing_asks_for_at_most_six_further_looks():
    verdict, asked = after("ok", "ok:p ok:v"), 0
    for number in range(12):
        asked += verdict.look_again_in is not None
        route = "pv"[number % 2]
        verdict = look(verdict.state, f"ok:{route}", T0 + 80 + 20 * number)
        assert verdict.moved is None
    assert asked == MOST_AGAIN


def test_a_route_that_changed_twice_within_five_minutes_is_changing():
    failing = after("ok:p", "bad:v bad:v bad:v")
    back = look(failing.state, "ok:p ok:p", T0 + 180)
    assert back.moved == (Health.FAILING, Health.CHANGING)
    settled = look(back.state, "ok:p ok:p", T0 + 200)
    assert settled.moved == (Health.CHANGING, Health.GOOD)
    late = look(failing.state, "ok:p ok:p", T0 + 60 + 12 + 301)
    assert late.moved == (Health.FAILING, Health.GOOD)
