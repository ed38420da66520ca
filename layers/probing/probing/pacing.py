"""Do no harm: probes of one look reach one host a few at a time, and the name server in measure.

Five hundred endpoints behind one host would be a burst that no caller of theirs makes; a network
interface may send its resolver 1,024 packets a second (Amazon VPC User Guide, "Amazon DNS
server"), and loses what is above, that of the VPC's own workloads on it included.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Lock

from probing.clock import Clock

Task = Callable[[], None]

AT_ONCE = 4
MOST_WAITING = 64
STALLED_SECONDS = 0.25
HOSTS_A_SECOND = 100
"""Six packets each at most (A and AAAA, asked by us, by the C library, and of a second resolver),
and half as many again for search domains and retries: below 1,024."""


class Lanes:
    """Hands tasks on to `start` so that few of one host run at once.

    One that waits on a slow peer for more than a quarter of a second gives its lane away, or a
    silent endpoint would hold up the others of its host; but no more than `most_waiting` of one
    host are begun in all. `relieve` gives such lanes away: whoever runs the tasks calls it now
    and then. Tasks must not raise.
    """

    def __init__(
        self,
        start: Callable[[Task], None],
        clock: Clock,
        *,
        at_once: int = AT_ONCE,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._start = start
        self._clock = clock
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._hosts: dict[str, _Host] = {}
        self._lock = Lock()

    def add(self, host: str, task: Task) -> None:
        """Run `task` when a lane of `host` is free: at once, or after others."""
        with self._lock:
            self._hosts.setdefault(host, _Host()).waiting.append(task)
        self._hand_on(host)

    def relieve(self) -> None:
        """Let further tasks in where those begun have stalled."""
        with self._lock:
            wanting = [name for name, host in self._hosts.items() if host.waiting]
        for name in wanting:
            self._hand_on(name)

    def _hand_on(self, name: str) -> None:
        while True:
            with self._lock:
                host = self._hosts[name]
                now = self._clock.monotonic_seconds()
                fresh = sum(now - at < STALLED_SECONDS for at in host.begun.values())
                full = fresh + host.handed >= self._at_once
                most = len(host.begun) + host.handed >= self._most_waiting
                if not host.waiting or full or most:
                    return
                task = host.waiting.popleft()
                host.handed += 1
            self._start(partial(self._run, name, task))

    def _run(self, name: str, task: Task) -> None:
        with self._lock:
            host = self._hosts[name]
            host.handed -= 1
            host.count += 1
            number = host.count
            host.begun[number] = self._clock.monotonic_seconds()
        try:
            task()
        finally:
            with self._lock:
                del host.begun[number]
            self._hand_on(name)


class _Host:
    """`handed` tasks wait for a thread, `begun` are under way since the time given."""

    def __init__(self) -> None:
        self.waiting: deque[Task] = deque()
        self.begun: dict[int, float] = {}
        self.handed = 0
        self.count = 0


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
