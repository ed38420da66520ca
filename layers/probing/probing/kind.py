"""What a kind of probe says of itself, so that everything else can find it by discovery."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from probing.attempt import Attempt, Seen

OF_ALL = frozenset(
    {"name", "url", "expect", "from", "owner", "service", "severity", "runbook", "page_after"}
)
"""Keys of an entry that every kind has."""
EXPECTED_OF_ALL = frozenset({"latency", "resolves_to"})
"""Keys of `expect` that every kind has."""
CONNECTING = frozenset({"address"})
EXPECTED_OF_CONNECTING = frozenset({"reachable", "fingerprint"})
"""Those of every kind that makes a connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeKind:
    """`schemes` maps each URL scheme that means this kind to its port (0: the URL must name one).

    `keys` and `expects` are the keys of an entry, and of its `expect`, that mean something to this
    kind beside those of all kinds. `healthy_status` is what `expect.status` is when left out.
    A kind that does not need an address (`needs_address` False) is run although its host does not
    resolve, and judges the resolution itself. `probe` makes one attempt and never raises for a
    failure of the peer.
    """

    name: str
    schemes: Mapping[str, int]
    probe: Callable[[Attempt], Seen]
    keys: frozenset[str] = frozenset()
    expects: frozenset[str] = field(default_factory=frozenset)
    healthy_status: tuple[tuple[int, int], ...] = ((200, 399),)
    needs_address: bool = True

    @property
    def all_keys(self) -> frozenset[str]:
        """Every key that an entry of this kind may have."""
        return self.keys | OF_ALL | (CONNECTING if self.needs_address else frozenset())

    @property
    def all_expects(self) -> frozenset[str]:
        """Every key that its `expect` may have."""
        of_connecting = EXPECTED_OF_CONNECTING if self.needs_address else frozenset()
        return self.expects | EXPECTED_OF_ALL | of_connecting
