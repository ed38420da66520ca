"""What the member table keeps of one (endpoint, VPC): its health and the transitions that the
hub's bus has not taken yet, changed together in one conditional write."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from checker.our_load import Load
from checker.packed import pack, unpack
from checker.state import Key, Table
from probing.wire import from_json, to_json
from reasoning.pair import PairState, caught_up, needs_write
from reasoning.transition import Transition

RESENT = 5
MOST_KEPT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """`recent`: transitions in order, at least the last five, at most twenty. `taken_seq`: all up
    to that number were taken by the hub's bus. `extras_at` and `evidence`: when pinned and
    outside looks were last made while failing, and what the inside look said then. `load`: that it
    refused us, and how often it is asked since. `rev` counts writes of the item (0: never
    written)."""

    state: PairState
    recent: tuple[Transition, ...] = ()
    taken_seq: int = 0
    extras_at: float | None = None
    evidence: str = ""
    load: Load | None = None
    rev: int = 0

    @property
    def unsent(self) -> tuple[Transition, ...]:
        return tuple(t for t in self.recent if t.seq > self.taken_seq)

    def message(self) -> tuple[Transition, ...]:
        """What goes to the hub: the last five and all unsent, in order."""
        return self.recent[-max(RESENT, len(self.unsent)) :]

    def caught_up(self, last_look_at: float | None) -> "Pair":
        return replace(self, state=caught_up(self.state, last_look_at))

    def moved(self, transition: Transition) -> "Pair":
        return replace(self, recent=(*self.recent, transition)[-MOST_KEPT:])

    def taken(self) -> "Pair":
        return replace(self, taken_seq=self.recent[-1].seq if self.recent else self.taken_seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    state: PairState
    recent: tuple[Transition, ...] = ()
    taken_seq: int = 0
    extras_at: float | None = None
    evidence: str = ""
    load: Load | None = None


def key(endpoint: str, vpc_id: str) -> Key:
    return (f"pair#{endpoint}@{vpc_id}", "state")


def load(item: dict[str, Any] | None) -> Pair | None:
    """What `save` wrote; None for a pair that was never looked at."""
    if item is None:
        return None
    kept = from_json(_Kept, unpack(item))
    return Pair(
        state=kept.state,
        recent=kept.recent,
        taken_seq=kept.taken_seq,
        extras_at=kept.extras_at,
        evidence=kept.evidence,
        load=kept.load,
        rev=int(item["rev"]["N"]),
    )


def differs(stored: Pair | None, pair: Pair) -> bool:
    """Whether the item must be written: a steady pair is told by the VPC's last look alone."""
    if stored is None or needs_write(stored.state, pair.state):
        return True
    return _beside(stored) != _beside(pair)


def save(table: Table, endpoint: str, vpc_id: str, pair: Pair) -> Pair:
    """Write over the revision that was read; the pair with its new revision. Raises Conflict when
    another look wrote it meanwhile."""
    kept = _Kept(
        state=pair.state,
        recent=pair.recent,
        taken_seq=pair.taken_seq,
        extras_at=pair.extras_at,
        evidence=pair.evidence,
        load=pair.load,
    )
    written = replace(pair, rev=pair.rev + 1)
    attributes = {
        # Health beside the state that it follows from: for who reads the table.
        "body": {"B": pack(to_json(kept) | {"health": pair.state.health})},
        "rev": {"N": str(written.rev)},
        "seq": {"N": str(pair.state.seq)},
    }
    if pair.rev == 0:
        table.put(key(endpoint, vpc_id), attributes, condition="attribute_not_exists(pk)")
    else:
        table.put(
            key(endpoint, vpc_id),
            attributes,
            condition="#rev = :rev",
            names={"#rev": "rev"},
            values={":rev": {"N": str(pair.rev)}},
        )
    return written


def messages(pairs: Sequence[Pair]) -> list[tuple[Transition, ...]]:
    """One group for each pair that has something unsent."""
    return [pair.message() for pair in pairs if pair.unsent]


def _beside(pair: Pair) -> tuple[Any, ...]:
    return (
        [t.seq for t in pair.recent],
        pair.taken_seq,
        pair.extras_at,
        pair.evidence,
        pair.load,
    )
