"""Do no harm: the name server is asked in measure.

A network interface may send its resolver 1,024 packets a second (Amazon VPC User Guide, "Amazon
DNS server"), and loses what is above, that of the VPC's own workloads on it included.
"""

from collections import deque
from threading import Lock

from probing.clock import Clock

HOSTS_A_SECOND = 100
"""Six packets each at most (A and AAAA, asked by us, by the C library, and of a second resolver),
and half as many again for search domains and retries: below 1,024."""


class Pace:
    """Spreads starts: no more than `a_second` of them in any second, in real time."""

    def __init__(self, clock: Clock, a_second: int = HOSTS_A_SECOND) -> None:
        self._clock = clock
        self._a_second = a_second
        self._starts: deque[float] = deque()
        self._lock = Lock()

    def wait_seconds(self) -> float:
        """Take a start: real seconds to wait before it; 0 while there is room."""
        with self._lock:
            now = self._clock.monotonic_seconds()
            at = now
            if len(self._starts) == self._a_second:
                at = max(now, self._starts.popleft() + 1.0)
            self._starts.append(at)
            return at - now
