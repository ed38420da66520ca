"""An answer too large for Lambda is trimmed by the rules, and what counts stays."""

import json

import pytest

from probing.fit import LIMIT_BYTES, fitted
from probing.outcome import Failure, Outcome, Resolution, Stage, State, Step, Tried, View
from probing.wire import Answer, from_json

LAMBDA_LIMIT_BYTES = 6_291_456


def outcome(number: int, size: int) -> Outcome:
    """One whose optional evidence has about `size` bytes."""
    part = "x" * (size // 4)
    return Outcome(
        endpoint=f"e{number}",
        view=View.INSIDE,
        state=State.FAILING,
        started_at=1.0,
        ended_at=2.0,
        address="10.0.0.1",
        resolution=Resolution(
            host="a.example",
            name_server="10.0.0.2",
            rcode="NOERROR",
            addresses=("10.0.0.1",),
            second_opinion=part,
        ),
        tried=(Tried(address="10.0.0.1", detail=part),),
        steps=(
            Step(
                stage=Stage.TLS, elapsed_ms=1.0, evidence={"chain": [{"subject": part}], "sans": []}
            ),
            Step(
                stage=Stage.HTTP,
                elapsed_ms=1.0,
                failure=Failure.HTTP_STATUS,
                detail="status 403",
                evidence={"status": 403, "headers": {"server": "Server"}, "snippet": part},
            ),
        ),
    )


def answer(count: int, size: int) -> Answer:
    return Answer(look="l1", outcomes=tuple(outcome(n, size) for n in range(count)))


def test_an_ordinary_answer_is_left_alone():
    told = from_json(Answer, json.loads(json.dumps(fitted(answer(200, 400)))))
    assert told == answer(200, 400)


@pytest.mark.parametrize(
    ("parts_kept", "gone"),
    [
        (3, ("snippet",)),
        (2, ("snippet", "chain")),
        (1, ("snippet", "chain", "second")),
        (0, ("snippet", "chain", "second", "tried")),
        (-1, ("snippet", "chain", "second", "tried", "headers")),
    ],
)
def test_what_is_left_out_and_in_which_order(parts_kept, gone):
    """Each of the four parts of each outcome has 1,000 bytes; half of one is room for the rest."""
    bare = len(json.dumps(fitted(answer(500, 0), limit_bytes=2_000_000_000)))
    limit = bare + int((parts_kept + 0.5) * 500 * 1000) if parts_kept >= 0 else 1
    data = fitted(answer(500, 4000), limit_bytes=limit)
    told = json.dumps(data["outcomes"][0])
    there = {
        "snippet": '"snippet"' in told,
        "chain": '"chain"' in told,
        "second": bool(data["outcomes"][0]["resolution"]["second_opinion"]),
        "tried": bool(data["outcomes"][0]["tried"]),
        "headers": '"headers"' in told,
    }
    assert {name for name, is_there in there.items() if not is_there} == set(gone)


def test_a_huge_answer_fits_and_says_that_it_was_trimmed():
    told = fitted(answer(1500, 8000))
    assert len(json.dumps(told)) < LAMBDA_LIMIT_BYTES and LIMIT_BYTES < LAMBDA_LIMIT_BYTES
    read = from_json(Answer, json.loads(json.dumps(told)))
    for kept in read.outcomes:
        assert kept.trimmed and kept.status == 403 and kept.failure is Failure.HTTP_STATUS
        assert kept.steps[-1].detail == "status 403" and kept.address == "10.0.0.1"
    assert len(read.outcomes) == 1500
