"""Threads for the tasks of one look: few while all goes well, more while some wait on slow peers.

A fixed number would let that many silent peers hold up every other probe; as many threads as
probes would let handshakes crowd each other out of a small CPU share and falsify their times.
"""

from _thread import start_new_thread
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Lock

from probing.clock import Clock
from probing.deadline import Deadline

Task = Callable[[], None]

_STALLED_SECONDS = 0.15
_WATCH_SECONDS = 0.05
_THREADS_LIMIT = 512
"""Half of the 1,024 threads and file descriptors that a Lambda environment has."""
_OWN_THREAD = 0


class Pool:
    """Tasks may add tasks. A task may outlive `run`, in a thread that ends with the process; one
    that raises leaves no outcome, which its look tells as unknown."""

    def __init__(self, clock: Clock, concurrency: int) -> None:
        self._clock = clock
        self._concurrency = concurrency
        self._tasks: deque[Task] = deque()
        self._begun: dict[int, float] = {}
        self._threads = 0
        self._started = 0
        self._idle = 0
        self._moved_at = clock.monotonic_seconds()
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
        while self._tend(deadline, end):
            if self._nobody_works():
                self._do(_OWN_THREAD)
        with self._given:
            self._closed = True
            self._tasks.clear()
            self._given.notify_all()

    def _tend(self, deadline: Deadline, end: Deadline) -> bool:
        """Let in what may begin, and wait a moment; False when nothing is left to wait for."""
        with self._over:
            if end.passed or not (self._tasks or self._begun):
                return False
            if deadline.passed:
                self._tasks.clear()
            self._grow(self._stalled())
            if self._threads:
                self._over.wait(min(_WATCH_SECONDS, max(0.0, end.at - self._now())))
            return True

    def _nobody_works(self) -> bool:
        """No thread could be made, or those made died for want of memory before they began."""
        stalled = self._now() - self._moved_at > _STALLED_SECONDS
        return not self._threads or (stalled and not self._begun)

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
            self._started += 1
            try:
                # threading.Thread waits for its thread to report, for ever where that has not the
                # memory to.
                start_new_thread(self._work, (self._started,))
            except (RuntimeError, MemoryError):
                return  # no thread or no memory for one is left: those that are there do it all
            self._threads += 1

    def _work(self, number: int) -> None:
        try:
            while self._awaits_task(number):
                self._do(number)
        except MemoryError:
            pass  # another thread follows where there is work
        finally:
            with self._given:
                self._begun.pop(number, None)
                self._threads -= 1

    def _awaits_task(self, number: int) -> bool:
        with self._given:
            while not self._tasks and not self._closed:
                if not self._begun:
                    self._over.notify()
                self._idle += 1
                try:
                    self._given.wait()
                finally:
                    self._idle -= 1
            return bool(self._tasks)

    def _do(self, number: int) -> None:
        """One task, if there is still one."""
        with self._given:
            if not self._tasks:
                return
            task = self._tasks.popleft()
            self._begun[number] = self._moved_at = self._now()
        try:
            with suppress(Exception):
                task()
        finally:
            with self._given:
                del self._begun[number]
