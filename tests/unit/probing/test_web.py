"""Web probes against real peers: what each kind of answer, breakage and delay is told as."""

import ssl
import time

import pytest

from probing.endpoint import Endpoint, Expect, Rule
from probing.outcome import Failure, Outcome, Stage, State, View
from probing.wire import Probe
from tests.zoo import authority as authorities
from tests.zoo import names, peers

HOST = "api.example"


def endpoint(port: int, scheme: str = "https", path: str = "/v1/ping?a=b", **fields) -> Endpoint:
    fields = {"id": "orders", "kind": scheme} | fields
    return Endpoint(url=f"{scheme}://{HOST}:{port}{path}", **fields)


def only(answer) -> Outcome:
    (outcome,) = answer.outcomes
    return outcome


def test_a_good_https_answer_is_ok_with_all_stages_and_facts(looks, authority):
    context = authority.context(HOST)
    with peers.serve(peers.answer("200 OK", b"fine", x_amzn_RequestId="r1"), context=context) as p:
        outcome = only(looks(endpoint(p.port)))
    assert (outcome.state, outcome.failure) == (State.OK, None)
    assert [step.stage for step in outcome.steps] == [
        Stage.RESOLVE,
        Stage.CONNECT,
        Stage.TLS,
        Stage.HTTP,
    ]
    assert outcome.address == "127.0.0.1"
    tls = outcome.step(Stage.TLS).evidence
    assert tls["sans"] == [HOST] and tls["alpn"] == "http/1.1" and tls["version"].startswith("TLS")
    assert tls["not_before_at"] < time.time() < tls["not_after_at"]
    http = outcome.step(Stage.HTTP).evidence
    assert http["headers"] == {"x-amzn-requestid": "r1"} and http["snippet"] == "fine"
    assert all(step.elapsed_ms > 0 for step in outcome.steps)


def test_the_request_names_us_and_the_host_and_wants_no_encoding(looks):
    with peers.serve(peers.answer("200 OK")) as p:
        looks(endpoint(p.port, "http", headers=(("X-Team", "a"),)))
    head = p.requests[0].decode().split("\r\n")
    assert head[0] == "GET /v1/ping?a=b HTTP/1.1"
    assert f"Host: {HOST}:{p.port}" in head
    assert "User-Agent: gatewatch/1.2.3 (+https://github.com/gatewatch/gatewatch)" in head
    assert "Accept-Encoding: identity" in head and "X-Team: a" in head
    assert not any(line.lower().startswith("cookie") for line in head)


def test_server_name_host_header_and_address_are_three_separate_things(looks, authority):
    context = authority.context("other.example")
    with peers.serve(peers.answer("200 OK"), context=context) as p:
        asked = endpoint(p.port, server_name="other.example", headers=(("host", "third.example"),))
        outcome = only(looks(Probe(endpoint=asked, view=View.PINNED, pin="127.0.0.1")))
    assert outcome.state is State.OK and outcome.view is View.PINNED
    assert outcome.resolution is None and outcome.address == "127.0.0.1"
    assert p.requests[0].lower().count(b"host:") == 1 and b"host: third.example" in p.requests[0]


def test_a_pinned_probe_asks_no_name_server(looks, name_server):
    with peers.serve(peers.answer("200 OK")) as p:
        looks(Probe(endpoint=endpoint(p.port, "http"), view=View.PINNED, pin="127.0.0.1"))
    assert name_server.asked == []


BAD_ANSWERS = [
    (peers.answer("403 Forbidden", b"{}"), Failure.HTTP_STATUS, 403),
    (peers.answer("301 Moved", location="/next"), None, 301),
    (peers.silent, Failure.HTTP_TIMEOUT, None),
    (peers.closing, Failure.HTTP_RESET, None),
    (peers.reset(), Failure.HTTP_RESET, None),
    (peers.reset(after=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"), Failure.HTTP_RESET, 200),
    (peers.saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"), Failure.HTTP_RESET, 200),
    (peers.saying(b"SSH-2.0-OpenSSH_9\r\n\r\n"), Failure.HTTP_MALFORMED, None),
    (
        peers.saying(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n"),
        Failure.HTTP_MALFORMED,
        None,
    ),
    (peers.dripping(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"), Failure.HTTP_TIMEOUT, None),
    (peers.dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Failure.HTTP_TIMEOUT, None),
    (peers.dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"z"), Failure.HTTP_TIMEOUT, 200),
    (
        peers.dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nz\r\n"),
        Failure.HTTP_TIMEOUT,
        200,
    ),
]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("speak", "failure", "status"), BAD_ANSWERS)
def test_each_answer_is_told_as_what_it_is_and_within_the_deadline(
    looks, authority, scheme, speak, failure, status
):
    context = authority.context(HOST) if scheme == "https" else None
    with peers.serve(speak, context=context) as p:
        started = time.monotonic()
        outcome = only(looks(endpoint(p.port, scheme), timeout=0.6))
        took = time.monotonic() - started
    assert (outcome.failure, outcome.status) == (failure, status)
    assert outcome.state is (State.FAILING if failure else State.OK)
    assert took < 0.6 + 0.5


def tls_cases(authority):
    return {
        "other name": (authority.context("other.example"), Failure.TLS_NAME_MISMATCH),
        "expired": (authority.expired(HOST), Failure.TLS_EXPIRED),
        "untrusted": (authorities.untrusted(HOST), Failure.TLS_UNTRUSTED),
        "wants client": (authority.wants_client(HOST), Failure.TLS_HANDSHAKE_REFUSED),
    }


@pytest.mark.parametrize("case", ["other name", "expired", "untrusted", "wants client"])
def test_each_wrong_certificate_has_its_own_failure(looks, authority, case):
    context, failure = tls_cases(authority)[case]
    with peers.serve(peers.answer("200 OK"), context=context) as p:
        outcome = only(looks(endpoint(p.port)))
    assert (outcome.failure, outcome.state) == (failure, State.FAILING)


def test_a_certificate_of_another_name_is_shown_as_evidence_and_nothing_is_sent(looks, authority):
    with peers.serve(peers.answer("200 OK"), context=authority.context("other.example")) as p:
        outcome = only(looks(endpoint(p.port)))
    assert outcome.step(Stage.TLS).evidence["sans"] == ["other.example"]
    assert not any(p.requests)


def test_tls_1_1_is_no_version_in_common(looks, authority):
    context = authority.context(HOST)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with peers.serve(peers.answer("200 OK"), context=context) as p:
        assert only(looks(endpoint(p.port))).failure is Failure.TLS_VERSION


@pytest.mark.parametrize(
    ("speak", "failure"),
    [
        (lambda line: line.ended.wait() and None, Failure.TLS_TIMEOUT),
        (peers.dripping(b"\x16\x03\x03\x40\x00", b"\x02"), Failure.TLS_TIMEOUT),
        (lambda line: line.connection.recv(10) and None, Failure.TLS_RESET),
        (lambda line: line.say(b"HTTP/1.1 400 Bad\r\n\r\n"), Failure.TLS_HANDSHAKE_REFUSED),
    ],
    ids=["silent", "dripping", "closing", "plain HTTP"],
)
def test_a_peer_that_does_not_finish_tls_is_told_apart(looks, speak, failure):
    with peers.serve(speak) as p:
        started = time.monotonic()
        outcome = only(looks(endpoint(p.port), timeout=0.6))
        took = time.monotonic() - started
    assert outcome.failure is failure
    assert took < 0.6 + 0.5


def test_a_closed_port_is_refused_and_the_other_address_is_tried_too(looks, zone):
    zone[HOST] = names.addresses("127.0.0.1", "::1")
    with peers.refusing() as p:
        outcome = only(looks(endpoint(p.port, "http"), guard=lambda address, own: None))
    assert outcome.failure is Failure.CONNECT_REFUSED
    assert {t.address: t.failure for t in outcome.tried} == dict.fromkeys(
        ("127.0.0.1", "::1"), Failure.CONNECT_REFUSED
    )


def test_a_refusal_is_told_before_an_address_that_was_never_asked(looks, zone):
    zone[HOST] = names.addresses("127.0.0.1", "::1")
    with peers.refusing() as p:
        asked = Probe(endpoint=endpoint(p.port, "http"), first=("::1",))
        outcome = only(looks(asked))
    assert (outcome.state, outcome.failure) == (State.FAILING, Failure.CONNECT_REFUSED)
    assert outcome.address == "127.0.0.1"
    assert {t.address: t.failure for t in outcome.tried} == {
        "::1": Failure.GUARD_REFUSED,
        "127.0.0.1": Failure.CONNECT_REFUSED,
    }


def test_an_expectation_that_is_not_met_is_said_in_words(looks):
    with peers.serve(peers.answer("200 OK", b"maintenance")) as p:
        expect = Expect(body_contains="pong")
        outcome = only(looks(endpoint(p.port, "http", expect=expect)))
    assert outcome.failure is Failure.HTTP_ASSERTION
    assert "pong" in outcome.steps[-1].detail and outcome.status == 200


def test_a_body_is_read_to_64_kilobytes_only(looks):
    with peers.serve(peers.dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 100_000, 0.0)) as p:
        outcome = only(looks(endpoint(p.port, "http")))
    http = outcome.step(Stage.HTTP).evidence
    assert outcome.state is State.OK
    assert http["body_bytes"] == 65536 and http["body_truncated"] and len(http["snippet"]) == 200


def test_a_json_body_longer_than_what_is_read_is_not_told_as_a_failure(looks):
    long = b'{"status": "ok", "items": [' + b"1, " * 40_000 + b"1]}"
    expect = Expect(json=(Rule(at="status", equals='"ok"'),))
    with peers.serve(peers.answer("200 OK", long)) as p:
        outcome = only(looks(endpoint(p.port, "http", expect=expect)))
    assert (outcome.state, outcome.failure) == (State.UNKNOWN, Failure.CANARY_ERROR)
    assert "64 kB" in outcome.reason


def test_a_redirect_is_a_result_and_its_query_is_not_kept(looks):
    speak = peers.answer("302 Found", location="https://u:p@idp.example/login?token=abc#frag")
    with peers.serve(speak) as p:
        outcome = only(looks(endpoint(p.port, "http")))
    assert outcome.step(Stage.HTTP).evidence["headers"]["location"] == "https://idp.example/login"
    assert p.connections == 1
