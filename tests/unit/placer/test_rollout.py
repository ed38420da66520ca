"""How far a release goes, by what its canaries see."""

import pytest

from placer.rings import RINGS
from placer.rollout import SOAK_SECONDS, Canary, Rollout, Seen, advance, seen

NOW, OLD, NEW = 1_800_000_000.0, ("r1", "l1", "p1"), ("r2", "l2", "p2")
FIRST = Rollout(code=NEW, open=1, at=NOW - 3600)


def canary(ring, code=NEW, unknown=0.0, settled=SOAK_SECONDS, **told):
    """One that looked a moment ago, and stands so since `settled` seconds."""
    look = Seen(at=NOW - 1, unknown=unknown)
    return Canary(ring=ring, code=code, settled_at=NOW - settled, **{"look": look, **told})


def old(ring, unknown=0.0):
    return canary(ring, OLD, unknown, settled=86_400)


@pytest.mark.parametrize(
    "canaries, opened",
    [
        pytest.param((old(0), old(1)), 1, id="the first ring is still to be updated"),
        pytest.param((canary(0, settled=10), old(1)), 1, id="it has looked too short a time"),
        pytest.param((canary(0, look=None), old(1)), 1, id="it has not looked yet"),
        pytest.param(
            (canary(0, look=Seen(at=NOW - 9999, unknown=0.0)), old(1)), 1, id="it looked before"
        ),
        pytest.param((canary(0), old(1)), 2, id="it looked well: the next ring"),
        pytest.param((canary(0, look=None, settled=3600), old(1)), 2, id="nobody asks it"),
        pytest.param((canary(0), old(3)), 4, id="empty rings are not waited for"),
        pytest.param((old(2), old(3)), 3, id="nor is an empty first ring"),
        pytest.param(
            (canary(0, stands=False, look=None), old(1)), 2, id="a failed stack holds none"
        ),
        pytest.param(
            (canary(0, stands=False, at_work=True, look=None), old(1)), 1, id="it is being updated"
        ),
        pytest.param((), RINGS, id="no canary at all"),
    ],
)
def test_the_next_ring_opens_when_the_one_before_looked_well(canaries, opened):
    told = advance(FIRST, NEW, canaries, NOW)
    assert (told.open, told.halted) == (opened, "")


@pytest.mark.parametrize(
    "canaries, halts",
    [
        pytest.param((canary(0, unknown=1.0), old(1)), True, id="no answer from the new one"),
        pytest.param((canary(0, unknown=0.3), old(1, 0.05)), True, id="a rise"),
        pytest.param((canary(0, unknown=0.3), old(1, 0.3)), False, id="as unknown as the old"),
        pytest.param((canary(0, unknown=0.1), old(1)), False, id="a little more"),
        pytest.param((canary(0), old(1, 1.0)), False, id="the old are the blind ones"),
        pytest.param((canary(0, unknown=1.0),), False, id="nothing further to roll out to"),
    ],
)
def test_it_halts_when_more_becomes_unknown(canaries, halts):
    told = advance(FIRST, NEW, canaries, NOW)
    assert bool(told.halted) == halts
    if halts:
        assert told.open == 1 and "release r2 is not rolled out further" in told.halted


def test_a_halt_ends_when_its_canaries_see_again():
    halted = advance(FIRST, NEW, (canary(0, unknown=1.0), old(1)), NOW)
    assert advance(halted, NEW, (canary(0), old(1)), NOW).halted == ""


@pytest.mark.parametrize("code", [("r3", "l2", "p2"), ("r2", "l3", "p2")])
def test_another_release_begins_with_the_first_ring_also_by_the_same_name(code):
    done = Rollout(code=NEW, open=RINGS, at=NOW - 3600, halted="was")
    told = advance(done, code, (canary(0), canary(1)), NOW)
    assert (told.code, told.open, told.halted) == (code, 1, "")


@pytest.mark.parametrize(
    "look, unknown",
    [
        ({"at": 1.0, "state": "unknown", "pairs": {}}, 1.0),
        ({"at": 1.0, "state": "looked", "pairs": {}}, 0.0),
        ({"at": 1.0, "state": "looked", "pairs": {"a": {"state": "ok"}}}, 0.0),
        ({"at": 1.0, "pairs": {"a": {"state": "failing"}, "b": {"state": "unknown"}}}, 0.5),
        ({"at": 1.0, "pairs": {"a": {"state": "skipped"}, "b": {"state": "unknown"}}}, 1.0),
    ],
)
def test_a_look_is_read_as_the_checker_keeps_it(look, unknown):
    assert seen(look) == Seen(at=1.0, unknown=unknown)


def test_a_vpc_that_was_never_looked_at_has_none():
    assert seen(None) is None
