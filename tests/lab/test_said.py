"""What the step `said` takes for said, and what it refuses."""

from types import SimpleNamespace

import pytest

from lab.collector import Heard
from lab.looks import NotSeen
from lab.steps import said
from tests.support.virtual_clock import VirtualClock

WANTED = {"to": "page", "reason": "opened", "contains": ["orders"], "within_looks": 0}


class LabClock(VirtualClock):
    scale = 1.0


class Ear:
    """Has heard what it was given; time passes while one waits for more."""

    def __init__(self, messages, clock):
        self._messages, self._clock = messages, clock

    def heard(self, to=None, reason=None):
        return [m for m in self._messages if to in (None, m.to) and reason in (None, m.reason)]

    def wait(self, seconds):
        self._clock.at += 60.0


def page(notice="i/opened/1", owner="payments", text="DOWN orders-api"):
    return Heard(
        at=0.0, to="page", reason="opened", text=text,
        attributes={"notice": notice, "owner": owner},
    )  # fmt: skip


def run(messages, **arguments):
    clock = LabClock(0.0)
    live = SimpleNamespace(heard=Ear(messages, clock), clock=clock, expand=str, up_seconds=0.0)
    said.run(live, {**WANTED, **arguments})


@pytest.mark.parametrize(
    ("messages", "arguments"),
    [
        ([page()], {}),
        ([page()], {"owner": "payments"}),
        ([page(), page()], {"times": 2}),
    ],
)
def test_it_is_said(messages, arguments):
    run(messages, **arguments)


@pytest.mark.parametrize(
    ("messages", "arguments", "why"),
    [
        ([], {}, "not within"),
        ([page(text="DOWN ledger-api")], {}, "not within"),
        ([page()], {"owner": "shop"}, "not within"),
        ([page()], {"times": 2}, "not within"),
        ([page(), page("i/opened/2")], {"times": 2}, "not as one notice repeated"),
        ([page()], {"lacks": ["DOWN"]}, "must not"),
    ],
)
def test_it_is_not_said_so(messages, arguments, why):
    with pytest.raises(NotSeen, match=why):
        run(messages, **arguments)
