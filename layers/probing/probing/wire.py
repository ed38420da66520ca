"""What the checker and a canary say to each other: versioned JSON, written and read only here.

A reader ignores keys that it does not know and accepts the previous version: during a roll-out
a checker speaks to canaries of the release before. Stored fixtures of every version shipped
stand in tests/contracts/wire/.
"""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from probing import plain
from probing.endpoint import Endpoint
from probing.outcome import Outcome, Sentinel, View

VERSION = 1
READS = (1,)

Record = TypeVar("Record")


class WireError(ValueError):
    """What came over the wire is not of a version or shape that we read."""


def to_json(record: Any) -> dict[str, Any]:
    """A frozen record as JSON-able data (enums are strings, tuples become lists)."""
    written: dict[str, Any] = plain.write(record)
    return written


def from_json(kind: type[Record], data: Any) -> Record:
    """The record that `to_json` wrote. Unknown keys are ignored. WireError says what is wrong."""
    wanted: Any = kind
    try:
        made: Record = plain.reader(wanted)(data)
    except plain.Wrong as wrong:
        # The error itself does not go on: what it stands upon may hold a credential.
        raise WireError(f"{'.'.join([kind.__name__, *wrong.path])}: {wrong.what}") from None
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One probe to make. `secret_headers` and `client_certificate` (PEM, with its key) go on the
    wire only in this synchronous call. `ca` is what the endpoint's reference to one led to.

    `first` are addresses to begin with, known to fail; `siblings` is how many further addresses
    of the name may be tried when the one chosen fails."""

    endpoint: Endpoint
    view: View = View.INSIDE
    pin: str | None = None
    secret_headers: dict[str, str] = field(default_factory=dict, repr=False)
    client_certificate: str = field(default="", repr=False)
    ca: str = ""
    first: tuple[str, ...] = ()
    siblings: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a canary is asked. `probe_timeout_seconds` and `deadline_seconds` are real time."""

    look: str
    probes: tuple[Probe, ...]
    sentinels: tuple[str, ...] = ()
    probe_timeout_seconds: float = 5.0
    deadline_seconds: float = 20.0
    version: int = VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a canary saw. `addresses` are its own; `release` is the code that looked."""

    look: str
    outcomes: tuple[Outcome, ...]
    sentinels: tuple[Sentinel, ...] = ()
    addresses: tuple[str, ...] = ()
    name_server: str = ""
    release: str = ""
    version: int = VERSION


def read(kind: type[Record], data: Any) -> Record:
    """Read a versioned message (Work or Answer); WireError for a version that we do not read."""
    version = data.get("version") if isinstance(data, dict) else None
    if version not in READS:
        raise WireError(f"{kind.__name__}: version {version!r} is not one of {READS}")
    return from_json(kind, data)
