from dataclasses import replace
from itertools import count
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from reasoning.health import judge, more_probes
from reasoning.pair import caught_up, new_pair
from reasoning.transition import Health
from tests.support.looks import T0, after, look, seen

CODES = st.sampled_from(
    ["ok", "bad", "unk", "bad:v", "ok:v", "bad:n", "ok ok", "bad bad bad", "bad unk bad",
     "bad:v bad:v bad:v", "bad ok bad", "ok unk", "bad bad unk", "bad:p bad:v bad:v", "unk unk"]
)  # fmt: skip
LOOKS = st.lists(st.tuples(CODES, st.floats(15, 200)), min_size=1, max_size=40)


@settings(deadline=None, max_examples=200)
@given(LOOKS)
def test_nothing_alerts_without_three_bad_probes_in_one_look_and_numbers_only_rise(looks):
    state, at, seq = new_pair(T0), T0, int(T0 * 1000)
    for codes, wait in looks:
        at += wait
        before = caught_up(state, at - wait)
        verdict = look(before, codes, at)
        state = verdict.state
        if before.hard is not Health.FAILING and state.hard is Health.FAILING:
            assert codes.split().count("bad") == 3 or codes.count("bad") == 3
            assert verdict.first_bad_at is not None
            assert verdict.last_good_at < verdict.first_bad_at
        assert state.seq == seq + (verdict.moved is not None)
        assert (verdict.moved is None) or verdict.moved[0] is not verdict.moved[1]
        seq = state.seq


@settings(deadline=None, max_examples=100)
@given(LOOKS, st.integers(1, 3))
def test_unknown_outcomes_move_nothing(looks, unknowns):
    state, at = new_pair(T0), T0
    for codes, wait in looks:
        at += wait
        state = look(caught_up(state, at - wait), codes, at).state
    verdict = look(state, " ".join(["unk"] * unknowns), at + 60)
    assert verdict.moved is None
    kept = replace(verdict.state, unknown=state.unknown, steady=state.steady, again=state.again)
    assert kept == state


LOST, WAVERS_SECONDS = "bad:v", 120.0


def course(state, told, until_at, offset):
    """(verdict, probes) of looks each minute (at `offset`) and where health asks for one, until
    `until_at`, of a name that `told(at, number of the question)` says the code of."""
    tick_at, asked_at, now_at, last_at, questions = T0 + 60 + offset, inf, T0, T0, count()
    while (at := max(now_at, min(tick_at, asked_at))) < until_at:
        tick_at += 60 if tick_at <= at else 0
        asked_at = inf if asked_at <= at else asked_at
        state = caught_up(state, last_at)
        probes = [seen(told(at, next(questions)), at)]
        for delay in more_probes(state, probes[0]):
            probes.append(seen(told(at + delay, next(questions)), at + delay))
        last_at, now_at = at, probes[-1].ended_at
        verdict = judge(state, probes, now_at)
        state = verdict.state
        if verdict.look_again_in is not None:
            asked_at = now_at + verdict.look_again_in
        yield verdict, probes


def alternating(every, phase, ends):
    """What a name says that alternates for two minutes: every so many seconds (0: at every
    question), and ends as `v` or `p`."""

    def told(at, question):
        since = at - T0 - 60 + phase
        turn = int(since // every) if every else question
        lost = turn % 2 == 0 if since < WAVERS_SECONDS else ends == "v"
        return LOST if lost else "ok"

    return told


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(["good", "failing"]),
    st.sampled_from("pv"),
    st.floats(0, 60),
    st.floats(0, 60),
    st.one_of(st.just(0.0), st.floats(5, 90)),
)
def test_nothing_else_moves_while_changing_and_two_looks_that_agree_end_it(
    before, ends, offset, phase, every
):
    begun = after("ok") if before == "good" else after("ok", "bad:v bad:v bad:v")
    standing, agreed_at = begun.state.standing, None
    route = begun.state.route_class
    for verdict, probes in course(begun.state, alternating(every, phase, ends), T0 + 900, offset):
        routes = {probe.route_class for probe in probes}
        if routes != {route}:
            route, agreed_at = next(iter(routes)) if len(routes) == 1 else None, None
        agrees = agreed_at is not None and probes[0].ended_at - agreed_at >= 20
        if standing is Health.CHANGING:
            assert bool(verdict.moved) == (agrees and len(probes) > 1)
        if agreed_at is None and route is not None:
            agreed_at = probes[0].ended_at
        if verdict.moved:
            assert verdict.moved[0] is standing
            standing = verdict.moved[1]
    assert standing is (Health.FAILING if ends == "v" else Health.GOOD)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from("pv"), st.floats(0, 60), st.floats(0, 60), st.sampled_from([0.0, 30.0]))
def test_a_route_that_alternates_is_lost_at_most_once_and_never_found_again(
    ends, offset, phase, every
):
    lost, found, hard = [], [], Health.GOOD
    looks = course(after("ok").state, alternating(every, phase, ends), T0 + 900, offset)
    for verdict, probes in looks:
        if verdict.state.hard is not hard:
            hard = verdict.state.hard
            (lost if hard is Health.FAILING else found).append(probes[0].ended_at)
    assert len(lost) <= 1
    assert all(at >= T0 + 60 - phase + WAVERS_SECONDS for at in found)
    assert verdict.state.standing is (Health.FAILING if ends == "v" else Health.GOOD)
