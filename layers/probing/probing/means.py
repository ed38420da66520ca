"""What a look works with, and what all probes of one look share."""

from dataclasses import dataclass

from probing import guard, libc
from probing.attempt import Guard
from probing.deadline import Deadline
from probing.patterns import MATCHER, Matches
from probing.resolve import NameServer
from probing.wire import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a look works with. Only code can give it: no work message reaches it.

    `guard` judges addresses; `ca_file` None trusts the system's roots; `lookup` is the C
    library's view of a host; `concurrency` is how many probes start at once; `second_resolver` is
    asked too where something fails; `matches` holds patterns against texts.
    """

    guard: Guard = guard.check
    ca_file: str | None = None
    dns_port: int = 53
    lookup: libc.Lookup = libc.addresses
    concurrency: int = 4
    release: str = "dev"
    second_resolver: str | None = None
    matches: Matches = MATCHER

    @property
    def user_agent(self) -> str:
        return f"gatewatch/{self.release} (+https://github.com/gatewatch/gatewatch)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One look: its work, its deadline, the addresses that we speak from, the name servers."""

    work: Work
    deadline: Deadline
    own_addresses: tuple[str, ...]
    servers: tuple[NameServer, ...]
    means: Means
