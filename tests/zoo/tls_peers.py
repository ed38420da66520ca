"""Peers that break, spoil or never finish a TLS handshake, and certificates of every bad kind."""

import os
import socket
import struct
from dataclasses import replace

from probing.outcome import Failure
from tests.zoo import peers
from tests.zoo.http_peers import DRIP_SECONDS, mute, noise, reset_unheard
from tests.zoo.peers import Line, Speech
from tests.zoo.rows import Row

HANDSHAKE, ALERT = 22, 21
TLS_1_0, TLS_1_2, SSL_3 = 0x0301, 0x0303, 0x0300
RECORD_BYTES = 16384
_ANY_CIPHER = 0xC02F


def record(kind: int, data: bytes, version: int = TLS_1_2) -> bytes:
    return struct.pack("!BHH", kind, version, len(data)) + data


def alert(description: int, *, fatal: bool = True) -> bytes:
    """`description` as RFC 8446, section 6 numbers them."""
    return record(ALERT, bytes([2 if fatal else 1, description]))


def server_hello(version: int) -> bytes:
    """The answer of a server that chose that version: all that an old one needs to say."""
    hello = struct.pack("!H32sBHB", version, noise(32), 0, _ANY_CIPHER, 0)
    return record(HANDSHAKE, b"\x02" + len(hello).to_bytes(3, "big") + hello, min(version, 0x0303))


def after_hello(said: bytes, *, then_reset: bool = False) -> Speech:
    """Hear the client's hello, say `said`, then close or reset."""

    def speak(line: Line) -> None:
        line.connection.recv(65536)
        line.say(said)
        line.ended.wait(0.2)  # what a close or reset overtakes, its receiver may never read
        if then_reset:
            peers.reset_when_closed(line)

    return speak


def dripping(line: Line) -> None:
    """A good beginning, a byte at a time."""
    line.connection.recv(65536)
    for byte in server_hello(TLS_1_2):
        if line.ended.wait(DRIP_SECONDS):
            return
        line.say(bytes([byte]))


def endless(said: bytes) -> Speech:
    def speak(line: Line) -> None:
        line.connection.recv(65536)
        while not line.ended.is_set():
            line.say(said)

    return speak


def in_plain(said: bytes) -> Speech:
    """A good handshake; then, in place of the answer, what no key made."""

    def speak(line: Line) -> None:
        line.hear()
        with socket.socket(fileno=os.dup(line.connection.fileno())) as below:
            below.sendall(said)
            line.ended.wait(0.2)

    return speak


SPOILT = record(23, noise(64))
REFUSED, RESET, TIMEOUT = (
    Failure.TLS_HANDSHAKE_REFUSED,
    Failure.TLS_RESET,
    Failure.TLS_TIMEOUT,
)

_SPEECHES: dict[str, tuple[Speech, Failure]] = {
    "accepts and says nothing": (mute, TIMEOUT),
    "handshake by the byte": (dripping, TIMEOUT),
    "reset when accepted": (reset_unheard, RESET),
    "reset after the hello": (after_hello(b"", then_reset=True), RESET),
    "reset within the handshake": (after_hello(server_hello(TLS_1_2)[:20], then_reset=True), RESET),
    "closes after the hello": (after_hello(b""), RESET),
    "closes within the handshake": (after_hello(server_hello(TLS_1_2)[:20]), RESET),
    "alert: handshake failure": (after_hello(alert(40)), REFUSED),
    "alert: unknown name": (after_hello(alert(112)), REFUSED),
    "alert: internal error": (after_hello(alert(80)), REFUSED),
    "alert: version": (after_hello(alert(70)), Failure.TLS_VERSION),
    "alert: close": (after_hello(alert(0, fatal=False)), RESET),
    "endless warnings": (endless(alert(90, fatal=False) * 64), REFUSED),
    "TLS 1.0 alone": (after_hello(server_hello(TLS_1_0)), Failure.TLS_VERSION),
    "SSL 3 alone": (after_hello(server_hello(SSL_3)), Failure.TLS_VERSION),
    "endless handshake": (
        endless(record(HANDSHAKE, b"\x02\xff\xff\xff" + bytes(RECORD_BYTES - 4))),
        REFUSED,
    ),
    "plain HTTP": (after_hello(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), REFUSED),
    "an SSH banner": (after_hello(b"SSH-2.0-OpenSSH_9.2\r\n"), REFUSED),
    "an HTTP/2 preface": (after_hello(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), REFUSED),
    "random bytes": (after_hello(noise(4096)), REFUSED),
    "endless plain text": (endless(b"z" * 65536), REFUSED),
}
_CERTIFICATES: dict[str, Failure | None] = {
    "good": None,
    "wrong name": Failure.TLS_NAME_MISMATCH,
    "expired": Failure.TLS_EXPIRED,
    "not yet valid": Failure.TLS_NOT_YET_VALID,
    "untrusted": Failure.TLS_UNTRUSTED,
    "self-signed": Failure.TLS_UNTRUSTED,
    "NUL in the CN": Failure.TLS_NAME_MISMATCH,
    "NUL in a SAN": Failure.TLS_NAME_MISMATCH,
    "IP address of another": Failure.TLS_NAME_MISMATCH,
    "chain of 200 kB": Failure.TLS_HANDSHAKE_REFUSED,
    "no SAN": None,
    "revoked-looking": None,
    "SANs of 64 kB": None,
    "chain of 64 kB": None,
}

_BY_HTTPS: tuple[Row, ...] = (
    *(
        Row(name=f"TLS: {name}", speak=speak, failure=failure, scheme="https")
        for name, (speak, failure) in _SPEECHES.items()
    ),
    *(
        Row(
            name=f"certificate: {name}",
            speak=peers.saying(peers.OK),
            failure=failure,
            status=None if failure else 200,
            scheme="https",
            certificate=name,
        )
        for name, failure in _CERTIFICATES.items()
    ),
    *(
        Row(name=name, speak=speak, failure=failure, scheme="https", certificate="good")
        for name, speak, failure in (
            ("TLS: a spoilt record in place of the answer", in_plain(SPOILT), Failure.HTTP_RESET),
            ("TLS: plain text in place of the answer", in_plain(peers.OK), Failure.HTTP_RESET),
            ("TLS: an alert in place of the answer", in_plain(alert(40)), Failure.HTTP_RESET),
        )
    ),
)
_BY_TLS = (
    replace(row, name=f"{row.name} (kind tls)", scheme="tls", status=None)
    for row in _BY_HTTPS
    if row.failure is not Failure.HTTP_RESET
)
ROWS: tuple[Row, ...] = (*_BY_HTTPS, *_BY_TLS)
