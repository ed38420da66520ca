"""The name server is asked in measure."""

import random
from dataclasses import dataclass, field

import pytest

from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.pacing import HOSTS_A_SECOND, Pace
from tests.zoo import names, peers

PACKETS_A_SECOND = 1024
PACKETS_A_HOST = 6


@dataclass
class Now:
    at: float = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Clock):
    """A clock that moves when it is told to."""

    now: Now = field(default_factory=Now)

    def monotonic_seconds(self) -> float:
        return self.now.at


@pytest.mark.parametrize("seed", range(20))
def test_no_second_has_more_starts_than_the_pace(seed):
    clock, chance = Standing(), random.Random(seed)
    pace, starts = Pace(clock, a_second=20), []
    for _ in range(300):
        clock.now.at += chance.choice((0.0, 0.0, 0.001, 0.05, 0.7))
        starts.append(clock.now.at + pace.wait_seconds())
    for start in starts:
        assert sum(start <= other < start + 1.0 - 1e-9 for other in starts) <= 20
    assert starts == sorted(starts)


def test_what_is_within_the_pace_does_not_wait():
    pace = Pace(Standing())
    assert [pace.wait_seconds() for _ in range(HOSTS_A_SECOND)] == [0.0] * HOSTS_A_SECOND
    assert pace.wait_seconds() == pytest.approx(1.0)


def test_the_pace_keeps_below_what_an_interface_may_send_its_resolver():
    assert HOSTS_A_SECOND * PACKETS_A_HOST * 1.5 < PACKETS_A_SECOND


def test_a_look_asks_the_name_server_twice_for_each_host_however_many_endpoints(
    looks, zone, name_server
):
    hosts = [f"h{number}.example" for number in range(12)]
    zone.update({host: names.addresses("127.0.0.1") for host in hosts})
    zone["*.service.example"] = names.addresses("127.0.0.1")
    with peers.serve(peers.answer("200 OK")) as p:
        entries = [
            Endpoint(id=f"{host}{n}", url=f"http://{host}:{p.port}/", kind="http")
            for host in hosts
            for n in range(5)
        ]
        answer = looks(*entries, sentinels=("service.example",))
    assert {outcome.failure for outcome in answer.outcomes} == {None}
    assert len(name_server.asked) == 2 * len(hosts) + 2
