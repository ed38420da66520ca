"""What all kinds of probe share: several addresses, what must not be reached, bounds on time,
rules on answers."""

import socket
from dataclasses import replace

import pytest

from probing.endpoint import Expect, Rule
from probing.outcome import Failure, Stage, State
from probing.wire import Probe
from tests.support.entries import HOST, entry, only
from tests.zoo import names, peers


def test_what_must_not_be_reached_is_well_while_it_cannot_be(looks, zone):
    zone["gone.example"] = names.rcode("NXDOMAIN")
    wanted = {"reachable": False}
    with peers.refusing() as closed, peers.serve(peers.closing) as p:
        told = looks(
            entry(f"tcp://{HOST}:{closed.port}", expect=wanted),
            entry("tcp://gone.example:1", expect=wanted),
            entry(f"tcp://{HOST}:{p.port}", expect=wanted),
        ).outcomes
    assert [o.state for o in told] == [State.OK, State.OK, State.FAILING]
    assert told[0].step(Stage.CONNECT).evidence["unreachable"] == "connect_refused"
    assert told[2].failure is Failure.CONNECT_REACHED


def test_what_must_not_be_reached_is_tried_at_every_address(looks, zone):
    zone[HOST] = names.addresses("127.0.0.1", "127.0.0.2")
    with peers.serve(peers.closing) as p:  # 127.0.0.2 refuses
        endpoint = entry(f"tcp://{HOST}:{p.port}", expect={"reachable": False})
        asked = Probe(endpoint=endpoint, first=("127.0.0.2",))
        outcome = only(looks(asked, guard=lambda address, own: None))
    assert outcome.failure is Failure.CONNECT_REACHED and outcome.address == "127.0.0.1"


@pytest.mark.parametrize(
    ("expect", "stage"),
    [
        ({"latency": "1ms"}, Stage.HTTP),
        ({"latency": {"http": "1ms"}}, Stage.HTTP),
        ({"latency": {"connect": "4s", "whole": "5s"}}, None),
    ],
)
def test_a_slow_answer_is_too_slow(looks, expect, stage):
    def speak(line: peers.Line) -> None:
        line.hear()
        line.ended.wait(0.1)
        line.say(peers.OK)

    with peers.serve(speak) as p:
        outcome = only(looks(entry(f"http://{HOST}:{p.port}", expect=expect)))
    assert outcome.failure is (Failure.TOO_SLOW if stage else None)
    assert stage is None or outcome.step(stage).failure is Failure.TOO_SLOW


def test_an_address_set_apart_is_connected_to_under_the_name_of_the_url(looks, authority):
    with peers.serve(peers.answer("200 OK"), context=authority.context("far.example")) as p:
        outcome = only(looks(entry(f"https://far.example:{p.port}", address=HOST)))
    assert outcome.state is State.OK and outcome.resolution.host == HOST
    assert f"Host: far.example:{p.port}".encode() in p.requests[0]


def test_a_lost_zone_is_seen_whichever_address_was_chosen(looks, zone):
    zone[HOST] = names.addresses("127.0.0.1", "127.0.0.2")
    with peers.serve(peers.answer("200 OK")) as p:  # at 127.0.0.1 alone
        endpoint = entry(f"http://{HOST}:{p.port}")
        seen = [
            only(looks(Probe(endpoint=endpoint, first=first), guard=lambda address, own: None))
            for first in ((), (), (), (), ("127.0.0.2",))
        ]
    failing = [outcome for outcome in seen if outcome.state is State.FAILING]
    assert seen[-1] in failing
    for outcome in failing:
        assert {t.address: (t.failure, t.status) for t in outcome.tried} == {
            "127.0.0.1": (None, 200),
            "127.0.0.2": (Failure.CONNECT_REFUSED, None),
        }
    for outcome in seen:
        assert outcome in failing or outcome.address == "127.0.0.1"


def test_no_other_address_is_tried_where_the_minute_has_no_room(looks, zone):
    zone[HOST] = names.addresses("127.0.0.1", "127.0.0.2")
    with peers.refusing() as p:
        asked = Probe(endpoint=entry(f"http://{HOST}:{p.port}"), siblings=0)
        outcome = only(looks(asked, guard=lambda address, own: None))
    assert outcome.failure is Failure.CONNECT_REFUSED and outcome.tried == ()


@pytest.mark.parametrize(
    ("rule", "failure"),
    [
        (Rule(at="x-version", matches="^2"), None),
        (Rule(at="X-Version", equals="2.1"), None),
        (Rule(at="x-version", equals="2"), Failure.HTTP_ASSERTION),
        (Rule(at="x-debug", exists=False), None),
        (Rule(at="x-version", exists=False), Failure.HTTP_ASSERTION),
        (Rule(at="x-version", matches="(.*)*$%"), Failure.HTTP_ASSERTION),
    ],
)
def test_rules_on_headers(looks, rule, failure):
    with peers.serve(peers.answer("200 OK", x_Version="2.1")) as p:
        endpoint = replace(entry(f"http://{HOST}:{p.port}"), expect=Expect(headers=(rule,)))
        assert only(looks(endpoint)).failure is failure


def test_a_pattern_without_end_is_our_own_failure_and_stops_nobody_else(looks):
    with peers.serve(peers.answer("200 OK", b"a" * 5000)) as p:
        url = f"http://{HOST}:{p.port}"
        told = looks(
            entry(url, expect={"body_matches": "(a+)+b"}),
            entry(url, expect={"body_matches": "^a+$"}),
            entry(url, expect={"body_matches": "b"}),
        ).outcomes
    assert [o.failure for o in told] == [Failure.PATTERN_TIMEOUT, None, Failure.HTTP_ASSERTION]
    assert told[0].state is State.UNKNOWN


def test_a_name_with_ipv6_addresses_alone_is_looked_at(looks, zone):
    zone[HOST] = names.addresses("::1")
    listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    with listener:
        url = f"tcp://{HOST}:{listener.getsockname()[1]}"
        outcome = only(looks(entry(url), guard=lambda address, own: None))
    assert outcome.state is State.OK and outcome.address == "::1"
