"""What is run to find a leak: every kind of credential against peers that say it back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.leaks import echoes, markers
from tests.leaks.haul import Haul, listening
from tests.leaks.markers import Kind
from tests.leaks.member import Leaky, Surroundings, standing
from tests.leaks.search import Search
from tests.zoo import names, peers
from tests.zoo.authority import Authority

HOST = "api.example"
TOKENS = "tokens.example"
GRID = [(p, e) for p in range(len(echoes.PLACES)) for e in range(len(echoes.ENCODINGS))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the peers listen."""

    http: int
    https: int
    mutual: int
    message: int
    token: int
    grant: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One run. `grid`: which (place, encoding) of the echoes are asked for."""

    folder: Path
    random: Random
    haul: Haul
    authority: Authority
    name_server: names.NameServer
    ports: Ports
    kinds: Sequence[Kind]
    role: Mapping[str, str]
    grid: Sequence[tuple[int, int]]

    def member(self) -> Any:
        around = Surroundings(
            folder=self.folder,
            name_server=self.name_server,
            ca_file=self.authority.ca_file,
            role=self.role,
            haul=self.haul,
        )
        return standing(around)

    def echoed(self) -> None:
        """Every kind, at peers that say all that they were told back."""
        for kind in self.kinds:
            with self.member() as member:
                member.keep(kind)
                for name, entry in self._entries(kind):
                    member.register(name, entry)
                self._run(member, kind.name)

    def _run(self, member: Leaky, name: str) -> None:
        for seconds in (60.0, 60.0, 600.0):
            member.minute(seconds)
            self._signatures(member)
        self.haul.files(self.folder, name)

    def _signatures(self, member: Leaky) -> None:
        """A signature is good for minutes: it is a secret too."""

    def _entries(self, kind: Kind) -> Iterator[tuple[str, dict[str, Any]]]:
        for place, encoding in self.grid:
            path = f"/e/{place}/{encoding}"
            secure = self.ports.mutual if kind.only_https else self.ports.https
            yield f"s{place}-{encoding}", self._entry(f"https://{HOST}:{secure}{path}", kind)
            if not kind.only_https:
                yield (
                    f"p{place}-{encoding}",
                    self._entry(f"http://{HOST}:{self.ports.http}{path}", kind),
                )

    def _entry(self, url: str, kind: Kind) -> dict[str, Any]:
        return {"url": url, "auth": dict(kind.auth)}
