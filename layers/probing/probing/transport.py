"""Connect to one checked address, finish TLS, exchange one HTTP request, all under one deadline.

No library's own connect is used: it would look the name up again, and its time-outs bound single
calls only. TLS server name, Host header and address are three separate things.
"""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from probing.deadline import Deadline
from probing.http_answer import BODY_LIMIT_BYTES, Reader
from probing.tls_line import TlsLine

Line = socket.socket | TlsLine
"""What a request is spoken over."""

_READ_BYTES = 4 * 1024
_PARTS_LIMIT = 8 * 1024
"""64 kB in chunks of a byte would cost us a second of work, and every other probe its share."""


def connect(address: str, port: int, deadline: Deadline) -> socket.socket:
    """A TCP connection to the literal `address` (no zone). Raises OSError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    socket.inet_pton(family, address)  # what is no literal would be looked up by `connect`
    peer = socket.socket(family, socket.SOCK_STREAM)
    try:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.settimeout(deadline.remaining_seconds())
        peer.connect((address, port))
    except BaseException:
        peer.close()
        raise
    return peer


def handshake(
    peer: socket.socket, context: ssl.SSLContext, server_name: str, deadline: Deadline
) -> TlsLine:
    """TLS over `peer`, which it takes over and closes on failure. Raises ssl.SSLError, OSError."""
    try:
        secure = TlsLine(peer, context, server_name, deadline)
        secure.do_handshake()
    except BaseException:
        peer.close()
        raise
    return secure


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`headers` may hold credentials, so no rendering shows them."""

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)


class Exchange:
    """One request and what came back of its answer: kept even when the answer breaks off.

    `rest` is what came behind an answer without a body: after 101, the other protocol's first.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        self.body = b""
        self.truncated = False
        self.rest = b""

    def run(self, peer: Line, request: Request, deadline: Deadline) -> None:
        """Fill in status, headers and at most 64 kB (or 8,192 parts) of body, as far as they
        come.

        No redirect is followed, nothing decoded, nothing drained. Raises OSError, ssl.SSLError,
        http_answer.NotHttp, ValueError (a request that cannot be sent: its text is never passed
        on).
        """
        words = _words(request)
        peer.settimeout(deadline.remaining_seconds())
        peer.sendall(words)

        def receive() -> bytes:
            peer.settimeout(deadline.remaining_seconds())
            return peer.recv(_READ_BYTES)

        answer = Reader(receive, request.method)
        answer.head()
        self.status, self.headers = answer.status, answer.headers
        self._read_body(answer)
        self.rest = answer.rest

    def _read_body(self, answer: Reader) -> None:
        parts: list[bytes] = []
        left = BODY_LIMIT_BYTES
        try:
            for part in answer.body():
                parts.append(part[:left])
                left -= len(parts[-1])
                if not left or len(parts) == _PARTS_LIMIT:
                    self.truncated = True
                    return
        finally:
            self.body = b"".join(parts)


def _words(request: Request) -> bytes:
    """The request as it is sent. ValueError for a part that would end its own line."""
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a line break within a line of the request")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
