"""How the health of one (endpoint, VPC) moves: from the probes of one look and what was before.

Decided here: when a pair is good, failing or changing, and what its last good look is. Not
decided here: why (`diagnosis/`), and whether anybody is told (`notice.py`).
"""

from collections.abc import Sequence
from dataclasses import replace

from probing.outcome import Failure, State
from reasoning import flapping
from reasoning.case import LastGood
from reasoning.pair import Judged, PairState, Seen
from reasoning.route import changed, same_route
from reasoning.transition import Health

CONFIRM_SECONDS = (3.0, 12.0)
RECOVER_SECONDS = (5.0,)
BAD_PROBES = 3
GOOD_PROBES = 2
CHANGING_WITHIN_SECONDS = 300.0
LOOK_AGAIN_SECONDS = 20.0
MOST_AGAIN = 6
UNANSWERED = frozenset({Failure.DNS_TIMEOUT, Failure.DNS_SERVFAIL, Failure.DNS_REFUSED})
"""The name server said nothing of the route: neither the same route nor another one."""


def more_probes(state: PairState, first: Seen) -> tuple[float, ...]:
    """When to probe again in this look: Clock seconds after the first probe *ended*.

    An unknown first probe asks for none: three bad ones cannot come together any more. While the
    route changes, one probe would always agree with itself: each look takes three.
    """
    if state.changing:
        return () if first.state is State.UNKNOWN else CONFIRM_SECONDS
    if state.hard is Health.GOOD and first.state is State.FAILING:
        return CONFIRM_SECONDS
    if state.hard is Health.FAILING and first.state is State.OK:
        return RECOVER_SECONDS
    return ()


def judge(state: PairState, seen: Sequence[Seen], now_at: float) -> Judged:
    """Hold one look's probes (in order, at least one) against what was known of the pair.

    `state` has been `caught_up`. Route classes of all probes must come from the same inventory
    and Describe answers, or growing knowledge would look like a changing route.
    """
    known = tuple(s for s in seen if s.state is not State.UNKNOWN)
    if not known:
        return _judged_unknown(state, seen)
    routed = _routed(replace(state, unknown=False), known, now_at)
    after = routed if routed.changing else _judged_hard(routed, known)
    moves = flapping.recent(after.moves, now_at)
    after = replace(after, moves=moves, flapping=flapping.flaps(state.flapping, moves, now_at))
    return _told(state, after, known)


def _judged_unknown(state: PairState, seen: Sequence[Seen]) -> Judged:
    after = replace(state, unknown=True, steady=False)
    if state.changing:
        after = replace(after, again=_one_more(state))
    return Judged(state=after, look_again_in=_look_again(after), seen_at=seen[-1].ended_at)


def _routed(state: PairState, known: tuple[Seen, ...], now_at: float) -> PairState:
    """`state` after the routes of this look: whether it begins, stays or ends to be changing."""
    state = replace(state, first_bad_at=_window(state, known))
    answered = [s for s in known if s.failure not in UNANSWERED]
    if not answered:
        return replace(state, again=_one_more(state)) if state.changing else state
    last = answered[-1]
    differs = not all(_same(answered[0], other) for other in answered)
    agrees = not differs and may_settle(state, answered[0])
    routed = replace(
        state, route_class=last.route_class, addresses=last.addresses, differed=differs
    )
    changes = _recent(state, now_at)
    if state.changing and agrees:
        return _settled(routed, answered, changes)
    changes = changes if agrees or _is_first(state) else (*changes, last.ended_at)
    routed = replace(routed, route_changes=changes)
    if state.hard is Health.NEVER_GOOD:
        return replace(routed, differed=False)
    if not (state.changing or differs or len(changes) > 1):
        return replace(routed, again=0)
    again, since_at = _one_more(state), answered[0].ended_at
    # Who alternates on and on after the looks that were to settle it is in trouble: it flaps.
    endless = again > MOST_AGAIN and not agrees and any(s.state is State.FAILING for s in known)
    return replace(
        routed,
        changing=True,
        again=again,
        steady=False,
        route_since_at=since_at,
        moves=(*state.moves, last.ended_at) if endless else state.moves,
    )


def _settled(state: PairState, answered: Sequence[Seen], changes: tuple[float, ...]) -> PairState:
    """A changing pair whose look agrees with the one before: the end of it, unless the looks were
    too close together, or this one of a single answer, to say more than one look does."""
    apart = answered[0].ended_at - (state.route_since_at or 0.0)
    if apart < LOOK_AGAIN_SECONDS or len(answered) == 1:
        return replace(state, again=_one_more(state), route_changes=changes)
    # The last change still counts: who alternates slowly agrees with itself now and then.
    return replace(state, changing=False, again=0, route_changes=changes[-1:], route_since_at=None)


def may_settle(state: PairState, first: Seen) -> bool:
    """Whether a look that begins with `first` may take the one route of the look before it."""
    return not state.differed and same_route(
        state.route_class, state.addresses, first.route_class, first.addresses
    )


def _recent(state: PairState, now_at: float) -> tuple[float, ...]:
    return tuple(at for at in state.route_changes if now_at - at <= CHANGING_WITHIN_SECONDS)


def _is_first(state: PairState) -> bool:
    """Whether no name server has answered for the pair before: then nothing can have changed."""
    said = state.failure and state.failure not in UNANSWERED
    return state.hard is Health.NEVER_GOOD and not said


def _judged_hard(state: PairState, known: tuple[Seen, ...]) -> PairState:
    bad = [s for s in known if s.state is State.FAILING]
    if state.hard is Health.NEVER_GOOD:
        ok = next((s for s in known if s.state is State.OK), None)
        return _good(state, ok, ok.ended_at) if ok else replace(state, failure=bad[-1].failure)
    if state.hard is Health.GOOD:
        if not bad:
            return _good(state, known[-1], state.good_since_at)
        if len(bad) < BAD_PROBES or len(bad) < len(known):
            return replace(state, steady=False, failure=bad[-1].failure)
        return _failing(state, bad)
    if not bad and len(known) >= GOOD_PROBES:
        good = _good(state, known[-1], known[0].ended_at)
        return replace(good, moves=(*state.moves, known[-1].ended_at))
    if not bad:
        return replace(state, steady=False)
    return replace(
        state, steady=len(bad) == len(known), last_bad_at=bad[-1].ended_at, failure=bad[-1].failure
    )


def _good(state: PairState, seen: Seen, since_at: float | None) -> PairState:
    last_good = LastGood(
        at=seen.ended_at,
        route_class=seen.route_class,
        addresses=seen.addresses,
        cname_chain=seen.cname_chain,
        vpc_endpoint_id=seen.vpc_endpoint_id,
        status=seen.status,
        fingerprint=seen.fingerprint,
    )
    return replace(
        state,
        hard=Health.GOOD,
        steady=True,
        last_good=last_good,
        good_since_at=since_at,
        first_bad_at=None,
        last_bad_at=None,
        failure="",
    )


def _failing(state: PairState, bad: Sequence[Seen]) -> PairState:
    return replace(
        state,
        hard=Health.FAILING,
        steady=True,
        last_bad_at=bad[-1].ended_at,
        failure=bad[-1].failure,
        moves=(*state.moves, bad[-1].ended_at),
    )


def _told(before: PairState, after: PairState, known: tuple[Seen, ...]) -> Judged:
    moved = None if before.standing is after.standing else (before.standing, after.standing)
    bad = after.hard is Health.FAILING or after.changing
    return Judged(
        state=replace(after, seq=after.seq + 1) if moved else after,
        moved=moved,
        structural=bad and _is_structural(before.last_good, known[-1]),
        look_again_in=_look_again(after),
        seen_at=known[-1].ended_at,
        first_bad_at=after.first_bad_at if bad else before.first_bad_at,
        last_good_at=before.last_good.at if before.last_good else None,
        good_since_at=before.good_since_at,
        last_bad_at=after.last_bad_at if bad else before.last_bad_at,
        answered_5xx=bad and (known[-1].status or 0) >= 500,
    )


def _is_structural(last_good: LastGood | None, seen: Seen) -> bool:
    """Route class (so resolvability too) or certificate differ from the last good look's."""
    if last_good is None:
        return False
    was = (last_good.fingerprint or {}).get("certificate")
    certificate = was is not None and seen.fingerprint.get("certificate", was) != was
    return certificate or changed(last_good, seen.route_class, seen.addresses)


def _window(state: PairState, known: tuple[Seen, ...]) -> float | None:
    first = next((s.ended_at for s in known if s.state is State.FAILING), None)
    opened = state.first_bad_at is not None or state.hard is Health.NEVER_GOOD
    return state.first_bad_at if opened else first


def _one_more(state: PairState) -> int:
    # Capped one above: a pair that never settles must not be written at every look for it.
    return min(state.again + 1, MOST_AGAIN + 1)


def _look_again(state: PairState) -> float | None:
    return LOOK_AGAIN_SECONDS if state.changing and state.again <= MOST_AGAIN else None


def _same(one: Seen, two: Seen) -> bool:
    return same_route(one.route_class, one.addresses, two.route_class, two.addresses)
