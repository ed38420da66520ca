"""Looks in a process of their own, short of something: `python -m tests.faults.alone WHAT`.

Reads {"stand": ..., "rows": [names]} from standard input; prints a JSON list of looks, each a
list of [endpoint, state, failure].
"""

import json
import os
import resource
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from probing.clock import Clock
from probing.means import Means
from probing.run import look
from probing.wire import Probe, Work
from tests.zoo.stand import GOOD, ROWS, Stand

BY_NAME = {row.name: row for row in (*GOOD, *ROWS)}
Told = list[list[str]]


class Looks:
    """`run()` makes one look at all rows by their name, so that a name server is asked too."""

    def __init__(self, stand: Mapping[str, Any], rows: Iterable[str]) -> None:
        self.stand = Stand(**stand)
        self.rows = tuple(rows)

    def run(self, rows: Iterable[str] = (), timeout: float = 1.5) -> Told:
        probes = [self._probe(name) for name in rows or self.rows]
        work = Work(
            look="alone",
            probes=tuple(probes),
            sentinels=("zoo.example",),
            probe_timeout_seconds=timeout,
            deadline_seconds=15.0,
        )
        means = Means(
            guard=lambda address, own: None if address == "127.0.0.1" else "not loopback",
            ca_file=self.stand.ca_file,
            dns_port=self.stand.dns_port,
            lookup=lambda host: ("127.0.0.1",),
        )
        answer = look(work, Clock(), resolv_conf=self.stand.resolv_conf, means=means)
        return [
            [o.endpoint, str(o.state), str(o.failure or ""), o.steps[-1].detail]
            for o in answer.outcomes
        ]

    def _probe(self, name: str) -> Probe:
        endpoint = BY_NAME[name].endpoint(self.stand.ports[name])
        return Probe(endpoint=endpoint, first=("127.0.0.1",))


def files(looks: Looks) -> list[Told]:
    """No file descriptor left; a few, which are fewer than probes; all again."""
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(3)]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    told = []
    for left in (0, 3, 8):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(held) + 1 + left, hard))
        told.append(looks.run())
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return [*told, looks.run()]


def threads(looks: Looks) -> list[Told]:
    """Address space for no thread's stack, then for a few, then for all."""
    with_all = looks.run()
    told = []
    threading.stack_size(512 * 1024 * 1024)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    for stacks in (0, 2):
        room = 64 + stacks * 513
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + room * 1024 * 1024, hard))
        told.append(looks.run())
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    threading.stack_size(0)
    return [*told, with_all, looks.run()]


def memory(looks: Looks) -> list[Told]:
    """Ever less memory to come by, down to next to none, and then enough again."""
    looks.run()
    told = []
    threading.stack_size(256 * 1024)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    for room_kb in (8192, 2048, 512, 128, 32):
        resource.setrlimit(resource.RLIMIT_AS, (_address_space(), hard))
        ballast = _filled()
        for _ in range(room_kb // 4):
            ballast.pop()
        seen: Told = []  # where even the look fails: whoever asked for it is told nothing
        with suppress(MemoryError):
            seen = looks.run()
        ballast = []
        told.append(seen)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    return [*told, looks.run()]


def _filled() -> list[bytes]:
    """All memory that the process can have, in pieces of 4 kB."""
    ballast: list[bytes] = []
    try:
        while True:
            ballast.append(bytes(4096))
    except MemoryError:
        return ballast


def _address_space() -> int:
    with open("/proc/self/statm") as file:  # noqa: PTH123 - Path would cost a descriptor's detour
        return int(file.read().split()[0]) * resource.getpagesize()


def peak(looks: Looks) -> list[Any]:
    """[row, kB of memory that a look at it took at its peak], each beside nothing else."""
    looks.run(["good", "good (TLS)"])
    told = []
    for name in looks.rows:
        with open("/proc/self/clear_refs", "w") as file:  # noqa: PTH123
            file.write("5")  # the peak starts anew (proc(5))
        before = _status("VmRSS")
        looks.run([name])
        told.append([name, _status("VmHWM") - before])
    return told


def whole(looks: Looks) -> list[Any]:
    """kB of growth by one look at everything, then by four more."""
    looks.run(["good", "good (TLS)"])
    sizes = [_status("VmRSS")]
    for _ in range(5):
        looks.run()
        sizes.append(_status("VmRSS"))
    return [sizes[1] - sizes[0], sizes[5] - sizes[1]]


def _status(key: str) -> int:
    with open("/proc/self/status") as file:  # noqa: PTH123
        line = next(line for line in file if line.startswith(key + ":"))
    return int(line.split()[1])


WHAT: Mapping[str, Callable[[Looks], list[Any]]] = {
    made.__name__: made for made in (files, threads, memory, peak, whole)
}


def main() -> None:
    given = json.load(sys.stdin)
    told = WHAT[sys.argv[1]](Looks(given["stand"], given["rows"]))
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
