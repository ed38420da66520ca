"""A member's minute, made of the last looks: what the hub's metrics, forecasts and silence
watch live on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from checker import kept
from checker.packed import pack, unpack
from checker.state import Key, Table
from checker.vantages import Placed
from checker.vpc_look import PairLook, VpcLook
from probing.endpoint import Endpoint
from probing.wire import from_json, to_json
from reasoning.assemble import facts_of
from reasoning.transition import (
    Digest,
    DigestEndpoint,
    DigestPair,
    Health,
    PhaseTimes,
)

KEY: Key = ("digest", "sent")
PAIRS: Key = ("digest", "pairs")
WHOLE_EVERY_SECONDS = 900.0
PAIRS_A_MESSAGE = 400
"""About 500 bytes each: one message stays below what an entry may weigh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the bus last took: each pair as it was told, and when all were told."""

    at: float = 0.0
    whole_at: float = 0.0
    pairs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """What a digest is made of. `labels` are the VPCs' names for people. While `paused`, pairs stay
    as they are told and nothing counts as looked at; VPCs that were not looked at since
    `resumed_at` are young, not silent."""

    account: str
    region: str
    release: str
    at: float
    endpoints: Mapping[str, Endpoint]
    placed: Mapping[str, Placed]
    looks: Mapping[str, VpcLook]
    labels: Mapping[str, str]
    paused: bool = False
    resumed_at: float = 0.0

    def digests(self, sent: Sent) -> tuple[tuple[Digest, ...], Sent]:
        """The messages (the first carries all but further pairs), and what to keep when the bus
        has taken them."""
        whole = self.at - sent.whole_at >= WHOLE_EVERY_SECONDS
        pairs = {_name(pair): pair for pair in self._pairs()}
        told = {name: repr(pair) for name, pair in pairs.items()}
        differing = [p for n, p in pairs.items() if whole or sent.pairs.get(n) != told[n]]
        chunks = [
            tuple(differing[i : i + PAIRS_A_MESSAGE])
            for i in range(0, len(differing), PAIRS_A_MESSAGE)
        ] or [()]
        first = Digest(
            account=self.account,
            region=self.region,
            at=self.at,
            looked=self._looked(),
            labels={v: label for v, label in self.labels.items() if label and v in self.placed},
            endpoints=() if self.paused else self._endpoints(sent.at),
            pairs=chunks[0],
            gone=tuple(sorted(set(sent.pairs) - set(pairs))),
            captured={v: list(look.captured) for v, look in self.looks.items() if look.captured},
            whole=whole and len(chunks) == 1,
            release=self.release,
            paused=self.paused,
        )
        further = tuple(
            Digest(account=self.account, region=self.region, at=self.at, pairs=chunk)
            for chunk in chunks[1:]
        )
        now = Sent(at=self.at, whole_at=self.at if whole else sent.whole_at, pairs=told)
        return (first, *further), now

    def _looked(self) -> dict[str, float]:
        if self.paused:
            return {}
        at = {vpc_id: placed.since_at for vpc_id, placed in self.placed.items()}
        at |= {vpc_id: look.at for vpc_id, look in self.looks.items()}
        return {vpc_id: max(seen_at, self.resumed_at) for vpc_id, seen_at in at.items()}

    def _pairs(self) -> list[DigestPair]:
        return [
            DigestPair(
                endpoint=facts_of(self.endpoints[endpoint]),
                vpc_id=vpc_id,
                health=row.health,
                route_class=row.route_class,
                cname_chain=row.cname_chain,
                not_representative=self.placed[vpc_id].not_representative,
                good_since_at=row.good_since_at,
                vpc_endpoint_id=row.vpc_endpoint_id,
            )
            for vpc_id, look in sorted(self.looks.items())
            for endpoint, row in sorted(look.pairs.items())
            if endpoint in self.endpoints
        ]

    def _endpoints(self, since_at: float) -> tuple[DigestEndpoint, ...]:
        rows: dict[str, list[tuple[PairLook, bool]]] = {}
        for look in self.looks.values():
            for endpoint, row in look.pairs.items():
                rows.setdefault(endpoint, []).append((row, look.at > since_at))
        return tuple(
            _endpoint(endpoint, rows[endpoint])
            for endpoint in sorted(rows)
            if endpoint in self.endpoints
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`Sent.pairs` in items of their own: thousands of pairs, which seldom change."""

    pairs: dict[str, str] = field(default_factory=dict)


def load(table: Table) -> Sent:
    item = table.get(KEY)
    if item is None:
        return Sent()
    sent, told = from_json(Sent, unpack(item)), kept.load_or_none(table, Told, PAIRS)
    return sent if told is None else replace(sent, pairs=told.pairs)


def save(table: Table, sent: Sent) -> None:
    told = Told(pairs=sent.pairs)
    if kept.load_or_none(table, Told, PAIRS) != told:
        kept.save(table, PAIRS, told)
    table.put(KEY, {"body": {"B": pack(to_json(replace(sent, pairs={})))}})


def _name(pair: DigestPair) -> str:
    return f"{pair.endpoint.id}@{pair.vpc_id}"


def _endpoint(endpoint: str, rows: list[tuple[PairLook, bool]]) -> DigestEndpoint:
    """Counts of vantages by health; times of those that looked since the last digest."""
    health = [row.health for row, _ in rows]
    phases: dict[str, Any] = {}
    for row, fresh in rows:
        for phase, elapsed_ms in (row.phases if fresh else {}).items():
            phases.setdefault(phase, []).append(elapsed_ms)
    return DigestEndpoint(
        endpoint=endpoint,
        good=health.count(Health.GOOD),
        failing=sum(h in (Health.FAILING, Health.FLAPPING, Health.CHANGING) for h in health),
        unknown=health.count(Health.UNKNOWN),
        phases={
            phase: PhaseTimes(sum_ms=round(sum(times), 1), max_ms=max(times), count=len(times))
            for phase, times in phases.items()
        },
    )
