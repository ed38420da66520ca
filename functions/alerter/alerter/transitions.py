"""TRANSITIONS: each applied once and in order, joined to incidents, all in conditional steps."""

from collections.abc import Iterable
from itertools import zip_longest

from alerter import digests, incidents
from alerter.blaming import refresh
from alerter.hub import Hub
from alerter.incidents import PairState, Work
from alerter.table import Stale
from probing.wire import WireError
from reasoning.incident import Incident, Stage
from reasoning.incident_key import key_of
from reasoning.joining import (
    absorb,
    begin,
    foretells,
    is_bad,
    join,
    leave,
    lose,
    recover,
    rekeyed,
    wavering,
)
from reasoning.moving import aligned, anew, begun_with, since_anew
from reasoning.transition import Health, Transition
from reasoning.wire import Envelope

_TRIES = 6
_ROOM = 70
"""Writes gathered before a commit; one more transition adds at most some 20, the limit is 100."""


def take(hub: Hub, envelope: Envelope) -> None:
    """Apply the transitions of one message. Raises WireError when they speak for others."""
    transitions: tuple[Transition, ...] = envelope.records
    for transition in transitions:
        spoken_for = (transition.vantage.account, transition.vantage.region)
        if spoken_for != (envelope.account, envelope.region):
            raise WireError(f"{transition.id} comes from {envelope.account}: refused")
    for transition in transitions:
        digests.hear(hub, transition)
    for batch in rounds(transitions):
        _apply(hub, batch)


def rounds(transitions: Iterable[Transition]) -> list[list[Transition]]:
    """Each pair's oldest first, then each pair's next: a pair stands once in a round."""
    by_pair: dict[str, list[Transition]] = {}
    for transition in sorted(transitions, key=lambda one: one.seq):
        by_pair.setdefault(transition.pair, []).append(transition)
    turns = zip_longest(*by_pair.values())
    return [[one for one in turn if one is not None] for turn in turns]


def _apply(hub: Hub, batch: list[Transition]) -> None:
    """Apply a round in as many commits as it needs; what was applied is left out when tried
    again, as its `seq` is known then."""
    for attempt in range(_TRIES):
        try:
            _apply_once(hub, batch)
            return
        except Stale:
            if attempt == _TRIES - 1:
                raise
            # Two alerters write the same header: the later one backs off a little, in real time.
            hub.clock.sleep_seconds(0.05 * (attempt + 1))


def _apply_once(hub: Hub, batch: list[Transition]) -> None:
    states = incidents.pairs(hub, [transition.pair for transition in batch])
    fresh = [one for one in batch if one.seq > states[one.pair].seq]
    recent = incidents.recent(hub) if fresh else []
    work = Work(hub=hub)
    for transition in fresh:
        _place(work, transition, states[transition.pair], recent)
        if work.size > _ROOM:
            incidents.commit(work, lambda incident: refresh(hub, incident))
            work = Work(hub=hub)
    incidents.commit(work, lambda incident: refresh(hub, incident))


def _place(work: Work, transition: Transition, state: PairState, recent: list[Incident]) -> None:
    """Move the pair, and the incidents that it leaves and enters."""
    now_at = work.hub.clock.now_at()
    held = work.header(state.incident) if state.incident else None
    if held is not None and held.stage is Stage.OPEN and state.failing:
        more = (transition.after is Health.CHANGING) - (state.health == Health.CHANGING)
        if more:
            held = wavering(held, more, now_at=now_at)
            work.set(held)
    if is_bad(transition):
        _place_bad(work, transition, state, held, recent)
    elif transition.after is Health.GOOD and held is not None and held.stage is Stage.OPEN:
        if state.failing:
            work.set(recover(held, transition, now_at=now_at))
        work.move(transition, _state(transition, held.id, failing=False))
    else:
        keep = held.id if held is not None and held.stage is Stage.OPEN else ""
        work.move(transition, _state(transition, keep, failing=state.failing and bool(keep)))


def _place_bad(
    work: Work,
    transition: Transition,
    state: PairState,
    held: Incident | None,
    recent: list[Incident],
) -> None:
    now_at = work.hub.clock.now_at()
    loss = next((one for one in recent if _is_loss(one, transition, now_at)), None)
    if loss is not None and not state.failing:
        amended = work.header(loss.id) or loss
        work.set(lose(amended, transition, now_at=now_at))
        work.move(transition, _state(transition, loss.id, failing=False))
        return
    if held is not None and state.failing and held.stage is Stage.OPEN:
        _stay_or_move(work, transition, state, held)
        return
    _enter(work, transition, state)


def _is_loss(incident: Incident, transition: Transition, now_at: float) -> bool:
    if not foretells(incident, transition) or incident.stage is Stage.MERGED:
        return False
    resolved_at = incident.resolved_at
    return resolved_at is None or now_at - resolved_at < incidents.AFTER_SECONDS


def _stay_or_move(work: Work, transition: Transition, state: PairState, held: Incident) -> None:
    """A failing pair diagnosed anew: it stays, takes its incident along, or goes to another."""
    now_at = work.hub.clock.now_at()
    if held.key == key_of(transition):
        _join(work, transition, held, seen=True, failing=True)
        return
    other = work.open_at(key_of(transition))
    transition = anew(transition)
    if held.failing > 1:
        work.set(leave(held, now_at=now_at))
        _enter(work, transition, state)
    elif other is None:
        own = since_anew(rekeyed(held, transition, now_at=now_at), transition)
        _join(work, transition, own, seen=True, failing=True)
    else:
        own = aligned(rekeyed(held, transition, now_at=now_at), other)
        older, younger = sorted((own, other), key=lambda one: (one.opened_at, one.id))
        kept, gone = absorb(older, younger, now_at=now_at)
        work.set(gone)
        _join(work, transition, kept, seen=True, failing=True, moved=True)


def _enter(work: Work, transition: Transition, state: PairState) -> None:
    """Join the open incident of the transition's key, or open one."""
    settings = work.hub.settings
    found = work.open_at(key_of(transition))
    if found is not None:
        seen = state.incident == found.id
        _join(work, transition, found, seen=seen, failing=False, moved=state.failing)
        return
    now_at = work.hub.clock.now_at()
    begun = begin(transition, now_at=now_at, min_good_seconds=settings.min_good)
    work.set(begun)
    work.move(transition, _state(transition, begun.id, failing=True))


def _join(
    work: Work,
    transition: Transition,
    incident: Incident,
    *,
    seen: bool,
    failing: bool,
    moved: bool = False,
) -> None:
    """`seen`: the pair was a member before; `failing`: and is counted as failing; `moved`: it
    failed before for another cause."""
    hub = work.hub
    joined = join(
        incident,
        begun_with(transition, incident) if moved else transition,
        now_at=hub.clock.now_at(),
        min_good_seconds=hub.settings.min_good,
        seen_before=seen,
        failing_before=failing,
    )
    work.set(joined)
    work.move(transition, _state(transition, incident.id, failing=True))


def _state(transition: Transition, incident_id: str, *, failing: bool) -> PairState:
    return PairState(
        seq=transition.seq,
        health=transition.after.value,
        incident=incident_id,
        failing=failing,
    )
