"""The outside baseline: what each endpoint answers to a caller that is in no VPC."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from checker import our_load
from checker.packed import pack, unpack
from checker.showing import Showing
from checker.state import Key, Table
from probing.endpoint import Endpoint
from probing.outcome import Outcome, State, View
from probing.wire import Answer, Probe, Work, from_json, to_json

EVERY_SECONDS = 600.0
DEADLINE_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The last outside outcome, and what was ever good. `good_address` is where it answered;
    before `not_before_at` it asked not to be asked again (Retry-After)."""

    outcome: Outcome
    ever_good: bool = False
    good_address: str = ""
    not_before_at: float = 0.0

    @property
    def answers_in_public(self) -> bool:
        """Whether the last look was good: an API that serves the internet is not a private one."""
        return self.outcome.state is State.OK

    def due(self, now_at: float) -> bool:
        old = now_at - self.outcome.ended_at >= EVERY_SECONDS
        return old and self.may_be_asked(now_at)

    def may_be_asked(self, now_at: float) -> bool:
        return now_at >= self.not_before_at


def key(endpoint: str) -> Key:
    return (f"outside#{endpoint}", "baseline")


def load(item: dict[str, Any] | None) -> Outside | None:
    return None if item is None else from_json(Outside, unpack(item))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideLook:
    """Looks from the checker itself, which stands in no VPC."""

    table: Table
    showing: Showing
    run: Callable[[Work], Answer]
    probe_timeout_seconds: float

    def at(
        self,
        look: str,
        endpoints: Sequence[Endpoint],
        known: dict[str, Outside],
        *,
        now_at: float,
        lasting: Collection[str] = (),
    ) -> dict[str, Outside]:
        """Look at these and keep what was seen. Left out are those that asked not to be asked yet,
        and those whose credential is refused (the inside look has told so already). A refusal is
        our own load's but for endpoints in `lasting`, which refuse whatever we do."""
        wanted = [e for e in endpoints if e.id not in known or known[e.id].may_be_asked(now_at)]
        asked = [Probe(endpoint=e, view=View.OUTSIDE, siblings=0) for e in wanted]
        probes = self.showing.give(asked).ready
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
        found = {
            o.endpoint: _merged(known.get(o.endpoint), o, suspected=o.endpoint not in lasting)
            for o in answer.outcomes
        }
        for endpoint, outside in found.items():
            self.table.put(key(endpoint), {"body": {"B": pack(to_json(outside))}})
        return found


def _merged(before: Outside | None, outcome: Outcome, *, suspected: bool) -> Outside:
    refusals = [outcome] if our_load.refused(outcome) else []
    outcome = our_load.held(outcome, None, good=suspected)
    good = outcome.state is State.OK
    return Outside(
        outcome=outcome,
        ever_good=good or (before is not None and before.ever_good),
        good_address=(outcome.address or "") if good else (before.good_address if before else ""),
        not_before_at=our_load.retry_at(refusals),
    )
