"""Periods and moments as people write them: `14d`, `36h`, `30m`, `2026-11-21T10:00Z`."""

import re
from datetime import UTC, datetime

from gatewatch.failure import USAGE, Failed

_SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
_PERIOD = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)([dhms])")


def seconds(text: str, option: str) -> float:
    """`4h` as seconds. Raises Failed that names the option."""
    found = _PERIOD.fullmatch(text.strip().lower())
    if found is None or not float(found[1]):
        raise Failed(f"{option} {text}: want a period such as 14d, 36h or 30m", code=USAGE)
    return float(found[1]) * _SECONDS[found[2]]


def moment(text: str, option: str, now_at: float) -> float:
    """A period before now, or a moment (UTC where it names no zone), as epoch seconds. Raises
    Failed that names the option."""
    if _PERIOD.fullmatch(text.strip().lower()):
        return now_at - seconds(text, option)
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Failed(
            f"{option} {text}: want a period such as 14d, or a moment such as 2026-11-21T10:00Z",
            code=USAGE,
        ) from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
