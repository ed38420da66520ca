"""Lab time inside MiniStack: one clock, timers on it, and a stand-in for the `time` module.

Decided here: how a MiniStack module gets to see lab time. Which modules do is decided where they
are touched (schedules.py, endpoints.py).
"""

import logging
import threading
import time as real_time
import types
from collections.abc import Callable
from datetime import UTC, datetime

from probing.clock import Clock

CLOCK = Clock.from_environment()
_log = logging.getLogger("lab.clock")


def now_at() -> float:
    """Lab time, epoch seconds."""
    return CLOCK.now_at()


def iso(at: float) -> str:
    """`2026-11-21T10:02:51Z`: CloudTrail's form, whole seconds."""
    return datetime.fromtimestamp(int(at), tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def after(lab_seconds: float, action: Callable[[], None]) -> threading.Timer:
    """Run `action` on its own thread when `lab_seconds` of lab time have passed."""

    def run() -> None:
        try:
            action()
        except Exception:  # noqa: BLE001  isolation edge: no caller to tell, the log keeps it
            _log.exception("timer of %.1f lab seconds failed", lab_seconds)

    timer = threading.Timer(max(0.0, CLOCK.to_real_seconds(lab_seconds)), run)
    timer.daemon = True
    timer.start()
    return timer


class LabTime(types.ModuleType):
    """`time` for one MiniStack module: `time()`, `gmtime()`, `localtime()` are lab time.

    `sleep()` and `monotonic()` stay real: sweeps and deadlines are never scaled.
    """

    def __init__(self) -> None:
        super().__init__("time")
        self.__dict__.update(real_time.__dict__)
        self.__dict__.update(
            time=now_at,
            gmtime=lambda at=None: real_time.gmtime(now_at() if at is None else at),
            localtime=lambda at=None: real_time.localtime(now_at() if at is None else at),
        )
