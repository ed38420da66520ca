"""An HTTP/1 answer read strictly and to an end, where http.client is lenient or endless.

http.client takes a head that breaks off for a whole one, 102 and 103 for the answer itself, and a
negative, signed or worded length for none; it reads interim answers and trailers without end.
Each is a wrong verdict of an endpoint or a canary kept busy by its target.
"""

import io
import re
from http.client import BadStatusLine, HTTPException, HTTPResponse, IncompleteRead, parse_headers

_INTERIM_LIMIT = 32
_TRAILERS_LIMIT = 100
_SWITCHING = 101
_LINE_LIMIT = 65536
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")


class NotHttp(HTTPException):
    """The answer breaks HTTP's rules; the text says which, in words of ours alone."""


class Lines(io.BufferedReader):
    """A peer's bytes, of which a line that the peer never ended is none."""

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        cut = size is not None and 0 <= size <= len(line)
        if not cut and not line.endswith(b"\n"):
            raise IncompleteRead(line)
        return line


class StrictAnswer(HTTPResponse):
    """Overrides the private steps of `http.client.HTTPResponse`, whose names have stood since
    Python 3.5; the tests of the zoo fail where one is no longer called."""

    chunked: bool
    length: int | None

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(_INTERIM_LIMIT):
            version, status, reason = self._status_line()
            if status == _SWITCHING or not 100 <= status < 200:
                return version, status, reason
            parse_headers(self.fp)
        raise NotHttp(f"more than {_INTERIM_LIMIT} interim answers")

    def _status_line(self) -> tuple[str, int, str]:
        try:
            told: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
        except IncompleteRead as error:
            if error.partial[:5] != b"HTTP/"[: len(error.partial)]:
                raise BadStatusLine("") from error
            raise
        return told

    def begin(self) -> None:
        super().begin()
        said = ",".join(self.headers.get_all("content-length", []))
        values = {value.strip() for value in said.split(",")} - {""}
        if self.chunked or not values:
            return
        if len(values) > 1:
            raise NotHttp("it has two different content-lengths")
        (value,) = values
        if not _LENGTH.fullmatch(value):
            raise NotHttp("its content-length is no number of bytes")
        if self.length is None:
            self.length = int(value)

    def _read_next_chunk_size(self) -> int:
        line = self.fp.readline(_LINE_LIMIT + 1)
        size = line.partition(b";")[0].strip(b" \t\r\n")
        if len(line) > _LINE_LIMIT or not _CHUNK_SIZE.fullmatch(size):
            raise NotHttp("the size of a chunk is no number of bytes")
        return int(size, 16)

    def _safe_read(self, amt: int) -> bytes:
        # Called for the line end after a chunk alone: bodies are read by `read1`.
        data: bytes = super()._safe_read(amt)  # type: ignore[misc]
        if self.chunked and data != b"\r\n":
            raise NotHttp("a chunk is longer than it says")
        return data

    def _read_and_discard_trailer(self) -> None:
        for _ in range(_TRAILERS_LIMIT):
            try:
                line = self.fp.readline(_LINE_LIMIT + 1)
            except IncompleteRead as error:
                if error.partial:
                    raise
                return  # some servers close after the last chunk, and clients put up with it
            if line in (b"\r\n", b"\n"):
                return
        raise NotHttp(f"more than {_TRAILERS_LIMIT} trailers")
