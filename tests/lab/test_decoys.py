"""Decoys are drawn from the seed alone."""

from lab import decoys

ACTORS = ("developer", "pipeline")


def test_the_same_seed_draws_the_same_decoys() -> None:
    assert decoys.draw(24, ACTORS, 420, 7) == decoys.draw(24, ACTORS, 420, 7)


def test_another_seed_draws_others() -> None:
    assert decoys.draw(24, ACTORS, 420, 7) != decoys.draw(24, ACTORS, 420, 8)


def test_every_kind_of_decoy_is_made_when_there_are_enough() -> None:
    drawn = decoys.draw(24, ACTORS, 420, 3)
    assert {decoy.what for decoy in drawn} == set(decoys.KINDS)
    assert all(0 <= decoy.offset_seconds <= 420 for decoy in drawn)
    assert {decoy.actor for decoy in drawn} <= set(ACTORS)
