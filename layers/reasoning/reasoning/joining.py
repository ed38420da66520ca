"""How one observation moves an incident: pure moves from one frozen header to the next.

Decided here: joining, recovering, re-keying, merging and foretold losses.
"""

from dataclasses import replace

from reasoning.blame import Blame
from reasoning.diagnose import Diagnosis
from reasoning.incident import NAMES, Incident, Stage
from reasoning.incident_key import UNEXPLAINED, id_of, key_of
from reasoning.route import INWARD
from reasoning.transition import Health, Transition

_SEVERITIES = ("warning", "error", "critical")


def is_bad(transition: Transition) -> bool:
    """Whether the transition puts its pair into an incident (never good is not a loss)."""
    return transition.after in (Health.FAILING, Health.FLAPPING)


def is_mature(transition: Transition, min_good_seconds: float) -> bool:
    """Good for at least MinGood before its first outcome that was not good; unknown since when
    counts as long: the pair is older than what is kept of it."""
    if transition.good_since_at is None:
        return transition.last_good_at is not None
    first_bad_at = transition.first_bad_at or transition.seen_at
    return first_bad_at - transition.good_since_at >= min_good_seconds


def begin(transition: Transition, *, now_at: float, min_good_seconds: float) -> Incident:
    """A new incident of one pair."""
    first_bad_at = transition.first_bad_at or transition.seen_at
    key = key_of(transition)
    empty = Incident(
        id=id_of(key, transition),
        key=key,
        opened_at=now_at,
        changed_at=now_at,
        lead=transition,
        first_bad_at=first_bad_at,
        last_good_at=transition.last_good_at,
        page_after_at=first_bad_at + transition.endpoint.page_after_seconds,
        diagnosis=transition.diagnosis,
    )
    return join(empty, transition, now_at=now_at, min_good_seconds=min_good_seconds)


def join(
    incident: Incident,
    transition: Transition,
    *,
    now_at: float,
    min_good_seconds: float,
    seen_before: bool = False,
    failing_before: bool = False,
) -> Incident:
    """The incident with this pair failing; `seen_before`: a member already; `failing_before`:
    and counted as failing."""
    endpoint = transition.endpoint
    first_bad_at = transition.first_bad_at or transition.seen_at
    endpoints, more = _named(incident.endpoints, endpoint.id, not seen_before)
    return replace(
        _placed(incident, transition),
        changed_at=now_at,
        lead=_lead(incident.lead, transition),
        diagnosis=_stronger(incident.diagnosis, transition.diagnosis),
        first_bad_at=min(first_bad_at, incident.first_bad_at),
        last_good_at=(
            transition if first_bad_at < incident.first_bad_at else incident
        ).last_good_at,
        last_bad_at=max(transition.seen_at, incident.last_bad_at or 0.0),
        page_after_at=min(incident.page_after_at, first_bad_at + endpoint.page_after_seconds),
        structural=incident.structural or (transition.structural and not transition.answered_5xx),
        answered_5xx=incident.answered_5xx and transition.answered_5xx,
        mature=incident.mature or is_mature(transition, min_good_seconds),
        flapping=incident.flapping or transition.after is Health.FLAPPING,
        failing=incident.failing + (not failing_before),
        seen=incident.seen + (not seen_before),
        endpoints=endpoints,
        more_endpoints=incident.more_endpoints + more,
        severity=max(incident.severity, endpoint.severity, key=_severity),
        recovered_at=None,
        all_good_at=None,
        unwatched_at=None,
        repair=None,
    )


def _placed(incident: Incident, transition: Transition) -> Incident:
    """The incident with whose and where the new member is."""
    owner, vantage = transition.endpoint.owner, transition.vantage
    return replace(
        incident,
        vpcs=_with(incident.vpcs, vantage.vpc_id),
        accounts=_with(incident.accounts, vantage.account),
        regions=_with(incident.regions, vantage.region),
        owners=_union(incident.owners, (owner,) if owner else ()),
    )


def recover(incident: Incident, transition: Transition, *, now_at: float) -> Incident:
    """The incident with one failing pair good again; all good when it was the last."""
    failing = max(0, incident.failing - 1)
    recovered_at = max(transition.seen_at, incident.recovered_at or 0.0)
    last_bad_at = max(transition.facts.get("last_bad_at") or 0.0, incident.last_bad_at or 0.0)
    return replace(
        incident,
        changed_at=now_at,
        failing=failing,
        recovered_at=recovered_at,
        last_bad_at=last_bad_at or None,
        all_good_at=None if failing else now_at,
    )


def wavering(incident: Incident, more: int, *, now_at: float) -> Incident:
    """The incident with `more` (1 or -1) of its failing pairs whose route changes right now."""
    return replace(incident, changing=max(0, incident.changing + more), changed_at=now_at)


def lose(incident: Incident, transition: Transition, *, now_at: float) -> Incident:
    """A foretold loss: it amends the incident, and does not keep it open."""
    return replace(incident, changed_at=now_at, lost=_with(incident.lost, transition.pair))


def foretells(incident: Incident, transition: Transition) -> bool:
    """Whether this loss is one that the undo line named: the pair, and a route that the undo
    took away. Anything else that breaks the pair meanwhile is news.

    A cause that is known must be another one of the same resource; of an unexplained loss the
    route tells, once something shows that there was an undo at all.
    """
    ours, found = incident.diagnosis, transition.diagnosis
    if ours is None or all(loss.pair != transition.pair for loss in incident.foretold):
        return False
    if found is not None and found.cause != UNEXPLAINED:
        return found.cause != ours.cause and bool(found.subject) and found.subject == ours.subject
    undone = incident.repair is not None or incident.recovered_at is not None
    before, after = transition.route_before in INWARD, transition.route_after in INWARD
    return undone and before is not after


def blamed(incident: Incident, blame: Blame, *, now_at: float) -> Incident:
    """The incident with its suspects as the ledger shows them now."""
    if (incident.suspects, incident.searched) == (blame.suspects, blame.searched):
        return incident
    return replace(incident, suspects=blame.suspects, searched=blame.searched, changed_at=now_at)


def rekeyed(incident: Incident, transition: Transition, *, now_at: float) -> Incident:
    """An incident whose last pair was diagnosed anew: it takes the new cause and key."""
    return replace(
        incident,
        key=key_of(transition),
        diagnosis=transition.diagnosis,
        lead=transition,
        changed_at=now_at,
    )


def leave(incident: Incident, *, now_at: float) -> Incident:
    """The incident without one failing pair, which belongs to another cause."""
    return replace(incident, failing=max(0, incident.failing - 1), changed_at=now_at)


def absorb(older: Incident, younger: Incident, *, now_at: float) -> tuple[Incident, Incident]:
    """Two open incidents that share a key, as one: (the older with all, the younger closed).

    The members of the younger stay stored under its id; its header leads to the older one.
    """
    endpoints, more = older.endpoints, older.more_endpoints + younger.more_endpoints
    for name in younger.endpoints:
        endpoints, beyond = _named(endpoints, name, True)
        more += beyond
    kept = replace(
        older,
        changed_at=now_at,
        diagnosis=_stronger(older.diagnosis, younger.diagnosis),
        lead=_lead(older.lead, younger.lead),
        first_bad_at=min(older.first_bad_at, younger.first_bad_at),
        page_after_at=min(older.page_after_at, younger.page_after_at),
        structural=older.structural or younger.structural,
        answered_5xx=older.answered_5xx and younger.answered_5xx,
        mature=older.mature or younger.mature,
        flapping=older.flapping or younger.flapping,
        failing=older.failing + younger.failing,
        changing=older.changing + younger.changing,
        seen=older.seen + younger.seen,
        endpoints=endpoints,
        more_endpoints=more,
        vpcs=_union(older.vpcs, younger.vpcs),
        accounts=_union(older.accounts, younger.accounts),
        regions=_union(older.regions, younger.regions),
        owners=_union(older.owners, younger.owners),
        severity=max(older.severity, younger.severity, key=_severity),
        recovered_at=None,
        all_good_at=None,
        unwatched_at=None,
    )
    return kept, _merged(younger, older, now_at)


def _merged(incident: Incident, into: Incident, now_at: float) -> Incident:
    return replace(
        incident,
        stage=Stage.MERGED,
        merged_into=into.id,
        failing=0,
        changing=0,
        resolved_at=now_at,
        changed_at=now_at,
    )


def closed(incident: Incident, *, now_at: float) -> Incident:
    return replace(incident, stage=Stage.RESOLVED, resolved_at=now_at, changed_at=now_at)


def _named(names: tuple[str, ...], name: str, new_pair: bool) -> tuple[tuple[str, ...], int]:
    if name in names:
        return names, 0
    return ((*names, name), 0) if len(names) < NAMES else (names, int(new_pair))


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names or len(names) >= NAMES else (*names, name)


def _union(names: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    for name in more:
        names = _with(names, name)
    return names


def _severity(name: str) -> int:
    return _SEVERITIES.index(name) if name in _SEVERITIES else 0


def _lead(held: Transition, new: Transition) -> Transition:
    before, now = ((_severity(one.endpoint.severity), one.shows_proof) for one in (held, new))
    same_pair = new.pair == held.pair and new.seq > held.seq
    return new if now > before or same_pair else held


def _stronger(held: Diagnosis | None, new: Diagnosis | None) -> Diagnosis | None:
    if held is None or (new is not None and new.proof and not held.proof):
        return new
    return held
