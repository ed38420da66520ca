"""What is run to find a leak: every kind of credential against peers that say it back."""

import json
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.leaks import echoes, markers, renderings
from tests.leaks.haul import Haul, listening
from tests.leaks.markers import Kind
from tests.leaks.member import Surroundings, standing
from tests.leaks.search import Search
from tests.zoo import names, peers
from tests.zoo.authority import Authority

HOST = "api.example"
TOKENS = "tokens.example"
TLS_EVERY = 4
"""What is said is the same over TLS, which costs most of the time."""
GRID = [(p, e) for p in range(len(echoes.PLACES)) for e in range(len(echoes.ENCODINGS))]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ports:
    """Where the peers listen."""

    http: int
    https: int
    mutual: int
    message: int
    secure_message: int
    token: int
    named: Callable[[peers.Speech, ssl.SSLContext], int]
    """A further peer, with a certificate of its own."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Campaign:
    """One run. `grid`: which (place, encoding) of the echoes are asked for."""

    folder: Path
    temporary: Path
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
            # Each request has a signature of its own: fewer of them, all searched for.
            grid = self.grid[::6] if kind.name == "sigv4" else self.grid
            self.run(kind.name, [kind], dict(self._entries(kind, grid)))

    def run(self, name: str, kinds: Iterable[Kind], entries: Mapping[str, Any]) -> None:
        """Three looks at these by a member of their own, and the outside ones between them."""
        with self.member() as member:
            for kind in kinds:
                member.keep(kind)
            for entry, told in entries.items():
                member.register(entry, told)
            for seconds in (60.0, 60.0, 600.0):
                member.minute(seconds)
            renderings.put(self.haul, member)
        self.haul.files(self.temporary, name)

    def _entries(
        self, kind: Kind, grid: Iterable[tuple[int, int]]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for number, (place, encoding) in enumerate(grid):
            path, auth = f"e/{place}/{encoding}", dict(kind.auth)
            secure = self.ports.mutual if kind.only_https else self.ports.https
            if kind.only_https or number % TLS_EVERY == 0:
                url = f"https://{HOST}:{secure}/{path}"
                yield f"s-{place}-{encoding}", {"url": url, "auth": auth}
            if not kind.only_https:
                url = f"http://{HOST}:{self.ports.http}/{path}"
                yield f"p-{place}-{encoding}", {"url": url, "auth": auth}


@contextmanager
def prepared(folder: Path, *, seed: int, every: int = 1) -> Iterator[Campaign]:
    """Peers that listen, and secrets of this run; `every` so many echoes one is asked for."""
    random, authority = Random(seed), Authority(folder)
    token = markers.marker(random, markers.PRINTABLE)
    role = {
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": markers.marker(random, "/+="),
        "AWS_SESSION_TOKEN": markers.marker(random, "/+="),
    }
    temporary = folder / "temporary"
    temporary.mkdir()
    with ExitStack() as opened:
        zone = {name: names.addresses("127.0.0.1") for name in (HOST, TOKENS)}
        server = opened.enter_context(names.serve(zone))

        def port(speak: peers.Speech, context: ssl.SSLContext | None = None) -> int:
            return opened.enter_context(peers.serve(speak, context=context)).port

        good = authority.context(HOST, TOKENS)
        told = json.dumps({"access_token": token, "expires_in": 3600}).encode()
        ports = Ports(
            http=port(echoes.speak),
            https=port(echoes.speak, good),
            mutual=port(echoes.speak, authority.wants_client(HOST)),
            message=port(echoes.message),
            secure_message=port(echoes.message, good),
            token=port(echoes.token, good),
            named=port,
        )
        url = f"https://{TOKENS}:{port(peers.answer('200 OK', told), good)}/t"
        kinds = markers.kinds(random, authority.client(), url)
        secrets = markers.halves("token", token) | {
            name: value for name, value in role.items() if name != "AWS_ACCESS_KEY_ID"
        }
        for kind in kinds:
            secrets |= {f"{kind.name}: {name}": value for name, value in kind.secrets.items()}
        haul = Haul(Search(secrets))
        opened.enter_context(listening(haul))
        yield Campaign(
            folder=folder,
            temporary=temporary,
            random=random,
            haul=haul,
            authority=authority,
            name_server=server,
            ports=ports,
            kinds=kinds,
            role=role | {"TMPDIR": str(temporary)},
            grid=GRID[::every],
        )
