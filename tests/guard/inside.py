"""What runs inside the namespace: its addresses and servers, the measurement, the rows."""

import random
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from lab import sealed
from probing import libc
from tests.guard import corpus, counters, names, trap, vectors
from tests.guard.measure import Found, Measure
from tests.zoo.authority import Authority
from tests.zoo.names import NameServer

CONFIGURED, AMAZON = "10.0.0.2", "169.254.169.253"
_SAMPLE = 40
_SHOWN = 20

Thing = TypeVar("Thing")


def _network() -> None:
    """Every address there is leads to this namespace itself, and leaves with our own."""
    lines = (
        f"addr add {corpus.OWN_V4}/32 dev lo",
        f"addr add {corpus.OWN_V6}/128 dev lo",
        f"link add {corpus.LINK} type veth peer name {corpus.LINK}-end",
        f"link set {corpus.LINK} up",
        *(f"addr add {address}/64 dev {corpus.LINK} nodad" for address in corpus.LINK_LOCAL),
        f"-4 route add local 0.0.0.0/0 dev lo table local src {corpus.OWN_V4}",
        f"-6 route add local ::/0 dev lo table local src {corpus.OWN_V6}",
    )
    for line in lines:
        subprocess.run([sealed.tool("ip"), *line.split()], check=True)
    file = sealed.RESOLV / "guard"
    file.write_text(f"nameserver {CONFIGURED}\n")
    used = Path("/etc/resolv.conf").resolve()
    subprocess.run([sealed.tool("mount"), "--bind", str(file), str(used)], check=True)


def measured(one_in: int) -> dict[str, Any]:
    """{"rows": …, "lines": what went wrong, a line each}."""
    libc.bound()
    _network()
    server = NameServer({})
    names.serve(server, CONFIGURED, AMAZON)
    allowed = [*corpus.ALLOWED_V4, *corpus.ALLOWED_V6, *corpus.ALLOWED_CARRIERS]
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        with trap.serve(authority.context(f"*.{vectors.DOMAIN}", vectors.GOOD)) as peers:
            kernel = counters.Counters(allowed, (CONFIGURED, AMAZON))
            return _measured(Measure(kernel, peers, server, authority.ca_file), kernel, one_in)


def _measured(measure: Measure, kernel: counters.Counters, one_in: int) -> dict[str, Any]:
    ways = measure.ways()
    literals = _some([*corpus.forbidden_literals(), *corpus.WITH_ZONE], one_in)
    trapped, silent = measure.connects_counted(literals)
    at = kernel.read()
    forbidden = measure.run(_some(vectors.forbidden(ways), one_in))
    allowed = measure.run(_some(vectors.allowed(ways), one_in))
    counted = kernel.read() - at
    proven, unseen = _proof(measure, ways)
    rows = [*_rows(forbidden, allowed, whole=one_in == 1), *proven]
    rows += [
        _row("literals_trapped", len(trapped), "addresses"),
        _row("literals_kernel_refuses", len(silent), "addresses"),
        _row("allowed_connects", counted[counters.ALLOWED], "packets"),
        _row("dns_configured", counted[f"{counters.ASKED} {CONFIGURED}"], "packets"),
        _row("dns_amazon", counted[f"{counters.ASKED} {AMAZON}"], "packets"),
    ]
    wrong = [*unseen, *forbidden.leaks, *allowed.leaks, *forbidden.calls, *allowed.calls]
    wrong += [*allowed.wrongly_refused, *forbidden.told_failing, *forbidden.registered]
    lines = [*(f"WRONG {line}" for line in wrong[:_SHOWN])]
    lines += [f"schemes that connect: {', '.join(way.scheme for way in ways)}"]
    lines += [f"forbidden: {_listed(forbidden.tried)}", f"allowed: {_listed(allowed.tried)}"]
    lines += [f"refused by the kernel itself: {', '.join(silent)}"]
    return {"rows": rows, "lines": lines}


def _some(things: Iterable[Thing], one_in: int) -> list[Thing]:
    """One in so many of them, at random, in their order: vectors come in turns."""
    chosen = random.Random(one_in)
    return [thing for thing in things if chosen.randrange(one_in) == 0]


def _listed(tried: Counter[str]) -> str:
    return ", ".join(f"{vector} {times}" for vector, times in tried.items())


def _proof(measure: Measure, ways: list[vectors.Way]) -> tuple[list[dict[str, Any]], list[str]]:
    """That the counters see what the guard holds back: the same vectors with the guard lifted,
    and an ordinary client on those that our own would not follow in any case."""
    unseen, counted = [], 0
    for vector, targets in _samples(ways).items():
        leaks = len(measure.run(targets, guarded=False).leaks)
        counted += leaks
        unseen += [] if leaks else [vector]
    plain = [vectors.Way(kind="http", scheme="http")]
    for vector, targets in _samples(plain, followed=True).items():
        leaks = measure.followed(targets)
        counted += leaks
        unseen += [] if leaks else [vector]
    rows = [
        _row("unguarded_connects", counted, "packets", ">= 100"),
        _row("vectors_unseen", len(unseen), "vectors", "= 0"),
    ]
    return rows, [f"no connect counted with the guard lifted: {vector}" for vector in unseen]


def _samples(ways: list[vectors.Way], *, followed: bool = False) -> dict[str, list[vectors.Target]]:
    """Some targets of each vector: those that lead on only for a client that follows, or the
    others."""
    by_vector: defaultdict[str, list[vectors.Target]] = defaultdict(list)
    for target in vectors.forbidden(ways):
        follows = target.vector == "proxy" or target.vector.startswith("redirect")
        # Many of each: which of several addresses a probe takes is left to chance.
        sent = "169.254." in target.aim or "a9fe:" in target.aim
        kept = follows is followed and target.vector != "URL astray" and sent
        if kept and len(by_vector[target.vector]) < _SAMPLE:
            by_vector[target.vector].append(target)
    return by_vector


def _rows(forbidden: Found, allowed: Found, *, whole: bool) -> list[dict[str, Any]]:
    tried, good = forbidden.tried.total(), allowed.tried.total()
    return [
        _row("targets", tried + good, "targets", ">= 4000" if whole else None),
        _row("forbidden", tried, "targets", ">= 2000" if whole else None),
        _row("leaked_connects", len(forbidden.leaks + allowed.leaks), "packets", "= 0"),
        _row("leaked_calls", len(forbidden.calls + allowed.calls), "calls", "= 0"),
        _row("told_failing", len(forbidden.told_failing), "outcomes", "= 0"),
        _row("registered", len(forbidden.registered), "entries", "= 0"),
        _row("allowed", good, "targets", ">= 500" if whole else None),
        _row("wrongly_refused", len(allowed.wrongly_refused), "targets", "= 0"),
    ]


def _row(name: str, value: int, unit: str, goal: str | None = None) -> dict[str, Any]:
    row = {"name": name, "value": value, "unit": unit, "goal": goal, "peer": None, "ratio": None}
    return row | {"command": "make guard"}
