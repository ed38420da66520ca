"""Which hub a word of the command is about. Imports nothing that is slow to import."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Which hub, as whom, and how it is told."""

    stack: str = "gatewatch"
    region: str | None = None
    profile: str | None = None
    as_json: bool = False
