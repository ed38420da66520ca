"""Looks at the targets in batches and holds what the kernel counted against what was allowed."""

import errno
import os
import socket
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import groupby, islice
from urllib.request import build_opener

from probing import registration
from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.means import Means
from probing.outcome import Failure, Outcome, State
from probing.own import own_addresses
from probing.probes import BY_SCHEME
from probing.run import look
from probing.wire import Probe, Work
from tests.guard import corpus, counters
from tests.guard.counters import Counters
from tests.guard.trap import Trap
from tests.guard.vectors import GOOD, Target, Way
from tests.zoo.names import NameServer

_BATCH = 60
_REGISTERED = ("literal", "odd port", "spelling", "address", "address spelled")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@dataclass
class Found:
    """What went wrong, a line each, and how much was tried."""

    tried: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    told_failing: list[str] = field(default_factory=list)
    wrongly_refused: list[str] = field(default_factory=list)
    registered: list[str] = field(default_factory=list)


class Measure:
    """`guarded` False lifts the guard: then the counters must see what it holds back."""

    def __init__(self, kernel: Counters, trap: Trap, server: NameServer, ca_file: str) -> None:
        self._kernel, self._trap, self._server, self._ca_file = kernel, trap, server, ca_file
        self._called: list[tuple[str, int]] = []
        self._networks = [*corpus.ALLOWED_V4, *corpus.ALLOWED_V6, *corpus.ALLOWED_CARRIERS]
        self._own = corpus.own_literals()
        sys.addaudithook(self._on_event)

    def _on_event(self, event: str, arguments: tuple[object, ...]) -> None:
        # A second witness: the kernel refuses some connects (multicast) before there is a packet.
        if event == "socket.connect":
            peer, address = arguments
            if peer.type & 0xF == socket.SOCK_STREAM and isinstance(address, tuple):
                self._called.append(address[:2])

    def ways(self) -> list[Way]:
        """Every kind and scheme that the registry takes and that connects, by trying them."""
        found = []
        for scheme, kind in sorted(BY_SCHEME.items()):
            given = {"name": "way", "url": f"{scheme}://{GOOD}:8080"}
            endpoint, _ = registration.parse(given, source="guard")
            if endpoint is not None:
                self._trap.forget()
                self._look([Probe(endpoint=endpoint)], guarded=True)
                if self._trap.reached(GOOD, 8080):
                    found.append(Way(kind=kind.name, scheme=scheme))
        return found

    def _look(self, probes: list[Probe], *, guarded: bool) -> tuple[Outcome, ...]:
        means = Means(ca_file=self._ca_file, second_resolver="169.254.169.253")
        if not guarded:
            means = Means(ca_file=self._ca_file, guard=lambda address, own: None)
        work = Work(
            look="guard", probes=tuple(probes), probe_timeout_seconds=30, deadline_seconds=300
        )
        return look(work, Clock(), own_addresses=own_addresses(), means=means).outcomes

    def run(self, targets: Iterable[Target], *, guarded: bool = True) -> Found:
        found = Found()
        for proxy, group in groupby(targets, key=lambda target: target.proxy):
            with _proxies(proxy):
                while batch := list(islice(group, _BATCH)):
                    self._batch(batch, found, guarded=guarded)
        return found

    def _batch(self, batch: list[Target], found: Found, *, guarded: bool) -> None:
        for target in batch:
            self._server.zone.update(target.zone)
        self._trap.forget()
        self._called.clear()
        before = self._kernel.read()
        # Twice where a name changes its mind: also between two looks nothing is remembered.
        again = [target for target in batch if target.vector == "rebinding"]
        outcomes = self._look([target.probe for target in batch], guarded=guarded)
        if again:
            self._look([target.probe for target in again], guarded=guarded)
        after = self._kernel.read()
        self._server.zone.clear()
        for what in (counters.LEAKED, counters.DATAGRAMS):
            times = after[what] - before[what]
            found.leaks += [f"{what}: one of {_span(batch)}"] * times
        found.calls += [f"connect{call}" for call in self._called if not self._may(call[0])]
        for target, outcome in zip(batch, outcomes, strict=True):
            self._judge(target, outcome, found)

    def _may(self, address: str) -> bool:
        canonical = corpus.canonical(address)
        return any(corpus.lies_in(canonical, network) for network in self._networks)

    def _judge(self, target: Target, outcome: Outcome, found: Found) -> None:
        found.tried[target.vector] += 1
        asked = target.probe.endpoint
        told = f"{target.vector}: {asked.url!r} {asked.address!r} at {target.aim}: {_said(outcome)}"
        if target.allowed:
            port = asked.port
            if not self._trap.reached(target.aim, port):
                found.wrongly_refused.append(told)
        elif target.refusable and outcome.state is not State.UNKNOWN:
            found.told_failing.append(told)
        if target.vector in _REGISTERED:
            registered = _registers(asked)
            if target.allowed and not registered:
                found.wrongly_refused.append(f"not registered: {told}")
            elif registered and not target.allowed and target.aim not in self._own:
                found.registered.append(told)

    def followed(self, targets: Iterable[Target]) -> int:
        """How many leaks the kernel counts where an ordinary client goes to the same URLs: one
        that follows redirects, and the proxy variables."""
        before = self._kernel.read()[counters.LEAKED]
        for target in targets:
            with _proxies(target.proxy), suppress(OSError, ValueError, HTTPException):
                build_opener().open(target.probe.endpoint.url, timeout=2).close()
        return self._kernel.read()[counters.LEAKED] - before

    def connects_counted(self, literals: Iterable[str]) -> tuple[list[str], list[str]]:
        """Literals whose unguarded connect the kernel counted as a leak; those that it refused to
        send anything to."""
        counted, refused = [], []
        for literal in literals:
            before = self._kernel.read()[counters.LEAKED]
            error = _connect(literal, 80)
            if self._kernel.read()[counters.LEAKED] > before:
                counted.append(literal)
            else:
                refused.append(f"{literal} {error}")
        return counted, refused


def _registers(endpoint: Endpoint) -> bool:
    raw = {"name": endpoint.id, "url": endpoint.url}
    if endpoint.address:
        raw["address"] = endpoint.address
    return registration.parse(raw, source="guard")[0] is not None


def _connect(literal: str, port: int) -> str:
    """The name of the error, "" where there was none."""
    family = socket.AF_INET6 if ":" in literal else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as peer:
        peer.settimeout(2)
        try:
            # With the link of a zone id, which a plain pair of host and port would lose.
            numeric = socket.getaddrinfo(literal, port, flags=socket.AI_NUMERICHOST)
            peer.connect(numeric[0][4])
        except socket.gaierror:
            return "no address to the C library"
        except OSError as error:
            return errno.errorcode.get(error.errno or 0, str(error))
    return ""


def _said(outcome: Outcome) -> str:
    failures: list[Failure | str] = [step.failure for step in outcome.steps if step.failure]
    return f"{outcome.state} {', '.join(failures)} {outcome.reason}"


def _span(batch: list[Target]) -> str:
    return f"{len(batch)} targets, {batch[0].vector} {batch[0].aim} to {batch[-1].aim}"


@contextmanager
def _proxies(url: str) -> Iterator[None]:
    if url:
        os.environ.update(dict.fromkeys(_PROXIES, url))
    try:
        yield
    finally:
        for name in _PROXIES:
            os.environ.pop(name, None)
