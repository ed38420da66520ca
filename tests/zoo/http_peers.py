"""HTTP servers that are silent, slow, endless, broken or mad: `ROWS`, each with its failure."""

import gzip
import random
from collections.abc import Iterator
from functools import cache

from probing.outcome import Failure
from tests.zoo import peers
from tests.zoo.peers import Line, Speech
from tests.zoo.rows import Row

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
OK_AFTER = b"Content-Length: 2\r\n\r\nok"
ZEROS = 64 * 1024 * 1024
DRIP_SECONDS = 0.25


def mute(line: Line) -> None:
    """Accept; hear nothing, say nothing."""
    line.ended.wait()


def flooding(head: bytes, drop: bytes) -> Speech:
    """Say `head`, then `drop` as fast as it is taken."""

    def speak(line: Line) -> None:
        line.hear()
        line.say(head)
        while not line.ended.is_set():
            line.say(drop)

    return speak


def by_the_byte(head: bytes, slow: bytes) -> Speech:
    """Say `head` at once and `slow` a byte at a time."""

    def speak(line: Line) -> None:
        line.hear()
        line.say(head)
        for byte in slow:
            if line.ended.wait(DRIP_SECONDS):
                return
            line.say(bytes([byte]))

    return speak


def reset_unheard(line: Line) -> None:
    """Reset once the connection is there (sooner, the client would still be connecting)."""
    line.ended.wait(0.1)
    peers.reset_when_closed(line)


@cache
def bomb() -> bytes:
    """64 MB of zeros in 64 kB of gzip, made once: it takes longer than a probe may."""
    return gzip.compress(bytes(ZEROS), compresslevel=9)


def bombing(line: Line) -> None:
    body = bomb()
    line.hear()
    line.say(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def looping(line: Line) -> None:
    """Lead back to where the request came to."""
    target = line.hear().split(b" ")[1]
    line.say(b"HTTP/1.1 302 Found\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n")


def noise(count: int, seed: int = 4) -> bytes:
    return random.Random(seed).randbytes(count)


def _length(value: bytes, body: bytes = b"ok") -> Speech:
    return peers.saying(HEAD + b"Content-Length: " + value + b"\r\n\r\n" + body)


def _reasoned(count: int) -> Speech:
    return peers.saying(b"HTTP/1.1 200 " + b"K" * count + b"\r\n" + OK_AFTER)


def _chunks(data: bytes) -> Speech:
    return peers.saying(CHUNKED + data)


def _headed(header: bytes) -> Speech:
    return peers.saying(HEAD + header + b"\r\n" + OK_AFTER)


def _interim(*statuses: bytes) -> Speech:
    said = b"".join(b"HTTP/1.1 " + status + b"\r\nLink: </a>\r\n\r\n" for status in statuses)
    return peers.saying(said + peers.OK)


RESET, MALFORMED, TIMEOUT = Failure.HTTP_RESET, Failure.HTTP_MALFORMED, Failure.HTTP_TIMEOUT
Told = tuple[Speech, Failure | None, int | None]

SLOW: dict[str, Told] = {
    "hears and says nothing": (peers.silent, TIMEOUT, None),
    "status line by the byte": (by_the_byte(b"", HEAD + OK_AFTER), TIMEOUT, None),
    "headers by the byte": (by_the_byte(HEAD, OK_AFTER), TIMEOUT, None),
    "chunk size by the byte": (by_the_byte(CHUNKED, b"0" * 99), TIMEOUT, 200),
    "chunk extension by the byte": (by_the_byte(CHUNKED + b"5;", b"e" * 99), TIMEOUT, 200),
    "trailer by the byte": (by_the_byte(CHUNKED + b"0\r\n", b"t" * 99), TIMEOUT, 200),
    "body by the byte": (by_the_byte(HEAD + b"\r\n", b"z" * 99), TIMEOUT, 200),
    "100 Continue, then nothing": (
        by_the_byte(b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + OK_AFTER),
        TIMEOUT,
        None,
    ),
}
BROKEN_OFF: dict[str, Told] = {
    "closes without a word": (peers.closing, RESET, None),
    "reset after the request": (peers.reset(), RESET, None),
    "reset within the status line": (peers.reset(b"HTTP/1.1 20"), RESET, None),
    "reset within the headers": (peers.reset(HEAD + b"Server: zo"), RESET, None),
    "reset within the body": (peers.reset(HEAD + b"Content-Length: 9\r\n\r\nab"), RESET, 200),
    "reset within a chunk": (peers.reset(CHUNKED + b"9\r\nab"), RESET, 200),
    "closed within the status line": (peers.saying(b"HTTP/1.1 20"), RESET, None),
    "closed within the headers": (peers.saying(HEAD + b"Server: zo"), RESET, None),
    "closed after a header": (peers.saying(HEAD + b"Server: zoo\r\n"), RESET, None),
    "closed within a chunk": (_chunks(b"9\r\nab"), RESET, 200),
    "closed within a chunk size": (_chunks(b"9"), RESET, 200),
    "closed between chunks": (_chunks(b"2\r\nok\r\n"), RESET, 200),
}
ENDLESS: dict[str, Told] = {
    "endless headers": (flooding(HEAD, b"X-More: and more\r\n" * 512), MALFORMED, None),
    "endless header line": (flooding(HEAD + b"X-More: ", b"m" * 8192), MALFORMED, None),
    "endless status line": (flooding(b"HTTP/1.1 200 ", b"O" * 8192), MALFORMED, None),
    "status line of 60 kB": (_reasoned(60_000), None, 200),
    "status line of 1 MB": (_reasoned(1_000_000), MALFORMED, None),
    "endless interim answers": (
        flooding(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 256),
        MALFORMED,
        None,
    ),
    "endless early hints": (
        flooding(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 128),
        MALFORMED,
        None,
    ),
    "endless body": (flooding(HEAD + b"\r\n", b"z" * 65536), None, 200),
    "endless chunks": (flooding(CHUNKED, b"1000\r\n" + b"z" * 4096 + b"\r\n"), None, 200),
    "endless chunks of one byte": (flooding(CHUNKED, b"1\r\nz\r\n" * 1024), None, 200),
    "endless chunk size": (flooding(CHUNKED, b"0" * 8192), MALFORMED, 200),
    "endless chunk extension": (flooding(CHUNKED + b"1;", b"e" * 8192), MALFORMED, 200),
    "endless trailers": (flooding(CHUNKED + b"0\r\n", b"T: t\r\n" * 1024), MALFORMED, 200),
    "gzip bomb": (bombing, None, 200),
}
FRAMING: dict[str, Told] = {
    "content-length too long": (_length(b"9"), RESET, 200),
    "content-length too short": (_length(b"1"), None, 200),
    "content-length twice the same": (_length(b"2\r\nContent-Length: 2"), None, 200),
    "content-length twice, different": (_length(b"2\r\nContent-Length: 3"), MALFORMED, 200),
    "content-length as a differing list": (_length(b"2, 3"), MALFORMED, 200),
    "content-length negative": (_length(b"-2"), MALFORMED, 200),
    "content-length signed": (_length(b"+2"), MALFORMED, 200),
    "content-length of words": (_length(b"two"), MALFORMED, 200),
    "content-length empty": (_length(b""), None, 200),
    "content-length beyond all size": (_length(b"9" * 30), MALFORMED, 200),
    "content-length of 5,000 digits": (_length(b"9" * 5000), MALFORMED, 200),
    "chunks, extensions and trailers": (
        _chunks(b'2;a="b"\r\nok\r\n0\r\nX-Sum: 1\r\nX-End: 2\r\n\r\n'),
        None,
        200,
    ),
    "chunks and a content-length": (
        peers.saying(CHUNKED[:-2] + b"Content-Length: 999\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
        None,
        200,
    ),
    "chunk size negative": (_chunks(b"-2\r\nok\r\n0\r\n\r\n"), MALFORMED, 200),
    "chunk size signed": (_chunks(b"+2\r\nok\r\n0\r\n\r\n"), MALFORMED, 200),
    "chunk size with a prefix": (_chunks(b"0x2\r\nok\r\n0\r\n\r\n"), MALFORMED, 200),
    "chunk size with an underscore": (_chunks(b"0_2\r\nok\r\n0\r\n\r\n"), MALFORMED, 200),
    "chunk size garbage": (_chunks(b"zz\r\nok\r\n0\r\n\r\n"), MALFORMED, 200),
    "chunk size empty": (_chunks(b"\r\nok\r\n0\r\n\r\n"), MALFORMED, 200),
    "chunk size of 16 digits": (_chunks(b"7FFFFFFFFFFFFFFF\r\nok"), RESET, 200),
    "chunk size beyond all size": (_chunks(b"F" * 99 + b"\r\nok"), MALFORMED, 200),
    "chunk longer than it says": (_chunks(b"2\r\nokay\r\n0\r\n\r\n"), MALFORMED, 200),
    "chunk without its line end": (_chunks(b"2\r\nok2\r\nok\r\n0\r\n\r\n"), MALFORMED, 200),
}
ODD: dict[str, Told] = {
    "100 Continue first": (_interim(b"100 Continue"), None, 200),
    "102 and 103 first": (_interim(b"102 Processing", b"103 Early Hints"), None, 200),
    "101 unasked": (
        peers.saying(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
        Failure.HTTP_STATUS,
        101,
    ),
    "redirects to itself": (looping, None, 302),
    "status 999": (peers.answer("999 Lost"), Failure.HTTP_STATUS, 999),
    "status 000": (peers.answer("000 None"), MALFORMED, None),
    "status 12": (peers.answer("12 Dozen"), MALFORMED, None),
    "status of words": (peers.answer("OK 200"), MALFORMED, None),
    "status without a reason": (peers.answer("200"), None, 200),
    "204 with a body": (peers.answer("204 No Content", b"body"), None, 204),
    "lines that end in LF alone": (peers.saying(peers.OK.replace(b"\r\n", b"\n")), None, 200),
    "UTF-8 in headers": (_headed("Server: zoo-é-☃-日本".encode()), None, 200),
    "no UTF-8 in headers": (_headed(b"Server: \xff\xfe\x80"), None, 200),
    "CR in a header": (_headed(b"Server: zoo\rLocation: /forged"), None, 200),
    "NUL and escapes in a header": (_headed(b"Server: \0zoo\x1b[2J\x07"), None, 200),
    "a header injected by CRLF": (_headed(b"Server: zoo\r\nX-Forged: yes"), None, 200),
    "a folded header": (_headed(b"Server: zoo\r\n folded\r\n\tagain"), None, 200),
    "HTTP/0.9": (peers.saying(b"<html><body>hello</body></html>\n"), MALFORMED, None),
    "HTTP/0.9 without a line end": (peers.saying(b"<html>hello</html>"), MALFORMED, None),
    "HTTP/2 preface": (peers.saying(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), MALFORMED, None),
    "HTTP/2 settings": (peers.saying(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0d"), MALFORMED, None),
    "HTTP/2.0 in the status line": (peers.saying(b"HTTP/2.0 200 OK\r\n\r\n"), MALFORMED, None),
    "an empty line": (peers.saying(b"\r\n\r\n"), MALFORMED, None),
    "a TLS alert": (peers.saying(b"\x15\x03\x01\0\x02\x02\x46"), MALFORMED, None),
    "an SSH banner": (peers.saying(b"SSH-2.0-OpenSSH_9.2\r\n"), MALFORMED, None),
    "an SMTP banner": (peers.saying(b"220 mail.example ESMTP\r\n"), MALFORMED, None),
    "random bytes": (peers.saying(noise(4096)), MALFORMED, None),
    "100 kB of random bytes": (peers.saying(noise(100_000, seed=5)), MALFORMED, None),
}


def _rows() -> Iterator[Row]:
    """Each over TCP as it is, and once more inside TLS: what a peer says is told alike there."""
    told = SLOW | BROKEN_OFF | ENDLESS | FRAMING | ODD
    for name, (speak, failure, status) in told.items():
        given = {"speak": speak, "failure": failure, "status": status}
        yield Row(name=name, **given)
        yield Row(name=f"{name} (TLS)", scheme="https", certificate="good", **given)


ROWS: tuple[Row, ...] = (
    *_rows(),
    Row(name="accepts and says nothing", speak=mute, failure=TIMEOUT),
    Row(name="reset when accepted", speak=reset_unheard, failure=RESET),
    Row(name="TLS on the plain port", speak=peers.silent, failure=RESET, certificate="good"),
)
