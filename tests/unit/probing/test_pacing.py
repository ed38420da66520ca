"""Few probes of one host at once, and the name server asked in measure."""

import random
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

import pytest

from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.pacing import HOSTS_A_SECOND, STALLED_SECONDS, Lanes, Pace
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


class Started:
    """What Lanes hands on, run by hand; `running` are the names of tasks begun and not ended."""

    def __init__(self, clock, **bounds):
        self.handed, self.running, self.ended = [], [], []
        self.lanes = Lanes(self.handed.append, clock, **bounds)

    def add(self, host, *names):
        for name in names:
            self.lanes.add(host, lambda name=name: self.ended.append(name))


def test_only_a_few_of_one_host_are_handed_on_at_once():
    started = Started(Standing())
    started.add("a", *range(10))
    started.add("b", "other")
    assert len(started.handed) == 4 + 1


def test_all_are_done_in_their_order_as_lanes_come_free():
    started = Started(Standing())
    started.add("a", *range(10))
    while started.handed:
        started.handed.pop(0)()
        assert len(started.handed) <= 4
    assert started.ended == list(range(10))


class Hanging:
    """Tasks in threads that end when they are told to."""

    def __init__(self, clock, **bounds):
        self.begun, self.lock, self.go = [], Lock(), {}
        self.threads = []
        self.lanes = Lanes(self._start, clock, **bounds)

    def _start(self, task):
        thread = Thread(target=task, daemon=True)
        self.threads.append(thread)
        thread.start()

    def add(self, host, count):
        for number in range(count):
            self.go[number] = Event()
            self.lanes.add(host, lambda number=number: self._hang(number))

    def _hang(self, number):
        with self.lock:
            self.begun.append(number)
        self.go[number].wait(20)

    def settled(self, count):
        """Wait until so many have begun: threads start when the system lets them."""
        pause = Event()
        for _ in range(2000):
            if len(self.begun) >= count:
                return len(self.begun)
            pause.wait(0.005)
        return len(self.begun)

    def end(self):
        for event in self.go.values():
            event.set()
        for thread in self.threads:
            thread.join(20)


def test_those_that_stall_give_their_lanes_away_but_not_without_end():
    clock = Standing()
    hanging = Hanging(clock, at_once=4, most_waiting=10)
    hanging.add("a", 30)
    try:
        assert hanging.settled(4) == 4
        hanging.lanes.relieve()
        assert len(hanging.threads) == 4
        for begun in (8, 10, 10):
            clock.now.at += STALLED_SECONDS
            hanging.lanes.relieve()
            assert hanging.settled(begun) == begun and len(hanging.threads) == begun
    finally:
        hanging.end()
    assert hanging.settled(30) == 30


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
