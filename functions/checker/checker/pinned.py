"""`requests` over one TLS connection that was made before, to an address that was checked.

requests would look the name up itself, follow redirects, ask the environment for proxies and
passwords, and bound single reads instead of the whole: none of that is left to it here.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection

from probing.deadline import Deadline


class _Connection(HTTPConnection):
    """Takes the connection that its pool was given, once."""

    def __init__(self, *args: Any, ready: list[ssl.SSLSocket], **named: Any) -> None:
        super().__init__(*args, **named)
        self._ready = ready

    def _new_conn(self) -> socket.socket:
        if not self._ready:
            raise ConnectionError("one request for one connection")
        return self._ready.pop()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _Adapter(HTTPAdapter):
    """Whatever URL is asked for goes over the one connection; TLS has been made and verified."""

    def __init__(self, secure: ssl.SSLSocket) -> None:
        super().__init__()
        self._pool = _Pool("pinned.invalid", ready=[secure])

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> HTTPConnectionPool:
        return self._pool

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Verified in the handshake."""

    def close(self) -> None:
        self._pool.close()
        super().close()


def handshake(
    peer: socket.socket, context: ssl.SSLContext, server_name: str, deadline: Deadline
) -> ssl.SSLSocket:
    """TLS over `peer`, which it takes over and closes on failure, as a socket that requests can
    speak over. Raises ssl.SSLError, OSError."""
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


@contextmanager
def answer_to(
    asked: requests.Request, secure: ssl.SSLSocket, deadline: Deadline
) -> Iterator[requests.Response]:
    """The answer to one request, its body unread. At the deadline the connection is shut, whatever
    is being read then. Raises requests.RequestException, OSError."""
    with requests.Session() as session, secure, _shut_at(deadline, secure):
        session.trust_env = False
        session.mount("https://", _Adapter(secure))
        prepared = session.prepare_request(asked)
        response = session.send(
            prepared,
            stream=True,
            allow_redirects=False,
            timeout=deadline.remaining_seconds(),
        )
        with response:
            yield response


def body_of(response: requests.Response, limit_bytes: int, deadline: Deadline) -> bytes:
    """The body as it was sent, or its first `limit_bytes` and some more. Raises TimeoutError where
    the deadline cut it off, and urllib3's IncompleteRead where the peer did."""
    body = b""
    while len(body) <= limit_bytes:
        part = response.raw.read1(limit_bytes + 1 - len(body), decode_content=False)
        if not part:
            break
        body += part
    deadline.remaining_seconds()
    return body


@contextmanager
def _shut_at(deadline: Deadline, secure: ssl.SSLSocket) -> Iterator[None]:
    """A handle of its own: to shut an SSLSocket under its reader would pull TLS away from it."""
    with socket.fromfd(secure.fileno(), secure.family, secure.type) as handle:

        def shut() -> None:
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

        timer = Timer(deadline.remaining_seconds(), shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
