"""The small parts: own addresses, the C library's bound, expectations, deadlines, kinds."""

import time

import pytest

from probing import libc
from probing.clock import Clock
from probing.deadline import Deadline
from probing.endpoint import Expect
from probing.evidence import Answer
from probing.expectation import judge
from probing.outcome import Failure
from probing.own import own_addresses, source_towards
from probing.probes import BY_KIND
from probing.request import sanitised_location


def test_own_addresses_are_those_that_we_speak_from():
    sources = {"192.0.2.1": "10.0.0.7", "2001:db8::1": "fd12::7"}
    assert own_addresses(sources.get) == ("10.0.0.7", "fd12::7")


def test_where_no_way_leads_out_there_is_no_own_address():
    assert own_addresses(lambda address: None) == ()


def test_the_kernel_tells_the_source_without_a_packet():
    assert source_towards("127.0.0.1") == "127.0.0.1"


def test_the_c_library_is_bounded_unless_somebody_decided_otherwise():
    unset: dict[str, str] = {}
    libc.bound(unset)
    assert unset == {"RES_OPTIONS": "timeout:1 attempts:1"}
    decided = {"RES_OPTIONS": "attempts:3"}
    libc.bound(decided)
    assert decided == {"RES_OPTIONS": "attempts:3"}


def test_a_c_library_that_hangs_is_left_behind():
    beside = libc.Beside(lambda host: (time.sleep(3), ("10.0.0.1",))[1], "a.example")
    started = time.monotonic()
    assert beside.wait(Deadline.after(Clock(), 0.1)) == ()
    assert time.monotonic() - started < 1


def never(pattern: str, text: str) -> bool:
    raise AssertionError("no pattern stands in these")


@pytest.mark.parametrize(
    ("expect", "status", "body", "failure"),
    [
        (Expect(), 200, b"", None),
        (Expect(), 399, b"", None),
        (Expect(), 403, b"", Failure.HTTP_STATUS),
        (Expect(status=((200, 299), (403, 403))), 403, b"", None),
        (Expect(body_contains="ü"), 200, "grün".encode(), None),
        (Expect(body_contains="ü"), 200, b"gruen", Failure.HTTP_ASSERTION),
        (Expect(body_contains="x"), 500, b"", Failure.HTTP_STATUS),
    ],
)
def test_an_answer_is_held_against_its_expectation(expect, status, body, failure):
    told = judge(expect, Answer(status=status, body=body), never)
    assert (told[0] if told else None) is failure


def test_a_deadline_never_outlasts_the_one_around_it():
    clock = Clock()
    around = Deadline.after(clock, 0.1)
    inner = Deadline.after(clock, 5, within=around)
    assert inner.cut_short and inner.at == around.at
    assert not Deadline.after(clock, 0.01, within=around).cut_short


def test_a_deadline_that_has_passed_says_so_as_a_time_out():
    with pytest.raises(TimeoutError):
        Deadline.after(Clock(), -1).remaining_seconds()


def test_kinds_are_found_by_discovery():
    assert set(BY_KIND) >= {"http", "https"}


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        ("/next?code=1", "/next"),
        ("https://a.example:8443/x;y?z#f", "https://a.example:8443/x;y"),
        ("http://[::1", "(not a URL)"),
        ("http://u:p@[2001:db8::1]:8080/x?y", "http://[2001:db8::1]:8080/x"),
    ],
)
def test_a_location_is_kept_without_what_may_be_a_token(location, kept):
    assert sanitised_location(location) == kept
