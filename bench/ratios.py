"""CPU of a probe beside the peers': the same target, the same run, turn by turn."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench import cpu, peers
from bench.rows import Row
from bench.stand import ADDRESS, CHAIN_PORT, ECDSA_PORT, RSA_PORT, Stand, started

PROBES = 20
"""Of one look: what an account of the examples of the price list has, twice over."""
TIMES, REPEATS, WARM_TIMES = 15, 7, 5
_PEER_AT_ONCE = (1, 8)
"""The peer is asked one by one and eight at once; its lower CPU counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """The prober's process; `ask` has it look and gives what it said."""

    process: subprocess.Popen[bytes]

    def ask(self, probes: list[tuple[str, int, str | None]], times: int) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        line = json.dumps({"probes": probes, "times": times})
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        if said["ok"] != len(probes) * times:
            raise ValueError(f"of {len(probes) * times} probes of ours {said['ok']} passed")
        return said


@contextmanager
def ours(stand: Stand) -> Iterator[Ours]:
    command = [sys.executable, "-m", "bench.ours", str(stand.ca_file)]
    pipe = subprocess.PIPE
    with started(command, stdin=pipe, stdout=pipe) as process:
        yield Ours(process=process)


def pinned(port: int) -> list[tuple[str, int, str | None]]:
    return [(f"a{number}", port, ADDRESS) for number in range(PROBES)]


def named(port: int) -> list[tuple[str, int, str | None]]:
    """Each probe has a host of its own: both sides resolve once for each probe."""
    return [(f"n{number}", port, None) for number in range(PROBES)]


def _own_ms(mine: Ours, probes: list[tuple[str, int, str | None]]) -> float:
    before = cpu.of_process(mine.process.pid)
    mine.ask(probes, TIMES)
    return (cpu.of_process(mine.process.pid) - before) / len(probes) / TIMES * 1000


def _peer_ms(pid: int, target: dict[str, str], at_once: int) -> float:
    count = PROBES * TIMES
    before = cpu.of_process(pid)
    peers.blackbox_probe([target] * count, at_once)
    return (cpu.of_process(pid) - before) / count * 1000


def _turns(
    mine: Ours, blackbox: int, probes: list[tuple[str, int, str | None]], peer: dict[str, str]
) -> tuple[list[float], list[float]]:
    """CPU milliseconds of a probe, ours and the peer's, one of each for every turn."""
    own, theirs = [], []
    mine.ask(probes, WARM_TIMES)
    peers.blackbox_probe([peer] * PROBES * WARM_TIMES, 1)
    for _ in range(REPEATS):
        own.append(_own_ms(mine, probes))
        theirs.append(min(_peer_ms(blackbox, peer, at_once) for at_once in _PEER_AT_ONCE))
    return own, theirs


def _row(name: str, own: list[float], theirs: list[float], note: str = "") -> Row:
    ratios = [mine / other for mine, other in zip(own, theirs, strict=True)]
    return Row(
        name=name,
        value=round(statistics.median(ratios), 3),
        unit="x",
        peer=round(statistics.median(theirs), 3),
        ratio=round(statistics.median(ratios), 3),
        note=f"{cpu.spread(ratios)}; ours {cpu.spread(own)} ms, peer {cpu.spread(theirs)} ms{note}",
    )


def measure(stand: Stand) -> Iterator[Row]:
    """The four rows of CPU beside a peer."""
    with ours(stand) as mine, peers.blackbox(stand) as blackbox:
        own, theirs = _turns(mine, blackbox, pinned(RSA_PORT), peers.pinned(RSA_PORT))
        others = []
        for name, port in (("with an intermediate", CHAIN_PORT), ("ECDSA P-256", ECDSA_PORT)):
            turns = _turns(mine, blackbox, pinned(port), peers.pinned(port))
            others.append(
                f"{name} {statistics.median(a / b for a, b in zip(*turns, strict=True)):.2f}"
            )
        yield _row("cpu_tls_http_vs_blackbox", own, theirs, f"; RSA-2048; {', '.join(others)}")
        dns, dns_theirs = _turns(mine, blackbox, named(RSA_PORT), peers.named("n1", RSA_PORT))
        yield _row("cpu_with_dns_vs_blackbox", dns, dns_theirs)
        openssl, curl, alone = [], [], []
        for _ in range(3):
            alone.append(_own_ms(mine, pinned(RSA_PORT)))
            openssl.append(peers.openssl_seconds(stand, RSA_PORT) * 1000)
            curl.append(peers.curl_seconds(stand, RSA_PORT) * 1000)
        yield _row("cpu_tls_http_vs_openssl", alone, openssl)
        yield _row("cpu_tls_http_vs_curl", alone, curl)
