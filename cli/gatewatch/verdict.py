"""What a command that examines says of one thing: `preflight` before, `doctor` after."""

from enum import StrEnum


class Verdict(StrEnum):
    """`unknown`: it could not be asked. Never bad, for it may be well."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"
