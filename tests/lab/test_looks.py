"""How long a step waits beyond the looks that it was promised."""

import pytest

from lab.looks import NotSeen, until
from tests.lab.worlds import live


@pytest.mark.parametrize(
    ("up_seconds", "comes_after", "seen"),
    [(0.0, 60.0, True), (6.0, 120.0, False), (90.0, 120.0, True), (90.0, 240.0, False)],
)
def test_a_machine_that_was_slow_to_bring_up_the_world_is_waited_for_longer(
    up_seconds, comes_after, seen
):
    world = live({}, up_seconds=up_seconds)

    def wait():
        return until(world, 0, lambda: world.clock.at >= comes_after, lambda: "nothing")

    if seen:
        assert wait() == comes_after
    else:
        with pytest.raises(NotSeen):
            wait()
