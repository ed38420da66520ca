"""A whole look: side by side, bounded, each host once, and no bad endpoint stopping another."""

import json
import time
from dataclasses import replace

from probing.endpoint import Endpoint
from probing.outcome import Failure, State
from probing.wire import Answer, Probe, Work, from_json, to_json
from tests.zoo import names, peers

HOST = "api.example"


def endpoint(port: int, id: str = "orders", host: str = HOST, **fields) -> Endpoint:
    return Endpoint(id=id, url=f"http://{host}:{port}/", **({"kind": "http"} | fields))


def test_each_host_is_resolved_once_for_all_its_endpoints(looks, name_server):
    with peers.serve(peers.answer("200 OK")) as p:
        answer = looks(*(endpoint(p.port, id=f"e{n}") for n in range(20)))
    assert [outcome.endpoint for outcome in answer.outcomes] == [f"e{n}" for n in range(20)]
    assert {outcome.state for outcome in answer.outcomes} == {State.OK}
    assert sorted(name_server.asked) == [(HOST, "A"), (HOST, "AAAA")]


def test_silent_peers_do_not_delay_the_others(looks):
    with peers.serve(peers.silent) as slow, peers.serve(peers.answer("200 OK")) as good:
        slow_ones = [endpoint(slow.port, id=f"s{n}") for n in range(40)]
        good_ones = [endpoint(good.port, id=f"g{n}") for n in range(20)]
        started = time.monotonic()
        answer = looks(*slow_ones, *good_ones, timeout=2.0, concurrency=4)
        took = time.monotonic() - started
    states = [outcome.failure for outcome in answer.outcomes]
    assert states == [Failure.HTTP_TIMEOUT] * 40 + [None] * 20
    assert took < 8


def test_what_is_not_reached_in_time_is_unknown_and_never_failing(looks):
    with peers.serve(peers.silent) as p:
        started = time.monotonic()
        answer = looks(*(endpoint(p.port, id=str(n)) for n in range(8)), timeout=5, deadline=0.5)
        took = time.monotonic() - started
    assert {(o.state, o.failure) for o in answer.outcomes} == {(State.UNKNOWN, Failure.OUT_OF_TIME)}
    assert all(outcome.reason for outcome in answer.outcomes)
    assert took < 0.5 + 1.0


def test_a_silent_name_server_at_the_end_of_a_look_is_out_of_time(looks, zone):
    zone[HOST] = names.silent
    (outcome,) = looks(endpoint(80), timeout=5, deadline=0.5).outcomes
    assert (outcome.state, outcome.failure) == (State.UNKNOWN, Failure.OUT_OF_TIME)


def test_a_denied_address_is_refused_by_us_and_not_connected_to(looks, zone):
    zone["bad.example"] = names.addresses("169.254.169.254")
    with peers.serve(peers.answer("200 OK")) as p:
        answer = looks(endpoint(p.port, host="bad.example"), endpoint(p.port))
    refused, good = answer.outcomes
    assert (refused.state, refused.failure) == (State.UNKNOWN, Failure.GUARD_REFUSED)
    assert "link-local" in refused.reason
    assert good.state is State.OK


def test_a_url_that_cannot_be_read_stops_its_own_probe_alone(looks):
    broken = Endpoint(id="broken", url="http://[127.0.0.1]:80/", kind="http")
    with peers.serve(peers.answer("200 OK")) as p:
        first, second = looks(broken, endpoint(p.port)).outcomes
    assert (first.state, first.failure) == (State.UNKNOWN, Failure.CANARY_ERROR)
    assert first.reason == "the endpoint's URL cannot be read"
    assert second.state is State.OK


def test_the_guard_also_judges_pinned_addresses_and_literals(looks):
    pinned = Probe(endpoint=endpoint(80), pin="::ffff:169.254.169.254")
    literal = endpoint(80, host="[fd00:ec2::254]")
    answer = looks(pinned, literal)
    assert [o.failure for o in answer.outcomes] == [Failure.GUARD_REFUSED] * 2


def test_an_unknown_kind_or_an_odd_host_stops_only_itself(looks):
    with peers.serve(peers.answer("200 OK")) as p:
        answer = looks(
            endpoint(p.port, id="kind", kind="carrier_pigeon"),
            endpoint(p.port, id="host", host="a..b"),
            endpoint(p.port, id="good"),
        )
    assert [o.failure for o in answer.outcomes] == [Failure.CANARY_ERROR] * 2 + [None]
    assert "carrier_pigeon" in answer.outcomes[0].reason


def test_an_error_of_a_probe_kind_is_ours_and_tells_no_text(looks):
    def guarded(address, own):
        raise KeyError("hunter2")

    with peers.serve(peers.answer("200 OK")) as p:
        (outcome,) = looks(endpoint(p.port), guard=guarded).outcomes
    assert (outcome.state, outcome.failure) == (State.UNKNOWN, Failure.CANARY_ERROR)
    assert "hunter2" not in json.dumps(to_json(outcome)) and "KeyError" in outcome.reason


def test_sentinels_ask_for_random_names_under_their_domain(looks, zone, name_server):
    domain = "execute-api.us-east-1.amazonaws.com"
    zone[f"*.{domain}"] = names.addresses("10.0.0.91")
    answer = looks(sentinels=(domain,))
    (sentinel,) = answer.sentinels
    assert sentinel.service == domain and sentinel.resolution.addresses == ("10.0.0.91",)
    assert sentinel.resolution.host.startswith("gw-")
    assert sentinel.resolution.host != looks(sentinels=(domain,)).sentinels[0].resolution.host


def test_an_empty_look_answers_at_once(looks):
    started = time.monotonic()
    assert looks().outcomes == ()
    assert time.monotonic() - started < 1


def test_work_and_answer_survive_their_way_over_the_wire(looks, zone):
    with peers.serve(peers.answer("403 Forbidden", b"{}", server="Server")) as p:
        answer = looks(endpoint(p.port), sentinels=("example",))
    assert from_json(Answer, json.loads(json.dumps(to_json(answer)))) == answer
    work = Work(look="x", probes=(Probe(endpoint=endpoint(1), secret_headers={"a": "b"}),))
    again = from_json(Work, json.loads(json.dumps(to_json(work))))
    assert again == replace(work)


def test_the_answer_of_500_endpoints_is_far_below_the_6_mb_of_an_invocation(looks):
    speak = peers.answer("403 Forbidden", b"x" * 70_000, server="s" * 300, via="v" * 300)
    with peers.serve(speak) as p:
        one = looks(endpoint(p.port))
    assert len(json.dumps(to_json(one))) * 500 < 2_000_000


def test_the_c_librarys_view_stands_beside_the_name_servers(looks):
    with peers.serve(peers.answer("200 OK")) as p:
        (outcome,) = looks(endpoint(p.port), lookup=lambda host: ("192.0.2.7",)).outcomes
    assert outcome.resolution.getaddrinfo == ("192.0.2.7",)
    assert outcome.resolution.addresses == ("127.0.0.1",) and outcome.state is State.OK


def test_a_second_resolver_is_heard_where_the_first_fails_and_changes_nothing(looks, zone):
    failing = names.rcode("SERVFAIL")
    with_second = {"second_resolver": "127.0.0.1"}
    zone["good.example"] = names.addresses("127.0.0.1")
    zone["bad.example"] = failing
    with peers.serve(peers.answer("200 OK")) as p:
        answer = looks(
            endpoint(p.port, host="good.example"),
            endpoint(p.port, host="bad.example"),
            **with_second,
        )
    good, bad = (outcome.resolution for outcome in answer.outcomes)
    assert good.second_opinion == ""
    assert bad.failure is Failure.DNS_SERVFAIL
    assert bad.second_opinion.startswith("127.0.0.1:")
    assert bad.second_opinion.endswith(" SERVFAIL")
