"""A WebSocket handshake, and one message each way where one is expected (RFC 6455): API Gateway's
WebSocket APIs. `wss://host/path`, `ws://host/path`.

No extension and no subprotocol is offered. The protocol itself is wsproto's, which opens no socket.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from probing import expectation, request, transport
from probing.attempt import Attempt, Seen
from probing.evidence import Answer, of_answer, snippet_of
from probing.http_answer import BODY_LIMIT_BYTES, NotHttp
from probing.kind import ProbeKind
from probing.outcome import Failure, Stage
from probing.stages import Stages

if TYPE_CHECKING:
    from wsproto import WSConnection

_SWITCHED = ((101, 101),)
_BYTES_LIMIT = BODY_LIMIT_BYTES
_EVENTS_LIMIT = 512
"""64 kB of empty frames would cost a second of work, and every other probe its share."""
_READ_BYTES = 16 * 1024
_NOT_OURS = frozenset({"accept", "accept-encoding", "connection", "host"})


class _NotWebSocket(NotHttp):
    """The peer speaks something else, or breaks the protocol."""


class _TooMuch(_NotWebSocket):
    """The peer has said more than is read of any."""


def probe(attempt: Attempt) -> Seen:
    """The stages connect, tls (wss), http for the handshake, message where one is expected."""

    def speak(stages: Stages, opened: ExitStack) -> None:
        plain = opened.enter_context(stages.connect())
        peer: transport.Line = plain
        if attempt.endpoint.parts.scheme == "wss":
            peer = opened.enter_context(stages.tls(plain))
            stages.judged(expectation.of_certificate(attempt, stages.steps[-1].evidence))
        line = _Line(peer, attempt)
        _handshake(stages, line)
        expect = attempt.endpoint.expect
        if attempt.endpoint.send or expect.message_contains or expect.message_matches:
            _message(stages, line)
        line.part()

    return Stages(attempt).run(speak)


class _Line:
    """The conversation over one connection, under the deadline of the attempt."""

    def __init__(self, peer: transport.Line, attempt: Attempt) -> None:
        # Imported here: most canaries look at no WebSocket, and a cold start pays for all imports.
        from wsproto import ConnectionType, WSConnection

        self._peer = peer
        self._deadline = attempt.deadline
        self._heard_bytes = 0
        self._heard_events = 0
        # Kept between the stages: a peer may greet in the packet that ends the handshake.
        self._unread: deque[Any] = deque()
        self.protocol: WSConnection = WSConnection(ConnectionType.CLIENT)

    def say(self, event: Any) -> None:
        data = memoryview(self._guarded(lambda: self.protocol.send(event)))
        while data:
            self._peer.settimeout(self._deadline.remaining_seconds())
            data = data[self._peer.send(data) :]

    def events(self) -> Iterator[Any]:
        """What the peer says, event by event, until it has said too much. Raises OSError,
        _NotWebSocket, _TooMuch, and ConnectionError for a peer that closed."""
        while True:
            self._unread.extend(self._guarded(self._parsed))
            self._heard_events += len(self._unread)
            while self._unread:
                yield self._unread.popleft()
            if self._heard_bytes >= _BYTES_LIMIT or self._heard_events >= _EVENTS_LIMIT:
                raise _TooMuch
            self._peer.settimeout(self._deadline.remaining_seconds())
            data = self._peer.recv(_READ_BYTES)
            if not data:
                raise ConnectionResetError
            self._heard_bytes += len(data)
            self._guarded(lambda heard=data: self.protocol.receive_data(heard))  # type: ignore[misc]

    def _parsed(self) -> list[Any]:
        return list(islice(self.protocol.events(), _EVENTS_LIMIT - self._heard_events))

    def part(self) -> None:
        """Say goodbye, as far as the peer listens; nothing depends on it."""
        from wsproto.events import CloseConnection

        with suppress(OSError, _NotWebSocket):
            self.say(CloseConnection(code=1000))

    def _guarded(self, make: Callable[[], Any]) -> Any:
        from wsproto.utilities import LocalProtocolError, ProtocolError

        try:
            return make()
        except LocalProtocolError:
            raise ConnectionResetError from None  # we would speak after the peer has closed
        except (ProtocolError, UnicodeError) as error:
            raise _NotWebSocket(type(error).__name__) from None


def _handshake(stages: Stages, line: _Line) -> None:
    from wsproto.events import Request

    attempt = stages.attempt
    try:
        asked = request.build(attempt.endpoint, attempt.secret_headers, attempt.user_agent)
    except request.CannotSend as error:
        failure = Failure.CREDENTIAL if error.credential else Failure.CANARY_ERROR
        stages.fail(Stage.HTTP, (failure, str(error)), {})
    further = [
        (name.encode(), value.encode("latin-1"))
        for name, value in asked.headers.items()
        if name.lower() not in _NOT_OURS
    ]
    host = next(value for name, value in asked.headers.items() if name.lower() == "host")
    evidence: dict[str, Any] = {}

    def made() -> Answer:
        told = _answered(line, Request(host=host, target=asked.target, extra_headers=further))
        evidence.update(of_answer(told, attempt.secrets))
        return told

    told = stages.timed(Stage.HTTP, made, evidence)
    stages.judged(expectation.judge(attempt.endpoint.expect, told, attempt.matches))
    if told.status != 101:
        # As expected, and the end of it: what was refused says nothing more.
        stages.over()


def _answered(line: _Line, asked: Any) -> Answer:
    """What the handshake is answered with: 101, or a refusal with its body."""
    from wsproto.events import AcceptConnection, RejectConnection, RejectData

    line.say(asked)
    told = Answer(status=None)
    try:
        for event in line.events():
            if isinstance(event, AcceptConnection):
                return Answer(status=101, headers=_headers(event.extra_headers))
            if isinstance(event, RejectConnection):
                told = Answer(status=event.status_code, headers=_headers(event.headers))
                if not event.has_body:
                    break
            if isinstance(event, RejectData):
                told = replace(told, body=(told.body + event.data)[:_BYTES_LIMIT])
                if event.body_finished:
                    break
    except (ConnectionError, _TooMuch):
        if told.status is None:
            raise
        # The end of the connection is that of a refusal's body.
    return told


def _headers(pairs: Any) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}


def _message(stages: Stages, line: _Line) -> None:
    from wsproto.events import TextMessage

    endpoint = stages.attempt.endpoint
    evidence: dict[str, Any] = {}

    def made() -> str:
        if endpoint.send:
            line.say(TextMessage(data=endpoint.send))
        text = _heard(line)
        evidence["snippet"] = snippet_of(text, stages.attempt.secrets)
        return text

    text = stages.timed(Stage.MESSAGE, made, evidence)
    expect = endpoint.expect
    told = expectation.text_of(
        "the message",
        text,
        (expect.message_contains, expect.message_matches),
        stages.attempt.matches,
        Failure.MESSAGE_ASSERTION,
    )
    stages.judged(told)


def _heard(line: _Line) -> str:
    """The first whole message. Pings are answered on the way, as every client must."""
    from wsproto.connection import ConnectionState
    from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage

    text = ""
    try:
        for event in line.events():
            if isinstance(event, CloseConnection):
                if line.protocol.state is ConnectionState.OPEN:
                    raise _NotWebSocket  # the peer closed nothing: wsproto says so of a bad frame
                break
            if isinstance(event, Ping):
                line.say(event.response())
            elif isinstance(event, (TextMessage, BytesMessage)):
                data = event.data
                text += data if isinstance(data, str) else bytes(data).decode("utf-8", "replace")
                if event.message_finished:
                    return text
    except _TooMuch:
        if not text:
            raise
        return text  # judged by what was read of it, as a body is
    raise ConnectionResetError


KIND = ProbeKind(
    name="websocket",
    schemes={"wss": 443, "ws": 80},
    probe=probe,
    keys=frozenset({"headers", "auth", "server_name", "ca", "insecure_tls", "send"}),
    expects=frozenset(
        {"status", "headers", "certificate_days", "message_contains", "message_matches"}
    ),
    healthy_status=_SWITCHED,
)
