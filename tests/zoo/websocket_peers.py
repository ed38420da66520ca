"""WebSocket servers (RFC 6455), a few good and many not."""

import base64
import hashlib
import struct

from tests.zoo import peers
from tests.zoo.http_peers import DRIP_SECONDS
from tests.zoo.peers import Line, Speech

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MASK = b"\x11\x22\x33\x44"


def accept_key(key: bytes) -> bytes:
    return base64.b64encode(hashlib.sha1(key + _GUID).digest())


def masked(data: bytes, mask: bytes) -> bytes:
    return bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))


def frame(
    opcode: int, data: bytes = b"", *, last: bool = True, reserved: int = 0, mask: bytes = b""
) -> bytes:
    """One frame; servers must not mask theirs, and some do."""
    head = bytes([(0x80 if last else 0) | reserved << 4 | opcode])
    bit = 0x80 if mask else 0
    if len(data) < 126:
        head += bytes([bit | len(data)])
    elif len(data) < 65536:
        head += struct.pack("!BH", bit | 126, len(data))
    else:
        head += struct.pack("!BQ", bit | 127, len(data))
    return head + mask + (masked(data, mask) if mask else data)


def close(code: int = 1000, reason: bytes = b"") -> bytes:
    return frame(CLOSE, struct.pack("!H", code) + reason)


def header(line: Line, name: bytes) -> bytes:
    """A header of the request heard; b"" where it has none."""
    for one in line.hear().split(b"\r\n"):
        key, _, value = one.partition(b":")
        if key.lower() == name.lower():
            return value.strip()
    return b""


def switch(line: Line, *, extra: bytes = b"", key: bytes | None = None) -> None:
    key = accept_key(header(line, b"Sec-WebSocket-Key")) if key is None else key
    line.say(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + (b"Sec-WebSocket-Accept: " + key + b"\r\n" if key else b"")
        + extra
        + b"\r\n"
    )


def after_switch(*said: bytes, extra: bytes = b"", key: bytes | None = None) -> Speech:
    """Switch, say those frames, and wait for what the client says until it closes."""

    def speak(line: Line) -> None:
        switch(line, extra=extra, key=key)
        line.say(b"".join(said))
        while line.connection.recv(65536):
            pass

    return speak


def flooding(said: bytes, first: bytes = b"") -> Speech:
    def speak(line: Line) -> None:
        switch(line)
        line.say(first)
        while not line.ended.is_set():
            line.say(said)

    return speak


def by_the_byte(line: Line) -> None:
    switch(line)
    for byte in frame(TEXT, b"z" * 100):
        if line.ended.wait(DRIP_SECONDS):
            return
        line.say(bytes([byte]))


def received(line: Line) -> tuple[int, bytes]:
    """Opcode and data of one masked frame of a client; (CLOSE, b"") at the end of all."""
    head = _exactly(line, 2)
    if len(head) < 2:
        return CLOSE, b""
    length = head[1] & 0x7F
    if length >= 126:
        length = int.from_bytes(_exactly(line, 2 if length == 126 else 8), "big")
    mask = _exactly(line, 4) if head[1] & 0x80 else b"\0\0\0\0"
    return head[0] & 0x0F, masked(_exactly(line, length), mask)


def _exactly(line: Line, count: int) -> bytes:
    parts = b""
    while len(parts) < count:
        part = line.connection.recv(count - len(parts))
        if not part:
            break
        parts += part
    return parts


def echoing(line: Line) -> None:
    """A good one: says each text back, answers pings, closes when asked to."""
    switch(line)
    while True:
        opcode, data = received(line)
        if opcode == PING:
            line.say(frame(PONG, data))
        elif opcode in (TEXT, BINARY):
            line.say(frame(opcode, data))
        elif opcode == CLOSE:
            line.say(frame(CLOSE, data[:2]))
            return


def reset_after_switch(line: Line) -> None:
    switch(line)
    line.ended.wait(0.2)
    peers.reset_when_closed(line)


def unswitched(status: bytes, *headers: bytes) -> Speech:
    said = b"".join(one + b"\r\n" for one in headers)
    return peers.saying(b"HTTP/1.1 " + status + b"\r\n" + said + b"\r\n")
