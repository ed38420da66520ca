"""The exchange on a bare socket pair: any bytes whatever, and answers without a body."""

import socket
import time
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from probing import failures
from probing.clock import Clock
from probing.deadline import Deadline
from probing.outcome import Failure, Stage
from probing.transport import Exchange, Request

LINES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/9.9 abc\r\n",
        b"HTTP/1.1 -1 x\r\n",
        b"Content-Length: 3\r\n",
        b"Content-Length: 3, 4\r\n",
        b"Content-Length: -3\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b": no name\r\n",
        b" folded\r\n",
        b"\r\n",
        b"zz\r\n",
        b"1\r\na\r\n",
        b"0\r\n\r\n",
    ]
)


def exchange(said: bytes, method: str = "GET", seconds: float = 2.0) -> Exchange:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        theirs.sendall(said)
        theirs.shutdown(socket.SHUT_WR)
        done = Exchange()
        asked = Request(method=method, target="/", headers={"Host": "a.example"})
        done.run(ours, asked, Deadline.after(Clock(), seconds))
    return done


@given(st.lists(st.one_of(LINES, st.binary(max_size=40)), max_size=8).map(b"".join))
@example(b"HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabc")
def test_whatever_a_peer_says_is_never_taken_for_a_fault_of_ours(said):
    try:
        exchange(said)
    except Exception as error:  # noqa: BLE001 - whatever comes must have a failure of its own
        assert failures.of(error, Stage.HTTP)[0] is not Failure.CANARY_ERROR, error


@pytest.mark.parametrize(
    ("method", "said", "body"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", b""),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        ("GET", b"HTTP/1.1 304 Not Modified\r\n\r\n", b""),
        ("GET", b"HTTP/1.0 200 OK\r\n\r\nuntil the end", b"until the end"),
        (
            "GET",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
            b"abc",
        ),
    ],
)
def test_answers_of_every_framing_are_read(method, said, body):
    assert exchange(said, method).body == body


def test_a_peer_that_reads_nothing_does_not_hold_a_large_request_beyond_the_deadline():
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        asked = Request(method="GET", target="/", headers={"X": "x" * 10_000_000})
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            Exchange().run(ours, asked, Deadline.after(Clock(), 0.3))
        assert time.monotonic() - started < 1.0
