"""Asking token endpoints, good and hostile ones, over real connections."""

import base64
import json
import logging
import time
from pathlib import Path

import pytest

from checker.token_call import ANSWER_LIMIT_BYTES, TokenCall
from checker.tokens import Grant, TokenRefused
from probing import guard
from probing.resolve import name_servers
from tests.emulator.process import until
from tests.unit.checker.loopback import HOST, allow_loopback, deadline
from tests.zoo import authority as authorities
from tests.zoo import names, peers

SECRET = "s3cr3t/+value"
SECONDS = 0.8
GRACE_SECONDS = 0.7


@pytest.fixture
def ask(name_server, authority, tmp_path):
    """`ask(port, call={}, **grant)`."""

    def run(port, call=(), host=HOST, **grant):
        conf = name_server.resolv_conf(tmp_path)
        given = {
            "guard": allow_loopback,
            "servers": lambda: name_servers(conf, port=name_server.port),
            "ca_file": authority.ca_file,
        } | dict(call)
        url = f"https://{host}:{port}/token"
        asked = Grant(token_url=url, client_id="gate watch", secret=SECRET, **grant)
        return TokenCall(**given)(asked, deadline())

    return run


def saying(status="200 OK", **document):
    return peers.answer(status, json.dumps(document).encode(), content_type="application/json")


def form_of(peer):
    """(head, form) of the one request; the zoo keeps what came with the head."""
    head, _, form = peer.requests[0].partition(b"\r\n\r\n")
    return head.decode(), form.decode()


def hearing_all(then):
    """Closing before the form is heard, in a packet of its own, would reset the answer away."""

    def speak(line):
        head = line.hear()
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(line.request.partition(b"\r\n\r\n")[2]) < length:
            line.request += line.connection.recv(65536)
        then(line)

    return speak


def test_a_token_is_asked_for_with_the_client_in_the_header(ask, authority):
    good = hearing_all(saying(access_token="t0k3n", token_type="Bearer", expires_in=300))
    with peers.serve(good, context=authority.context(HOST)) as p:
        granted = ask(p.port, scope="a/read b", audience="https://api.example")
    assert (granted.token, granted.expires_in) == ("t0k3n", 300)
    head, form = form_of(p)
    told = base64.b64encode(b"gate+watch:s3cr3t%2F%2Bvalue").decode()
    assert head.startswith("POST /token HTTP/1.1\r\n")
    assert f"\r\nAuthorization: Basic {told}" in head and f"\r\nHost: {HOST}:{p.port}" in head
    assert "gatewatch/" in head
    assert form == (
        "grant_type=client_credentials&scope=a%2Fread+b&audience=https%3A%2F%2Fapi.example"
    )


def test_a_token_is_asked_for_with_the_client_in_the_body(ask, authority):
    good = hearing_all(saying(access_token="t0k3n"))
    with peers.serve(good, context=authority.context(HOST)) as p:
        assert ask(p.port, client_in_body=True).expires_in is None
    head, form = form_of(p)
    assert "Authorization" not in head
    assert "client_id=gate+watch&client_secret=s3cr3t%2F%2Bvalue" in form


def logged(caplog):
    """All that was logged, with what stands beside the messages."""
    return " ".join(str(vars(record)) for record in caplog.records)


ANSWERS = {
    "401": (saying("401 No", error="invalid_client"), "answered status 401 (invalid_client)"),
    "503": (peers.answer("503 Busy", b"<html>"), "answered status 503"),
    "500 of another shape": (saying("500 Oops", error={"code": 1}), "answered status 500"),
    "secret as code": (saying("400 Bad", error="s3cr3t/+value"), "answered status 400"),
    "moved": (
        peers.answer("302 Found", location="https://127.0.0.1/"),
        "answered status 302, and redirects are not followed",
    ),
    "HTML": (peers.answer("200 OK", b"<html>"), "holds no access_token"),
    "a list": (peers.answer("200 OK", b"[1]"), "holds no access_token"),
    "deep": (peers.answer("200 OK", b"[" * 50_000), "holds no access_token"),
    "a number": (saying(access_token=7), "holds no access_token"),
    "a line break": (saying(access_token="a\r\nx: y"), "holds no access_token"),
    "empty": (peers.answer("200 OK"), "holds no access_token"),
    "mac": (saying(access_token="t0k3n", token_type="mac"), "another type than bearer"),
    "endless": (
        peers.saying(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3_000_000),
        f"longer than {ANSWER_LIMIT_BYTES} bytes",
    ),
    "not HTTP": (peers.saying(b"SSH-2.0-OpenSSH_9\r\n\r\n"), "no answer that can be read"),
    "cut": (
        peers.saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}"),
        "no answer that can be read",
    ),
    "closed": (peers.closing, "no answer that can be read"),
    "reset": (peers.reset(), "no answer that can be read"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_what_the_endpoint_answered_is_told_and_nothing_secret(ask, authority, case, caplog):
    caplog.set_level(logging.DEBUG)
    speak, why = ANSWERS[case]
    good = authority.context(HOST)
    with peers.serve(hearing_all(speak), context=good) as p, pytest.raises(TokenRefused) as told:
        ask(p.port)
    assert str(told.value).startswith(f"token endpoint {HOST}: ") and why in str(told.value)
    for text in (str(told.value), repr(told.value), logged(caplog)):
        assert "s3cr3t" not in text and "t0k3n" not in text
    assert told.value.__cause__ is None and p.connections == 1


def test_what_an_endpoint_echoes_of_our_secret_is_redacted_in_the_log(ask, authority, caplog):
    def echo(line):
        sent = line.hear().partition(b"Authorization: ")[2].partition(b"\r\n")[0]
        line.say(b"HTTP/1.1 400 No\r\n\r\nnot known: " + sent + b" " + SECRET.encode())

    good = authority.context(HOST)
    with peers.serve(hearing_all(echo), context=good) as p, pytest.raises(TokenRefused):
        ask(p.port)
    told = logged(caplog)
    assert "not known: *** ***" in told
    assert "s3cr3t" not in told and base64.b64encode(b"gate+watch:s3c").decode() not in told


SLOW = {
    "silent": peers.silent,
    "a byte at a time": peers.dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"z"),
    "endless headers": peers.dripping(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
    "endless 1xx": peers.dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "endless chunks": peers.dripping(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nz\r\n"
    ),
}


@pytest.mark.parametrize("case", SLOW)
def test_a_slow_endpoint_costs_the_deadline_and_no_more(ask, authority, case):
    with peers.serve(SLOW[case], context=authority.context(HOST)) as p:
        started = time.monotonic()
        with pytest.raises(TokenRefused, match="no complete answer in time"):
            ask(p.port, call={"seconds": SECONDS})
        assert time.monotonic() - started < SECONDS + GRACE_SECONDS


def test_an_endpoint_that_never_finishes_its_handshake_is_told_as_such(ask):
    why = "TLS handshake was not finished in time"
    with peers.serve(peers.silent) as p, pytest.raises(TokenRefused, match=why):
        ask(p.port, call={"seconds": SECONDS})


@pytest.mark.parametrize("case", ["other name", "untrusted", "expired"])
def test_an_endpoint_without_a_good_certificate_is_not_told_the_secret(ask, authority, case):
    context = {
        "other name": lambda: authority.context("other.example"),
        "untrusted": lambda: authorities.untrusted(HOST),
        "expired": lambda: authority.expired(HOST),
    }[case]()
    speak = saying(access_token="t0k3n")
    with peers.serve(speak, context=context) as p, pytest.raises(TokenRefused, match=HOST):
        ask(p.port)
    assert not any(p.requests)


@pytest.mark.parametrize(
    "addresses",
    [("127.0.0.1",), ("169.254.169.254",), ("203.0.113.7", "127.0.0.1"), ("::1",)],
)
def test_no_address_of_our_own_is_asked(ask, name_server, authority, addresses):
    name_server.zone[HOST] = names.addresses(*addresses)
    good, why = authority.context(HOST), r"loopback|link-local"
    with peers.serve(peers.closing, context=good) as p, pytest.raises(TokenRefused, match=why):
        ask(p.port, call={"guard": guard.check})
    assert p.connections == 0


def test_a_name_is_resolved_once_and_what_it_says_later_is_not_believed(
    ask, name_server, authority
):
    turns = iter([names.addresses("127.0.0.1")] * 2)

    def rebinding(question, over_tcp):
        return next(turns, names.addresses("169.254.169.254"))(question, over_tcp)

    name_server.zone[HOST] = rebinding
    speak = hearing_all(saying(access_token="t0k3n"))
    with peers.serve(speak, context=authority.context(HOST)) as p:
        assert ask(p.port, host=f"{HOST}.").token == "t0k3n"
    assert sorted(name_server.asked) == [(HOST, "A"), (HOST, "AAAA")]


def test_a_name_that_is_not_there_is_told(ask, name_server):
    name_server.zone.clear()
    with pytest.raises(TokenRefused, match="NXDOMAIN"):
        ask(443)


def test_nothing_listening_is_told(ask):
    with peers.refusing() as p, pytest.raises(TokenRefused, match="refused"):
        ask(p.port)


def test_neither_proxies_nor_passwords_of_the_environment_are_used(
    ask, authority, monkeypatch, tmp_path
):
    (tmp_path / "netrc").write_text(f"machine {HOST} login someone password else\n")
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    with peers.serve(hearing_all(saying(access_token="t")), context=authority.context(HOST)) as p:
        assert ask(p.port, client_in_body=True).token == "t"
    assert b"authorization" not in p.requests[0].lower()


def test_no_connection_is_left_open(ask, authority):
    def open_sockets():
        links = list(Path("/proc/self/fd").iterdir())
        return sum("socket:" in str(link.readlink()) for link in links if link.is_symlink())

    with peers.serve(hearing_all(saying(access_token="t")), context=authority.context(HOST)) as p:
        before = open_sockets()
        for _ in range(5):
            ask(p.port)
        until(lambda: open_sockets() <= before)  # the peer's own ends close a moment later
