"""Ends the very process of a function that makes a call, as when Lambda takes its machine away.

Decided here: which process that is. A function may have several workers; the one meant holds the
other end of the call's connection. Nothing but MiniStack's own workers is ever ended.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.emulator.touched import Touch

WORKERS = Touch(module="ministack.core.lambda_runtime", name="_workers")
TOUCHED = (WORKERS,)

_TABLE = Path("/proc/net/tcp")


class NoWorker(LookupError):
    """The call came from no worker of a function: nobody is killed."""


def kill(function: str, host: str, port: int) -> None:
    """SIGKILL the worker of `function` that talks from `host`:`port`. Raises NoWorker."""
    inode = socket_inode(_TABLE.read_text(), host, port)
    for process in _processes(function):
        if inode and f"socket:[{inode}]" in _open_files(process.pid):
            process.kill()
            process.wait()
            return
    raise NoWorker(f"no worker of {function!r} calls from {host}:{port}")


def socket_inode(table: str, host: str, port: int) -> str:
    """The inode of the socket whose local end is `host`:`port`, by the text of /proc/net/tcp; ""
    when there is none. Addresses stand there as hexadecimal of the bytes in reverse."""
    octets = "".join(f"{int(part):02X}" for part in reversed(host.split(".")))
    for line in table.splitlines()[1:]:
        fields = line.split()
        if fields[1] == f"{octets}:{port:04X}":
            return fields[9]
    return ""


def _processes(function: str) -> Iterator[Any]:
    for key, workers in list(WORKERS.current().items()):
        if function in key.split(":"):
            yield from (worker._proc for worker in workers if worker._proc is not None)


def _open_files(pid: int) -> frozenset[str]:
    found = set()
    for link in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            found.add(str(link.readlink()))
        except OSError:  # closed since it was listed
            continue
    return frozenset(found)
