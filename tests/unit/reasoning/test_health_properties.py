from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reasoning.pair import caught_up, new_pair
from reasoning.transition import Health
from tests.support.looks import T0, look

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
