"""Counts in looks: a look a lab minute, so promises in looks hold at every time scale."""

from collections.abc import Callable

from lab.world.live import LiveWorld

LOOK_SECONDS = 60.0
TRANSPORT_REAL_SECONDS = 8.0
"""Cold starts, queues and polls take real time that no scale shortens: allowed on top, or as much
as the world took to come up where that is more. A slow machine is slow at both."""


class NotSeen(AssertionError):
    """A step of a scenario waited in vain; the message says for what and what was there."""


def until(
    live: LiveWorld, looks: float, seen: Callable[[], bool], what: Callable[[], str]
) -> float:
    """Wait until `seen()`, `looks` looks at most; the lab time when it was. NotSeen with `what`."""
    deadline = live.clock.now_at() + looks * LOOK_SECONDS
    deadline += max(TRANSPORT_REAL_SECONDS, live.up_seconds) * live.clock.scale
    while not seen():
        if live.clock.now_at() > deadline:
            raise NotSeen(f"not within {looks:g} looks: {what()}")
        live.heard.wait(0.2)
    return live.clock.now_at()
