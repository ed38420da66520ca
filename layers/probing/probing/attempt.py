"""What a probe kind is given, and what it gives back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from probing import guard
from probing.deadline import Deadline
from probing.endpoint import Endpoint
from probing.outcome import Resolution, Step
from probing.secret import Secret

Guard = Callable[[str, Iterable[str]], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One probe to make, under `deadline`, at `addresses` in their order (the pinned one alone, or
    those that the name resolved to). `resolution` is None for a pinned probe.

    `ca_file` is the trust setting (None: the system's roots); `guard` judges each address right
    before it is connected to.
    """

    endpoint: Endpoint
    addresses: tuple[str, ...]
    deadline: Deadline
    user_agent: str
    ca_file: str | None = None
    resolution: Resolution | None = None
    secret_headers: dict[str, Secret] = field(default_factory=dict)
    own_addresses: tuple[str, ...] = ()
    guard: Guard = guard.check


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The steps after resolve, and the address connected to (None when none was)."""

    steps: tuple[Step, ...]
    address: str | None = None
