"""What a probe kind is given, and what it gives back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from probing import guard
from probing.deadline import Deadline
from probing.endpoint import Endpoint
from probing.outcome import Resolution, Step
from probing.patterns import Matches
from probing.resolve import NameServer
from probing.secret import Secret
from probing.trust import Trust

Guard = Callable[[str, Iterable[str]], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One probe to make, under `deadline`, at `address` (the pinned one, or one of those that the
    name resolved to; "" for a kind that needs none). `resolution` is None for a pinned probe.

    `guard` judges the address right before it is connected to; `matches` holds patterns against
    texts within a time of its own.
    """

    endpoint: Endpoint
    address: str
    deadline: Deadline
    user_agent: str
    matches: Matches
    trust: Trust = field(default_factory=Trust)
    resolution: Resolution | None = None
    secret_headers: dict[str, Secret] = field(default_factory=dict)
    own_addresses: tuple[str, ...] = ()
    name_servers: tuple[NameServer, ...] = ()
    guard: Guard = guard.check

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Everything that must not be told, wherever it turns up."""
        client = (self.trust.client,) if self.trust.client else ()
        return (*self.secret_headers.values(), *client)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The steps after resolve, and the address connected to (None when none was)."""

    steps: tuple[Step, ...]
    address: str | None = None
