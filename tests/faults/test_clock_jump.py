"""The wall clock jumps while a look is under way: deadlines and times go on as before."""

import time
from dataclasses import dataclass, field

import pytest

from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.outcome import Failure, Stage, State
from tests.zoo import peers
from tests.zoo.certificates import contexts

HOST = "api.example"
YEAR = 365 * 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Jumping(Clock):
    """The wall clock jumps by `by_seconds` at each reading."""

    by_seconds: float
    readings: list[float] = field(default_factory=list)

    def now_at(self) -> float:
        self.readings.append(time.time() + self.by_seconds * len(self.readings))
        return self.readings[-1]


def endpoint(port: int, scheme: str = "http", **fields) -> Endpoint:
    return Endpoint(id=str(port), url=f"{scheme}://{HOST}:{port}/", kind=scheme, **fields)


@pytest.mark.parametrize("by_seconds", [YEAR, -YEAR, -3.0])
def test_deadlines_and_times_are_those_of_a_clock_that_does_not_jump(looks, by_seconds):
    clock = Jumping(by_seconds=by_seconds)
    with peers.serve(peers.silent) as slow, peers.serve(peers.answer("200 OK")) as quick:
        started = time.monotonic()
        answer = looks(endpoint(slow.port), endpoint(quick.port), timeout=0.6, clock=clock)
        took = time.monotonic() - started
    late, good = answer.outcomes
    assert (late.state, late.failure) == (State.FAILING, Failure.HTTP_TIMEOUT)
    assert 500 < late.elapsed_ms < 1100
    assert good.state is State.OK and 0 < good.elapsed_ms < 600
    assert len(clock.readings) > 2 and took < 0.6 + 0.5 + 0.5


@pytest.mark.parametrize("case", ["expired", "not yet valid"])
def test_a_certificate_out_of_its_time_is_told_with_the_time_it_was_judged_by(
    looks, authority, case
):
    """OpenSSL asks the system's clock: where that is wrong, this is how one sees it."""
    shown = contexts(authority, HOST)[case]
    with peers.serve(peers.answer("200 OK"), context=shown) as peer:
        (outcome,) = looks(endpoint(peer.port, "https")).outcomes
    judged_at = outcome.step(Stage.TLS).evidence["judged_at"]
    assert abs(judged_at - time.time()) < 60
