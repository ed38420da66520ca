"""The outside baseline: what each endpoint answers to a caller that is in no VPC."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from checker.packed import pack, unpack
from checker.secrets_read import SecretRefused, Secrets
from checker.state import Key, Table
from probing.endpoint import Endpoint
from probing.outcome import Outcome, State, View
from probing.wire import Answer, Probe, Work, from_json, to_json

EVERY_SECONDS = 600.0
DEADLINE_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The last outside outcome, and what was ever good. `good_address` is where it answered."""

    outcome: Outcome
    ever_good: bool = False
    good_address: str = ""

    def due(self, now_at: float) -> bool:
        return now_at - self.outcome.ended_at >= EVERY_SECONDS


def key(endpoint: str) -> Key:
    return (f"outside#{endpoint}", "baseline")


def load(item: dict[str, Any] | None) -> Outside | None:
    return None if item is None else from_json(Outside, unpack(item))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideLook:
    """Looks from the checker itself, which stands in no VPC."""

    table: Table
    secrets: Secrets
    run: Callable[[Work], Answer]
    probe_timeout_seconds: float

    def at(
        self, look: str, endpoints: Sequence[Endpoint], known: dict[str, Outside]
    ) -> dict[str, Outside]:
        """Look at these and keep what was seen; endpoints whose credential is refused are left
        out (the inside look has told so already)."""
        probes = tuple(p for p in map(self._probe, endpoints) if p is not None)
        if not probes:
            return {}
        answer = self.run(
            Work(
                look=look,
                probes=probes,
                probe_timeout_seconds=self.probe_timeout_seconds,
                deadline_seconds=DEADLINE_SECONDS,
            )
        )
        found = {o.endpoint: _merged(known.get(o.endpoint), o) for o in answer.outcomes}
        for endpoint, outside in found.items():
            self.table.put(key(endpoint), {"body": {"B": pack(to_json(outside))}})
        return found

    def _probe(self, endpoint: Endpoint) -> Probe | None:
        if endpoint.auth is None:
            return Probe(endpoint=endpoint, view=View.OUTSIDE)
        try:
            headers = self.secrets.headers(endpoint.auth)
        except SecretRefused:
            return None
        return Probe(endpoint=endpoint, view=View.OUTSIDE, secret_headers=headers)


def _merged(before: Outside | None, outcome: Outcome) -> Outside:
    good = outcome.state is State.OK
    return Outside(
        outcome=outcome,
        ever_good=good or (before is not None and before.ever_good),
        good_address=(outcome.address or "") if good else (before.good_address if before else ""),
    )
