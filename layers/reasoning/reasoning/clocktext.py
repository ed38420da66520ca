"""Times and durations as messages write them: always UTC, marked Z."""

from datetime import UTC, datetime


def hour_minute(at: float) -> str:
    """10:04Z"""
    return datetime.fromtimestamp(at, tz=UTC).strftime("%H:%MZ")


def to_second(at: float) -> str:
    """10:02:51Z"""
    return datetime.fromtimestamp(at, tz=UTC).strftime("%H:%M:%SZ")


def iso(at: float) -> str:
    """2026-11-21T10:02:51.000+0000, the form of CloudWatch's alarm messages."""
    return datetime.fromtimestamp(at, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


def lasting(seconds: float) -> str:
    """45 s, 12 min, 3 h 20 min"""
    minutes = round(seconds / 60)
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def moment(at: float) -> str:
    """2026-11-21 10:04Z"""
    return datetime.fromtimestamp(at, tz=UTC).strftime("%Y-%m-%d %H:%MZ")
