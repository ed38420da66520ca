"""Read one HTTP/1 answer from bytes as they come: strict in framing, bounded in every part.

Read by hand and not by a library (docs/adr/0005): nothing here touches a socket, so that any bytes
whatever can be tried on it. RFC 9112 is the form; where it leaves a choice, what an ordinary
client takes is taken, because what only we refuse is no failure of the endpoint.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

BODY_LIMIT_BYTES = 64 * 1024
HEAD_LIMIT_BYTES = 256 * 1024
"""Of all heads together: a peer may send interim answers (1xx) before the one that counts."""
HEADERS_LIMIT = 100
_LINE_LIMIT_BYTES = 64 * 1024
_CHUNK_LINE_LIMIT_BYTES = 4 * 1024
_INTERIM_LIMIT = 32

_STATUS_LINE = re.compile(rb"HTTP/1\.([0-9])[ \t]+([1-9][0-9]{2})(?:[ \t].*)?", re.S)
_CHUNK_LINE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;.*)?", re.S)
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
_HEAD_END = re.compile(rb"\n\r?\n")
_SWITCHING = 101
_NO_BODY = (204, 304, _SWITCHING)

Receive = Callable[[], bytes]
"""The next bytes of the peer, at least one; b"" when it has ended its side."""


class NotHttp(ValueError):
    """What came is no HTTP answer; the text is ours and quotes nothing of the peer's."""


class Ended(ConnectionError):
    """The peer ended its side before its answer was complete."""


class Headers(Mapping[str, str]):
    """Header fields by lower-case name; those of one name are joined by ", " (RFC 9110, 5.3)."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def get(self, name: str, default: Any = None) -> Any:
        """As Mapping.get, without an exception for each absent name."""
        return self._fields.get(name.lower(), default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


class Reader:
    """`head` then `body` read it; `rest` is what came behind the part that was read."""

    def __init__(self, receive: Receive, method: str) -> None:
        self._receive = receive
        self._method = method
        self.status = 0
        self.headers = Headers({})
        self.rest = b""

    def head(self) -> None:
        """Status and headers of the first answer that is not interim. Raises NotHttp, Ended,
        and whatever `receive` raises."""
        left = HEAD_LIMIT_BYTES
        for _ in range(_INTERIM_LIMIT):
            block = self._block(left)
            left -= len(block)
            lines = block.split(b"\n")
            self.status = _status(lines[0].rstrip(b"\r"))
            if self.status >= 200 or self.status == _SWITCHING:
                self.headers = _headers(lines[1:])
                return
        raise NotHttp(f"more than {_INTERIM_LIMIT} interim answers")

    def body(self) -> Iterator[bytes]:
        """The body, decoded of chunks alone, in parts as they come."""
        if self._method == "HEAD" or self.status in _NO_BODY:
            return
        codings = self.headers.get("transfer-encoding", "").lower().split(",")
        if "chunked" in (coding.strip() for coding in codings):
            yield from self._chunks()
            return
        lengths = {v.strip() for v in self.headers.get("content-length", "").split(",")} - {""}
        if lengths:
            yield from self._counted(_length(lengths))
        else:
            yield from self._to_the_end()

    def _block(self, limit: int) -> bytes:
        """One head up to its empty line, at most `limit` bytes."""
        buffer, searched = bytearray(self.rest), 0
        while True:
            if buffer[:5] != b"HTTP/"[: len(buffer)]:
                raise NotHttp("no status line")
            end = _HEAD_END.search(buffer, searched)
            if (end.end() if end else len(buffer)) > limit:
                raise NotHttp(f"a head of more than {HEAD_LIMIT_BYTES // 1024} kB")
            if end:
                self.rest = bytes(buffer[end.end() :])
                return bytes(buffer[: end.start()])
            searched = max(0, len(buffer) - 3)
            buffer += self._more()

    def _more(self) -> bytes:
        part = self._receive()
        if not part:
            raise Ended("the peer ended its side before its answer was complete")
        return part

    def _to_the_end(self) -> Iterator[bytes]:
        part = self.rest or self._receive()
        self.rest = b""
        while part:
            yield part
            part = self._receive()

    def _counted(self, length: int) -> Iterator[bytes]:
        while length:
            part = self.rest or self._more()
            part, self.rest = part[:length], part[length:]
            length -= len(part)
            yield part

    def _chunks(self) -> Iterator[bytes]:
        while True:
            line = _CHUNK_LINE.fullmatch(self._line(_CHUNK_LINE_LIMIT_BYTES))
            if line is None:
                raise NotHttp("a chunk without a size")
            size = int(line[1], 16)
            if size == 0:
                break
            yield from self._counted(size)
            if self._line(_CHUNK_LINE_LIMIT_BYTES):
                raise NotHttp("a chunk longer than its size")
        # Trailers: an ordinary client waits for their end, and so is a peer that hangs here seen.
        for _ in range(HEADERS_LIMIT):
            try:
                if not self._line(_LINE_LIMIT_BYTES):
                    return
            except Ended:
                if self.rest:
                    raise
                return  # some servers close after the last chunk, and clients put up with it
        raise NotHttp(f"more than {HEADERS_LIMIT} trailers")

    def _line(self, limit: int) -> bytes:
        buffer, searched = bytearray(self.rest), 0
        while True:
            end = buffer.find(b"\n", searched)
            if (end if end >= 0 else len(buffer)) > limit:
                raise NotHttp("a line that is too long")
            if end >= 0:
                self.rest = bytes(buffer[end + 1 :])
                return bytes(buffer[:end]).removesuffix(b"\r")
            searched = len(buffer)
            self.rest = bytes(buffer)
            buffer += self._more()


def _status(line: bytes) -> int:
    found = _STATUS_LINE.fullmatch(line)
    if found is None:
        raise NotHttp("no HTTP/1 status line")
    return int(found[2])


def _headers(lines: list[bytes]) -> Headers:
    """Folded lines are joined (RFC 9112, 5.2). A line that is no field is passed over, as ordinary
    clients do, but never one of framing: `Content-Length :` counts."""
    if len(lines) > HEADERS_LIMIT:
        raise NotHttp(f"more than {HEADERS_LIMIT} header fields")
    fields: dict[str, str] = {}
    last = ""
    for line in lines:
        if len(line) > _LINE_LIMIT_BYTES:
            raise NotHttp("a header line that is too long")
        text = line.decode("latin-1")
        name, colon, value = text.partition(":")
        if text[:1] in (" ", "\t"):
            if last:
                fields[last] += f" {text.strip()}"
        elif colon and (last := name.strip().lower()):
            value = value.strip()
            fields[last] = f"{fields[last]}, {value}" if last in fields else value
    return Headers(fields)


def _length(values: set[str]) -> int:
    """Several equal values are one (RFC 9110, 8.6). Raises NotHttp for any other."""
    if len(values) > 1:
        raise NotHttp("it has two different content-lengths")
    (value,) = values
    if not _LENGTH.fullmatch(value):
        raise NotHttp("its content-length is no number of bytes")
    return int(value)
