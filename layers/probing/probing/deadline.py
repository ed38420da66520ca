"""One monotonic deadline, asked before every blocking call.

A socket's time-out bounds one call only: a peer that drips a byte a second never meets it. What
waits on a peer therefore asks `remaining_seconds` before each call instead of being given a
time-out once.
"""

from dataclasses import dataclass

from probing.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """`at` is in real monotonic seconds. `cut_short` says that it came from the whole look running
    out of time, so that a time-out under it is our doing and says nothing about the peer."""

    clock: Clock
    at: float
    cut_short: bool = False

    @classmethod
    def after(cls, clock: Clock, seconds: float, *, within: "Deadline | None" = None) -> "Deadline":
        """`seconds` of real time from now, but never later than `within`."""
        at = clock.monotonic_seconds() + seconds
        if within is not None and within.at < at:
            return cls(clock=clock, at=within.at, cut_short=True)
        return cls(clock=clock, at=at)

    @property
    def passed(self) -> bool:
        return self.clock.monotonic_seconds() >= self.at

    def remaining_seconds(self) -> float:
        """Real seconds left, above 0. Raises TimeoutError when none are left: a socket would take
        0 as "do not block" and report that in another way."""
        left = self.at - self.clock.monotonic_seconds()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left
