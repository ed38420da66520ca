"""Which address a probe takes, and what several addresses of one name mean together."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probing.addresses import order, together, worth_trying_others
from probing.attempt import Seen
from probing.outcome import OURS, Failure, Stage, Step

A, B, SIX = "10.0.0.1", "10.0.0.2", "fd12::1"


def seen(address: str, failure: Failure | None = None, status: int | None = None) -> Seen:
    evidence = {} if status is None else {"status": status}
    stage = Stage.CONNECT if status is None else Stage.HTTP
    step = Step(stage=stage, elapsed_ms=1.0, failure=failure, evidence=evidence)
    return Seen(steps=(step,), address=address)


def test_every_address_is_taken_over_time():
    taken = Counter(order((A, B, SIX))[0] for _ in range(300))
    assert set(taken) == {A, B, SIX} and min(taken.values()) > 30


def test_those_known_to_fail_come_first_and_only_while_the_name_has_them():
    assert order((A, B), first=("10.9.9.9", B), shuffle=lambda found: None) == (B, A)


@pytest.mark.parametrize(
    ("own", "last"), [(("10.0.0.9",), (SIX,)), (("fd12::9",), (A, B)), ((), ())]
)
def test_a_family_that_we_have_no_address_of_comes_last(own, last):
    found = order((SIX, A, B), own=own, shuffle=lambda found: None)
    assert set(found) == {A, B, SIX}
    assert not last or found[-len(last) :] == last


@pytest.mark.parametrize(
    ("what", "speaks", "failure"),
    [
        ({A: None}, A, None),
        ({A: None, B: Failure.CONNECT_TIMEOUT}, B, Failure.CONNECT_TIMEOUT),
        ({A: Failure.CONNECT_TIMEOUT, B: None}, A, Failure.CONNECT_TIMEOUT),
        ({SIX: Failure.CONNECT_UNREACHABLE, A: None}, A, None),
        ({A: Failure.CONNECT_UNREACHABLE, B: None}, A, Failure.CONNECT_UNREACHABLE),
        (
            {SIX: Failure.CONNECT_UNREACHABLE, A: Failure.CONNECT_REFUSED},
            A,
            Failure.CONNECT_REFUSED,
        ),
        ({A: Failure.GUARD_REFUSED, B: None}, B, None),
        ({A: Failure.GUARD_REFUSED, B: Failure.HTTP_STATUS}, B, Failure.HTTP_STATUS),
        ({A: Failure.GUARD_REFUSED, B: Failure.GUARD_REFUSED}, A, Failure.GUARD_REFUSED),
        ({A: Failure.HTTP_STATUS, B: Failure.OUT_OF_TIME}, A, Failure.HTTP_STATUS),
        ({A: Failure.OUT_OF_TIME, B: None}, B, None),
    ],
)
def test_what_several_addresses_mean_together(what, speaks, failure):
    told, tried = together({address: seen(address, f) for address, f in what.items()})
    assert told.address == speaks
    assert told.steps[0].failure is failure
    expected = {} if len(what) == 1 else what
    assert {t.address: t.failure for t in tried} == expected


@given(
    st.dictionaries(
        st.sampled_from([A, B, "10.0.0.3", SIX, "fd12::2"]),
        st.none() | st.sampled_from(list(Failure)),
        min_size=1,
    )
)
def test_our_own_fault_never_speaks_where_another_address_says_something(what):
    told, _ = together({address: seen(address, failure) for address, failure in what.items()})
    if any(failure not in OURS for failure in what.values()):
        assert told.steps[0].failure not in OURS


@pytest.mark.parametrize("failure", [None, *Failure])
def test_others_are_tried_where_they_could_say_something_else(failure):
    wanted = failure is not None and (failure not in OURS or failure is Failure.GUARD_REFUSED)
    assert worth_trying_others(seen(A, failure)) is wanted
