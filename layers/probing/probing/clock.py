"""The one place where functions read the time and sleep.

Decided here: how lab time follows real time. Not decided here: which durations are scaled
(durations in templates and messages are; probe deadlines, leases and time-outs are not).
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

VARIABLE = "GATEWATCH_CLOCK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Lab time = `lab_start_at` + `scale` x (real time - `real_start_at`); scale 1 outside a lab.

    `now_at` and `sleep_seconds` speak Clock time; `real_now_at`, `monotonic_seconds` never scale.
    """

    real_start_at: float = 0.0
    lab_start_at: float = 0.0
    scale: float = 1.0

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Clock":
        """Read `GATEWATCH_CLOCK` = "<real epoch>/<lab epoch>/<scale>"; absent means real time.

        Raises ValueError naming the variable and its form when it does not parse.
        """
        text = environ.get(VARIABLE, "")
        if not text:
            return cls()
        try:
            real, lab, scale = (float(part) for part in text.split("/"))
        except ValueError:
            raise ValueError(
                f"{VARIABLE}={text!r}: want '<real epoch>/<lab epoch>/<scale>', "
                "for example '1763724000.0/1763724000.0/5'"
            ) from None
        if scale <= 0:
            raise ValueError(f"{VARIABLE}={text!r}: the scale must be above 0")
        return cls(real_start_at=real, lab_start_at=lab, scale=scale)

    def __str__(self) -> str:
        """The form that `from_environment` reads."""
        return f"{self.real_start_at}/{self.lab_start_at}/{self.scale}"

    def now_at(self) -> float:
        """Clock time now, epoch seconds."""
        return self.lab_start_at + self.scale * (time.time() - self.real_start_at)

    def real_now_at(self) -> float:
        """Wall time now, epoch seconds: for leases and signatures, which the lab never scales."""
        return time.time()

    def monotonic_seconds(self) -> float:
        """Real monotonic seconds: for deadlines of probes and invocations."""
        return time.monotonic()

    def sleep_seconds(self, seconds: float) -> None:
        """Sleep `seconds` of Clock time; nothing for 0 or less (what is late starts at once)."""
        if seconds > 0:
            time.sleep(seconds / self.scale)

    def sleep_until(self, at: float) -> None:
        """Sleep until Clock time `at`; returns at once when it is past."""
        self.sleep_seconds(at - self.now_at())

    def to_real_seconds(self, seconds: float) -> float:
        """How much real time `seconds` of Clock time take (AWS is given SQS delays unscaled)."""
        return seconds / self.scale
