"""Answers on every address of the namespace: a web server that redirects where it is told to.

It keeps the address and port that each connection came to, as the kernel tells them.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Condition, Thread
from urllib.parse import quote, unquote

from tests.guard.corpus import canonical

PORTS = (80, 443, 22, 53, 2000, 3306, 8080, 8443, 9001, 50000)
_PATIENCE_SECONDS = 2.0


def redirect_path(code: int, location: str) -> str:
    return f"/redirect/{code}/{quote(location, safe='')}"


class Trap:
    """Takes every connection, and knows to which address and port it came."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._reached: set[tuple[str, int]] = set()
        self._context = context
        self._taken = Condition()

    def forget(self) -> None:
        with self._taken:
            self._reached.clear()

    def reached(self, address: str, port: int) -> bool:
        """Whether there was a connection to it, waiting a little for one that is under way."""
        with self._taken:
            came = (canonical(address), port)
            return self._taken.wait_for(lambda: came in self._reached, _PATIENCE_SECONDS)

    def take(self, connection: socket.socket) -> None:
        address, port, *_ = connection.getsockname()
        with self._taken:
            self._reached.add((canonical(address), port))
            self._taken.notify_all()
        Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE_SECONDS)
        with connection, suppress(OSError):
            if connection.recv(1, socket.MSG_PEEK) != b"\x16":
                connection.sendall(_said(connection.recv(65536)))
                return
            with self._context.wrap_socket(connection, server_side=True) as secure:
                secure.sendall(_said(secure.recv(65536)))


def _said(request: bytes) -> bytes:
    _, _, rest = request.partition(b" /redirect/")
    code, _, location = rest.partition(b" ")[0].decode("ascii", "replace").partition("/")
    status = f"{code} Elsewhere\r\nLocation: {unquote(location)}" if rest else "200 OK"
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()


@contextmanager
def serve(context: ssl.SSLContext) -> Iterator[Trap]:
    trap = Trap(context)
    for port in PORTS:
        listener = socket.create_server(
            ("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=512
        )
        Thread(target=_accept, args=(listener, trap), daemon=True).start()
    yield trap


def _accept(listener: socket.socket, trap: Trap) -> None:
    while True:
        trap.take(listener.accept()[0])
