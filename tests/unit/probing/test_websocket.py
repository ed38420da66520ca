"""The WebSocket probe against a real server: handshake, one message each way, breakage."""

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Ping,
    Pong,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)

from probing.outcome import Failure, Stage, State
from tests.support.entries import HOST, entry, only
from tests.zoo import peers


def serving(answer):
    """A server that accepts, then says what `answer` makes of each event (a list of events)."""

    def speak(line: peers.Line) -> None:
        protocol = WSConnection(ConnectionType.SERVER)
        while data := line.connection.recv(65536):
            line.request += data
            protocol.receive_data(data)
            for event in protocol.events():
                for said in answer(event):
                    line.say(protocol.send(said))
            if any(isinstance(event, CloseConnection) for event in protocol.events()):
                return

    return speak


def echo(event):
    if isinstance(event, Request):
        return [AcceptConnection()]
    if isinstance(event, TextMessage):
        return [Ping(), TextMessage(data=f"heard: {event.data}")]
    return []


def greeting(event):
    if not isinstance(event, Request):
        return []
    return [
        AcceptConnection(),
        TextMessage(data="wel", message_finished=False),
        TextMessage(data="come"),
    ]


def refusing(event):
    if not isinstance(event, Request):
        return []
    headers = [(b"x-amzn-errortype", b"ForbiddenException")]
    body = RejectData(data=b'{"message":"Forbidden"}')
    return [RejectConnection(status_code=403, headers=headers, has_body=True), body]


def hanging_up(event):
    return [AcceptConnection(), CloseConnection(code=1011)] if isinstance(event, Request) else []


def mute(event):
    return [AcceptConnection()] if isinstance(event, Request) else []


def test_a_handshake_is_enough_where_no_message_is_expected(looks, authority):
    with peers.serve(serving(mute), context=authority.context(HOST)) as p:
        outcome = only(looks(entry(f"wss://{HOST}:{p.port}/prod", headers={"x-team": "a"})))
    assert outcome.state is State.OK and outcome.status == 101
    assert [step.stage for step in outcome.steps] == [
        Stage.RESOLVE,
        Stage.CONNECT,
        Stage.TLS,
        Stage.HTTP,
    ]
    head = p.requests[0].split(b"\r\n\r\n")[0].decode()
    assert head.startswith("GET /prod HTTP/1.1\r\n") and "x-team: a" in head.lower()
    assert f"host: {HOST}:{p.port}" in head.lower() and "gatewatch/1.2.3" in head


@pytest.mark.parametrize(
    ("answer", "fields", "failure", "stage"),
    [
        (echo, {"send": "ping", "expect": {"message_contains": "ping"}}, None, Stage.MESSAGE),
        (echo, {"send": "ping", "expect": {"message_matches": "^pong"}}, "message_assertion", None),
        (greeting, {"expect": {"message_contains": "welcome"}}, None, Stage.MESSAGE),
        (mute, {"send": "ping"}, "message_timeout", Stage.MESSAGE),
        (hanging_up, {"send": "ping"}, "message_closed", Stage.MESSAGE),
        (refusing, {}, "http_status", Stage.HTTP),
        (refusing, {"expect": {"status": 403}}, None, Stage.HTTP),
    ],
)
def test_what_a_peer_says_is_told_at_its_stage(looks, answer, fields, failure, stage):
    with peers.serve(serving(answer)) as p:
        outcome = only(looks(entry(f"ws://{HOST}:{p.port}/", **fields), timeout=1.0))
    assert outcome.failure == failure
    assert outcome.steps[-1].stage is (stage or Stage.MESSAGE)


def test_who_refused_is_told(looks):
    with peers.serve(serving(refusing)) as p:
        outcome = only(looks(entry(f"ws://{HOST}:{p.port}/")))
    http = outcome.step(Stage.HTTP).evidence
    assert (http["status"], http["snippet"]) == (403, '{"message":"Forbidden"}')
    assert http["headers"] == {"x-amzn-errortype": "ForbiddenException"}


def test_a_ping_is_answered(looks):
    heard = []

    def answer(event):
        heard.append(event)
        if isinstance(event, Request):
            return [AcceptConnection(), Ping(payload=b"1")]
        return [TextMessage(data="after")] if isinstance(event, Pong) else []

    with peers.serve(serving(answer)) as p:
        expect = {"message_contains": "after"}
        outcome = only(looks(entry(f"ws://{HOST}:{p.port}/", expect=expect)))
    assert outcome.state is State.OK
    assert any(isinstance(event, Pong) for event in heard)


@pytest.mark.parametrize(
    ("speak", "failure"),
    [
        (peers.answer("200 OK", b"hello"), Failure.HTTP_STATUS),
        (peers.saying(b"SSH-2.0-x\r\n\r\n\r\n"), Failure.HTTP_MALFORMED),
        (peers.closing, Failure.HTTP_RESET),
        (peers.reset(), Failure.HTTP_RESET),
        (peers.silent, Failure.HTTP_TIMEOUT),
        (
            peers.saying(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n"
            ),
            Failure.HTTP_MALFORMED,
        ),
        (peers.dripping(b"HTTP/1.1 101 X\r\n", b"a: b\r\n", 0.0), Failure.HTTP_MALFORMED),
    ],
)
def test_a_peer_that_speaks_no_websocket(looks, speak, failure):
    with peers.serve(speak) as p:
        outcome = only(looks(entry(f"ws://{HOST}:{p.port}/"), timeout=1.0))
    assert outcome.failure is failure


@pytest.mark.parametrize(
    "frames",
    [
        b"\x81\x82\x00\x00\x00\x00ok",  # masked, as no server may
        b"\xff\x7f" + b"\xff" * 8,  # a reserved opcode, a length without end
        b"\x01\x01a" + b"\x00\x01a" * 40_000,  # fragments without end
        b"\x89\x00" * 40_000,  # pings without end
        b"\x81\x02\xff\xfe",  # not UTF-8
    ],
    ids=["masked", "reserved", "fragments", "pings", "not-utf-8"],
)
def test_frames_that_break_the_protocol_or_never_end(looks, frames):
    def speak(line: peers.Line) -> None:
        protocol = WSConnection(ConnectionType.SERVER)
        protocol.receive_data(line.hear())
        list(protocol.events())
        line.say(protocol.send(AcceptConnection()) + frames)
        line.ended.wait(3)

    with peers.serve(speak) as p:
        expect = {"message_contains": "ok"}
        outcome = only(looks(entry(f"ws://{HOST}:{p.port}/", expect=expect), timeout=1.0))
    assert outcome.failure in (
        Failure.MESSAGE_CLOSED,
        Failure.MESSAGE_TIMEOUT,
        Failure.MESSAGE_ASSERTION,
    )
