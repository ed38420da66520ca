"""Threads for the tasks of one look: few while all goes well, more while some wait on slow peers.

A fixed number would let that many silent peers hold up every other probe; as many threads as
probes would let handshakes crowd each other out of a small CPU share and falsify their times.
"""

from collections import deque
from collections.abc import Callable
from threading import Condition, Lock, Thread

from probing.clock import Clock
from probing.deadline import Deadline

Task = Callable[[], None]

_STALLED_SECONDS = 0.15
_WATCH_SECONDS = 0.05
_THREADS_LIMIT = 512
"""Half of the 1,024 threads and file descriptors that a Lambda environment has."""


class Pool:
    """Tasks may add tasks. A task must not raise; it may outlive `run`, in a daemon thread."""

    def __init__(self, clock: Clock, concurrency: int) -> None:
        self._clock = clock
        self._concurrency = concurrency
        self._tasks: deque[Task] = deque()
        self._begun: dict[int, float] = {}
        self._threads = 0
        self._idle = 0
        self._closed = False
        # Two conditions of one lock: whoever waits is woken for what it waits for and no more.
        lock = Lock()
        self._given = Condition(lock)
        self._over = Condition(lock)

    def add(self, task: Task) -> None:
        with self._given:
            self._tasks.append(task)
            if self._idle:
                self._given.notify()
            if self._threads and len(self._tasks) > self._idle:
                self._grow(0)

    def run(self, deadline: Deadline, *, grace_seconds: float) -> None:
        """Work until all tasks are done. At the deadline no further task begins; those begun have
        `grace_seconds` to end."""
        end = Deadline(clock=deadline.clock, at=deadline.at + grace_seconds)
        with self._over:
            while (self._tasks or self._begun) and not end.passed:
                if deadline.passed:
                    self._tasks.clear()
                self._grow(self._stalled())
                self._over.wait(min(_WATCH_SECONDS, max(0.0, end.at - self._now())))
            self._closed = True
            self._tasks.clear()
            self._given.notify_all()

    def _now(self) -> float:
        return self._clock.monotonic_seconds()

    def _stalled(self) -> int:
        now = self._now()
        return sum(now - at > _STALLED_SECONDS for at in self._begun.values())

    def _grow(self, stalled: int) -> None:
        """One thread for each task, up to `concurrency` beside those that wait on slow peers.

        Each stalled one lets another in beside its own replacement: hundreds of silent peers are
        all begun in about a second.
        """
        wanted = min(self._concurrency + 2 * stalled, len(self._tasks) + len(self._begun))
        while self._threads < min(wanted, _THREADS_LIMIT):
            self._threads += 1
            number = self._threads
            Thread(target=self._work, args=(number,), name=f"look {number}", daemon=True).start()

    def _work(self, number: int) -> None:
        task = self._next(number)
        while task is not None:
            try:
                task()
            finally:
                task = self._next(number)

    def _next(self, number: int) -> Task | None:
        """The next task, begun; None when there will be none."""
        with self._given:
            self._begun.pop(number, None)
            while not self._tasks and not self._closed:
                if not self._begun:
                    self._over.notify()
                self._idle += 1
                self._given.wait()
                self._idle -= 1
            if not self._tasks:
                return None
            self._begun[number] = self._now()
            return self._tasks.popleft()
