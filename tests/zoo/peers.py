"""TCP peers on loopback that answer well, badly, slowly or not at all, with TLS or without."""

import base64
import hashlib
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

Speech = Callable[["Line"], None]
"""What a peer does with one connection."""

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nServer: zoo\r\n\r\nok"


class Line:
    """One connection as a peer sees it; `ended` is set when the test is over."""

    def __init__(self, connection: socket.socket, ended: Event) -> None:
        self.connection = connection
        self.ended = ended
        self.request = b""

    def hear(self) -> bytes:
        """The request's head."""
        while b"\r\n\r\n" not in self.request:
            part = self.connection.recv(65536)
            if not part:
                break
            self.request += part
        return self.request

    def say(self, data: bytes) -> None:
        self.connection.sendall(data)


class Peer:
    """`requests` holds the head of each request heard; `connections` counts all."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests: list[bytes] = []
        self.connections = 0


def saying(data: bytes) -> Speech:
    """Hear the request, say `data`, close."""

    def speak(line: Line) -> None:
        line.hear()
        line.say(data)

    return speak


def accept_key(head: bytes) -> bytes:
    """What a WebSocket server proves with that it understood the handshake (RFC 6455, 4.2.2)."""
    found = [
        line.split(b":", 1)[1]
        for line in head.split(b"\r\n")
        if line[:18].lower() == b"sec-websocket-key:"
    ]
    key = found[0].strip() if found else b""
    digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    return base64.b64encode(digest)


def answer(status: str, body: bytes = b"", **headers: str) -> Speech:
    """An ordinary answer; underscores in header names stand for dashes."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return saying("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def silent(line: Line) -> None:
    """Hear the request and never say a word."""
    line.hear()
    line.ended.wait()


def dripping(head: bytes, drop: bytes, every_seconds: float = 0.05) -> Speech:
    """Say `head`, then `drop` again and again: no single read ever waits long."""

    def speak(line: Line) -> None:
        line.hear()
        line.say(head)
        while not line.ended.wait(every_seconds):
            line.say(drop)

    return speak


def reset(after: bytes = b"") -> Speech:
    """Hear the request, say `after`, then reset the connection."""

    def speak(line: Line) -> None:
        line.hear()
        line.say(after)
        line.ended.wait(0.2)  # what a reset overtakes, its receiver never reads
        reset_when_closed(line)

    return speak


def reset_when_closed(line: Line) -> None:
    linger_off = struct.pack("ii", 1, 0)
    line.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_off)


def closing(line: Line) -> None:
    """Hear the request and close without a word."""
    line.hear()


@contextmanager
def serve(speak: Speech, *, context: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """A peer on a free port; with `context` it speaks TLS."""
    ended = Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = Peer(listener.getsockname()[1])
        lines: list[Thread] = []

        def accept() -> None:
            while True:
                connection, _ = listener.accept()
                if ended.is_set():
                    connection.close()
                    return
                peer.connections += 1
                thread = Thread(target=one, args=(connection,), daemon=True)
                thread.start()
                lines.append(thread)

        def one(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.settimeout(20)
                secure = _secure(connection, context) if context else None
                line = Line(secure or connection, ended)
                try:
                    speak(line)
                finally:
                    peer.requests.append(line.request)
                    if secure:
                        secure.close()

        accepting = Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield peer
        finally:
            ended.set()
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", peer.port)).close()
            for thread in (accepting, *lines):
                thread.join()


def _secure(connection: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
    secure = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
    try:
        secure.do_handshake()
    except ssl.SSLError:
        # Closing while the client's next words are unread would reset our alert away.
        with socket.socket(fileno=secure.detach()) as plain:
            plain.settimeout(5)
            with suppress(OSError):
                plain.recv(65536)
        raise
    return secure


@contextmanager
def refusing() -> Iterator[Peer]:
    """A port at which nothing listens: bound, so that nobody else takes it."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield Peer(holder.getsockname()[1])
