"""What the C library makes of a host: the view that applications have, hosts file and all.

Told beside the name server's own answer; a difference is evidence, never a failure.
"""

import os
import socket
from _thread import start_new_thread
from collections import deque
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock

from probing.deadline import Deadline

Lookup = Callable[[str], tuple[str, ...]]

_WAIT_SECONDS = 1.2
_ADDRESSES_LIMIT = 64


def bound(environ: MutableMapping[str, str] = os.environ) -> None:
    """Make the C library give up on a silent name server after 1 s, not 10 (resolv.conf(5)).

    Only before the first lookup of a process: the library reads it once.
    """
    environ.setdefault("RES_OPTIONS", "timeout:1 attempts:1")


def addresses(host: str) -> tuple[str, ...]:
    """The addresses in the order that applications try them; () when it finds none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class Beside:
    """One lookup in a thread of its own: the C library cannot be interrupted, only left behind."""

    def __init__(self, lookup: Lookup, host: str) -> None:
        self._found: tuple[str, ...] = ()
        self._lookup = lookup
        self._host = host
        self._done = Lock()
        self._done.acquire()
        if not _hand_over(self._run):
            self._done.release()  # no thread is left; what it would tell is evidence beside

    def _run(self) -> None:
        # Short of memory or descriptors it finds nothing: its word is evidence beside.
        try:
            with suppress(Exception):
                self._found = self._lookup(self._host)[:_ADDRESSES_LIMIT]
        finally:
            self._done.release()

    def wait(self, deadline: Deadline) -> tuple[str, ...]:
        """What it found; () when it is not done by then."""
        within = Deadline.after(deadline.clock, _WAIT_SECONDS, within=deadline)
        if not within.passed:
            self._done.acquire(timeout=within.remaining_seconds())
        return self._found


_idle: deque[SimpleQueue[Callable[[], None]]] = deque()
"""The threads that wait for a lookup, each at a queue of its own: starting one costs as much CPU as
the lookup. One that hangs in the C library is simply not here."""


def _hand_over(task: Callable[[], None]) -> bool:
    """Whether a thread takes it: one that waits, or a new one."""
    try:
        _idle.pop().put(task)
    except IndexError:
        queue: SimpleQueue[Callable[[], None]] = SimpleQueue()
        queue.put(task)
        try:
            start_new_thread(_serve, (queue,))
        except (RuntimeError, MemoryError):
            return False
    return True


def _serve(queue: SimpleQueue[Callable[[], None]]) -> None:
    while True:
        task = queue.get()
        try:
            task()
        finally:
            _idle.append(queue)
