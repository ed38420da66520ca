"""TLS over a connected socket, a whole flight of records at a time.

Python's own SSLSocket has OpenSSL read each record with two calls of its own, five bytes and the
rest, and look at the socket before each: at a handshake's dozen records that is a quarter of the
CPU of a probe (docs/performance.md). Here the socket's bytes pass through memory.
"""

import socket
import ssl
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from probing.deadline import Deadline

_READ_BYTES = 4 * 1024


class TlsLine:
    """What an ssl.SSLSocket gives to one who speaks: send, receive, facts, close.

    Unlike a socket's, the time-out of `settimeout` bounds all that follows together, until it is
    set again: a peer that drips the bytes of one record cannot outlast it. First it is `deadline`.
    """

    def __init__(
        self, peer: socket.socket, context: ssl.SSLContext, server_name: str, deadline: Deadline
    ) -> None:
        self._peer = peer
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._deadline = deadline
        self._tls = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=server_name or None
        )

    def settimeout(self, seconds: float) -> None:
        """From now on, for all calls together."""
        self._deadline = Deadline.after(self._deadline.clock, seconds)

    def do_handshake(self) -> None:
        """Raises ssl.SSLError, OSError. Our last flight goes out with the first words or the
        close: one packet less, and a peer that takes the connection loses nothing by it."""
        while True:
            try:
                self._tls.do_handshake()
                return
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                self._flush_quietly()  # the alert that tells the peer what we refused
                raise
            self._flush()
            self._fill()

    def sendall(self, data: bytes | memoryview) -> None:
        """Raises ssl.SSLError, OSError."""
        self._tls.write(data)
        self._flush()

    def send(self, data: bytes | memoryview) -> int:
        """All of it, and how much that was: what a socket's `send` says."""
        self.sendall(data)
        return len(data)

    def recv(self, count: int) -> bytes:
        """At least one byte, at most `count`; b"" when the peer has ended its side, politely or
        not, as an SSLSocket says it. Raises ssl.SSLError, OSError."""
        while True:
            if self._incoming.pending or self._incoming.eof or self._tls.pending():
                try:
                    return self._tls.read(count)
                except ssl.SSLWantReadError:
                    pass
                except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                    return b""
            self._flush()
            self._fill()

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._peer.settimeout(self._deadline.remaining_seconds())
            self._peer.sendall(self._outgoing.read())

    def _flush_quietly(self) -> None:
        with suppress(OSError):
            self._flush()

    def _fill(self) -> None:
        self._peer.settimeout(self._deadline.remaining_seconds())
        part = self._peer.recv(_READ_BYTES)
        if part:
            self._incoming.write(part)
        else:
            self._incoming.write_eof()

    def version(self) -> str | None:
        return self._tls.version()

    def selected_alpn_protocol(self) -> str | None:
        return self._tls.selected_alpn_protocol()

    @property
    def tls(self) -> ssl.SSLObject:
        return self._tls

    def getpeercert(self, binary_form: bool = False) -> Any:
        """As ssl.SSLSocket.getpeercert."""
        return self._tls.getpeercert(binary_form)

    def close(self) -> None:
        with self._peer:
            if self._outgoing.pending and self._peer.fileno() >= 0:
                self._peer.setblocking(False)
                with suppress(OSError):
                    self._peer.send(self._outgoing.read())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
