"""All hostile peers and good ones between them, each at a port of its own, in one process.

    python -m tests.zoo.stand FOLDER

prints one line of JSON (see `Stand`) when all listen, and serves until its standard input ends.
In a process of its own, what floods takes no time from the interpreter of the one that looks.
"""

import json
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.zoo import http_peers, names, peers, resolver_rows, resolvers, tls_peers, websocket_rows
from tests.zoo.authority import Authority
from tests.zoo.certificates import contexts
from tests.zoo.rows import HOST, Row

ROOT = Path(__file__).parents[2]
GOOD: tuple[Row, ...] = (
    Row(name="good", speak=peers.answer("200 OK", b"pong"), status=200),
    Row(
        name="good (TLS)",
        speak=peers.answer("200 OK", b"pong"),
        status=200,
        scheme="https",
        certificate="good",
    ),
)
ROWS: tuple[Row, ...] = (*http_peers.ROWS, *tls_peers.ROWS, *websocket_rows.ROWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """`ports` by the rows' names; `ca_file` is what a client has to trust."""

    ports: Mapping[str, int]
    dns_port: int
    ca_file: str
    resolv_conf: str


@contextmanager
def serve(folder: Path) -> Iterator[Stand]:
    """Every row here, in threads of this process."""
    authority = Authority(folder)
    shown = contexts(authority, HOST)
    http_peers.bomb()
    with ExitStack() as opened:
        server = opened.enter_context(names.serve({HOST: resolvers.HOME} | resolver_rows.zone()))
        ports = {}
        for row in (*GOOD, *ROWS):
            context = shown[row.certificate] if row.certificate else None
            ports[row.name] = opened.enter_context(peers.serve(row.speak, context=context)).port
        yield Stand(
            ports=ports,
            dns_port=server.port,
            ca_file=authority.ca_file,
            resolv_conf=server.resolv_conf(folder),
        )


@contextmanager
def beside(folder: Path) -> Iterator[Stand]:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "tests.zoo.stand", str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield Stand(**json.loads(process.stdout.readline()))
        finally:
            process.kill()


def main(folder: Path) -> None:
    warnings.simplefilter("ignore")
    with serve(folder) as stand:
        told = {
            "ports": dict(stand.ports),
            "dns_port": stand.dns_port,
            "ca_file": stand.ca_file,
            "resolv_conf": stand.resolv_conf,
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
