"""The reader of HTTP answers: framing held strictly, every part bounded, any split of the bytes."""

from collections.abc import Iterable
from itertools import chain, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probing.http_answer import HEAD_LIMIT_BYTES, Ended, NotHttp, Reader

OK = b"HTTP/1.1 200 OK\r\n"


def read(parts: Iterable[bytes], method: str = "GET") -> tuple[Reader, bytes]:
    said = iter(parts)
    answer = Reader(lambda: next(said, b""), method)
    answer.head()
    return answer, b"".join(answer.body())


GOOD = [
    (OK + b"Content-Length: 3\r\n\r\nabc", 200, b"abc"),
    (OK + b"content-length:3\r\n\r\nabcdef", 200, b"abc"),
    (OK + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 200, b"abc"),
    (OK + b"Content-Length : 2\r\n\r\nabc", 200, b"ab"),
    (b"HTTP/1.1 200 OK\nContent-Length: 1\n\nab", 200, b"a"),
    (b"HTTP/1.0 200\r\n\r\nto the end", 200, b"to the end"),
    (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"\r\nx", 200, b"x"),
    (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
        200,
        b"",
    ),
    (b"HTTP/1.1 204 None\r\nContent-Length: 9\r\n\r\n", 204, b""),
    (OK + b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n", 200, b"abc"),
    (
        OK + b"Transfer-Encoding: gzip, Chunked\r\nContent-Length: 1\r\n\r\n1\r\nz\r\n0\r\n\r\n",
        200,
        b"z",
    ),
    (OK + b"no field\r\nX: 1\r\n folded\r\nContent-Length: 0\r\n\r\n", 200, b""),
]


@pytest.mark.parametrize(("said", "status", "body"), GOOD)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_an_answer_is_read_however_its_bytes_are_split(said, status, body, size):
    answer, got = read(said[at : at + size] for at in range(0, len(said), size))
    assert (answer.status, got) == (status, body)


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9\r\n",
        b"\x00\x00\x12\x04\x00\x00\x00\x00\x00",
        b"\r\n" + OK + b"\r\n",
        b"http/1.1 200 OK\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"HTTP/0.9 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 +20 OK\r\n\r\n",
        OK + b"a: b\r\n" * 101 + b"\r\n",
        OK + b"a: " + b"b" * 70_000 + b"\r\n\r\n",
        OK + b"Content-Length: 3, 4\r\n\r\nabc",
        OK + b"Content-Length: -3\r\n\r\nabc",
        OK + b"Content-Length: +3\r\n\r\nabc",
        OK + b"Content-Length: 1_0\r\n\r\nabc",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2;" + b"x" * 5_000 + b"\r\nab\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 101 + b"\r\n",
    ],
)
def test_what_is_no_answer_is_malformed_and_nothing_of_it_is_quoted(said):
    with pytest.raises(NotHttp) as told:
        read([said])
    assert "abc" not in str(told.value) and "SSH" not in str(told.value)


def test_what_is_no_http_is_told_without_waiting_for_the_end_of_its_line():
    def said():
        yield b"220 mail.example"
        raise AssertionError("more was asked for")

    with pytest.raises(NotHttp):
        read(said())


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "said", [b"", b"HT", b"HTTP/1.1 200", OK, OK + b"A: b\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"]
)
def test_a_head_that_ends_early_is_told_as_ended(said, method):
    with pytest.raises(Ended):
        read([said], method)


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 3\r\n\r\nab",
        b"Transfer-Encoding: chunked\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nab",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\nab",
    ],
)
def test_a_body_that_ends_early_is_told_as_ended(body):
    with pytest.raises(Ended):
        read([OK + body])


INTERIM = b"HTTP/1.1 100 Continue\r\nX: " + b"y" * 20_000 + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("start", "endless", "limit"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", "32 interim"),
        (b"", INTERIM, "256 kB"),
        (OK, b"a" * 1000, "256 kB"),
    ],
)
def test_a_flood_before_the_answer_ends_at_a_limit(start, endless, limit):
    parts = chain([start] if start else [], repeat(endless))
    said = 0

    def receive() -> bytes:
        nonlocal said
        part = next(parts)
        said += len(part)
        return part

    with pytest.raises(NotHttp, match=limit):
        Reader(receive, "GET").head()
    assert said < HEAD_LIMIT_BYTES * 1.2


def test_header_fields_are_found_in_any_case_and_those_of_one_name_are_joined():
    answer, _ = read([OK + b"X-A: 1\r\nSERVER:  zoo \r\nx-a: 2\r\nContent-Length: 0\r\n\r\n"])
    assert answer.headers["Server"] == "zoo" and answer.headers["X-A"] == "1, 2"
    assert "absent" not in answer.headers


def test_what_comes_behind_a_switch_of_protocols_is_kept():
    answer, body = read(
        [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x02hi"]
    )
    assert (answer.status, body, answer.rest) == (101, b"", b"\x81\x02hi")


FRAMES = (
    OK,
    b"\r\n",
    b"\n",
    b"Content-Length: 2\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b" x\r\n",
)
WORDS = (b"2\r\nab\r\n", b"0\r\n\r\n", b"HTTP/1.1 100 C\r\n\r\n", b": a\r\n", b"HTTP/", b"ab")
PIECES = st.sampled_from([*FRAMES, *WORDS])


@given(st.lists(st.one_of(PIECES, st.binary(max_size=30)), max_size=12))
def test_any_bytes_are_an_answer_or_malformed_or_ended_the_same_for_every_split(pieces):
    def told(parts: list[bytes]) -> object:
        try:
            answer, body = read([part for part in parts if part])
        except (NotHttp, Ended) as error:
            return type(error)
        return answer.status, body

    whole = b"".join(pieces)
    assert told(pieces) == told([whole]) == told([whole[at : at + 1] for at in range(len(whole))])
