"""Failing pairs that are no longer looked at leave their incidents: told so, never as recovered."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from alerter import incidents
from alerter.hub import Hub
from alerter.incidents import PairState, Work
from alerter.table import Item, Put, Stale, Write
from probing.wire import to_json
from reasoning import unwatched
from reasoning.incident import Stage
from reasoning.transition import Health

_TRIES = 6
_PAIRS = 60
_WRITES = 90
"""Pairs, and writes, of one transaction at most: below DynamoDB's limit with a header's own."""


def leave(hub: Hub, pairs: Iterable[str], why: str, *, before_at: float) -> None:
    """Take the failing ones of `pairs` out of their incidents.

    `before_at`: when it was known that nobody looks: a pair whose last transition is younger was
    registered anew since. Does nothing the second time. Raises Stale when others keep writing.
    """
    wanted = list(pairs)
    for start in range(0, len(wanted), _PAIRS):
        batch = wanted[start : start + _PAIRS]
        for attempt in range(_TRIES):
            try:
                _leave(hub, batch, why, before_at)
                break
            except Stale:
                if attempt == _TRIES - 1:
                    raise
                hub.clock.sleep_seconds(0.05 * (attempt + 1))


def _leave(hub: Hub, pairs: list[str], why: str, before_at: float) -> None:
    states = incidents.pairs(hub, pairs)
    failing = {key: one for key, one in states.items() if _is_failing(one, before_at)}
    work, writes = Work(hub=hub), []
    for key, state in failing.items():
        held = work.header(state.incident)
        if held is not None and held.stage is Stage.OPEN:
            changing = int(state.health == Health.CHANGING)
            now_at = hub.clock.now_at()
            work.set(unwatched.unwatched(held, 1, why, changing=changing, now_at=now_at))
        writes.append(_forgotten(hub, key, state))
        if work.size + len(writes) > _WRITES:
            _commit(work, writes)
            work, writes = Work(hub=hub), []
    _commit(work, writes)


def _is_failing(state: PairState, before_at: float) -> bool:
    return state.failing and bool(state.incident) and state.seq <= before_at * 1000


def _forgotten(hub: Hub, pair: str, state: PairState) -> Write:
    """The pair without its incident; its `seq` stays, so that nothing late is taken for new."""
    item = Item(
        pk=f"seq#{pair}",
        sk="last",
        body=to_json(replace(state, incident="", failing=False)),
        number=float(state.seq),
        expires_at=hub.incident_expires_at(),
    )
    return Put(item=item, equals=float(state.seq))


def _commit(work: Work, writes: list[Write]) -> None:
    incidents.write(work.hub, list(_steps(work)), writes)


def _steps(work: Work) -> Iterator[incidents.Step]:
    for name, now in work.now.items():
        before = work.read.get(name)
        if before != now:
            yield before, incidents.settled(work.hub, before, now)
