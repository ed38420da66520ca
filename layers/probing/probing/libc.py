"""What the C library makes of a host: the view that applications have, hosts file and all.

Told beside the name server's own answer; a difference is evidence, never a failure.
"""

import os
import socket
from collections.abc import Callable, MutableMapping
from threading import Thread

from probing.deadline import Deadline

Lookup = Callable[[str], tuple[str, ...]]

_WAIT_SECONDS = 1.2


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
        self._thread = Thread(target=self._run, name=f"getaddrinfo {host}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._found = self._lookup(self._host)

    def wait(self, deadline: Deadline) -> tuple[str, ...]:
        """What it found; () when it is not done by then."""
        within = Deadline.after(deadline.clock, _WAIT_SECONDS, within=deadline)
        if not within.passed:
            self._thread.join(within.remaining_seconds())
        return self._found
