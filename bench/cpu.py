"""CPU seconds of a whole process, from the kernel's own count, and medians of repeats."""

import os
import resource
import statistics
from collections.abc import Sequence
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def of_process(pid: int) -> float:
    """User and system seconds of all threads of `pid` so far, ended ones included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def of_children() -> float:
    """User and system seconds of all children that were waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def spread(values: Sequence[float]) -> str:
    """`median (lowest to highest)`, in the unit of the values."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"
