"""Connect to one checked address, finish TLS, exchange one HTTP request, all under one deadline.

urllib3's connection speaks HTTP on a socket that was connected here: its own connect would look
the name up again, and its time-outs bound single calls only. TLS server name, Host header and
address are three separate things.
"""

import io
import logging
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from urllib3.connection import HTTPConnection
from urllib3.response import HTTPResponse

from probing.deadline import Deadline
from probing.http_answer import Lines, StrictAnswer

BODY_LIMIT_BYTES = 64 * 1024
_PARTS_LIMIT = 8 * 1024
"""64 kB in chunks of a byte would cost us a second of work, and every other probe its share."""
_SEND_BYTES = 16 * 1024

# It warns of malformed headers with the whole URL, whose query may hold a credential.
logging.getLogger("urllib3.connection").disabled = True


def connect(address: str, port: int, deadline: Deadline) -> socket.socket:
    """A TCP connection to the literal `address`. Raises OSError."""
    family = socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET
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
) -> ssl.SSLSocket:
    """TLS over `peer`, which it takes over and closes on failure. Raises ssl.SSLError, OSError."""
    secure: ssl.SSLSocket | None = None
    try:
        peer.settimeout(deadline.remaining_seconds())
        secure = context.wrap_socket(
            peer, server_hostname=server_name, do_handshake_on_connect=False
        )
        # OpenSSL's whole handshake runs under one time-out, however its bytes drip in.
        secure.do_handshake()
    except BaseException:
        (secure or peer).close()
        raise
    return secure


class _Bytes(io.RawIOBase):
    """Reads from the socket, each time for no longer than the deadline leaves."""

    def __init__(self, peer: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._peer = peer
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._peer.settimeout(self._deadline.remaining_seconds())
        return self._peer.recv_into(buffer)


class _Peer:
    """What http.client wants of a socket, under the deadline. Closing is its owner's business."""

    def __init__(self, peer: socket.socket, deadline: Deadline) -> None:
        self._peer = peer
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            self._peer.settimeout(self._deadline.remaining_seconds())
            left = left[self._peer.send(left[:_SEND_BYTES]) :]

    def makefile(self, *_: Any) -> io.BufferedReader:
        return Lines(_Bytes(self._peer, self._deadline))

    def settimeout(self, _: float | None) -> None:
        """The deadline decides, not the connection's own idea of a time-out."""

    def close(self) -> None:
        """http.client closes early what it still reads from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`headers` may hold credentials, so they are kept out of every rendering by the caller."""

    method: str
    target: str
    headers: Mapping[str, str]


class Exchange:
    """One request and what came back of its answer: kept even when the answer breaks off."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        self.truncated = False
        self._body = bytearray()

    @property
    def body(self) -> bytes:
        return bytes(self._body)

    def run(self, peer: socket.socket, request: "Request", deadline: Deadline) -> None:
        """Fill in status, headers and at most 64 kB (or 8,192 parts) of body, as far as they come.

        No redirect is followed, nothing decoded, nothing drained. Raises OSError, ssl.SSLError,
        http.client.HTTPException, urllib3.exceptions.HTTPError, ValueError (a header that
        cannot be sent: its text is never passed on).
        """
        connection = HTTPConnection("unused.invalid")
        connection.response_class = StrictAnswer
        connection.sock = _Peer(peer, deadline)
        connection.request(
            request.method,
            request.target,
            headers=request.headers,
            preload_content=False,
            decode_content=False,
        )
        answer = connection.getresponse()
        self.status, self.headers = answer.status, answer.headers
        self._read_body(answer)

    def _read_body(self, answer: HTTPResponse) -> None:
        for _ in range(_PARTS_LIMIT):
            part = answer.read1(BODY_LIMIT_BYTES - len(self._body), decode_content=False)
            if not part:
                return
            self._body += part
            if len(self._body) >= BODY_LIMIT_BYTES:
                break
        self.truncated = True
