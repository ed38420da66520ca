"""Bring what is known around an incident up to date: suspects, costs of the undo, the repair."""

from dataclasses import replace

from aws_lambda_powertools import Logger

from alerter import digests, ledger
from alerter.hub import Hub
from reasoning.blame import blame
from reasoning.diagnose import Diagnosis
from reasoning.incident import NAMES, Incident, Stage
from reasoning.incident_key import UNEXPLAINED
from reasoning.inferred import described
from reasoning.joining import blamed
from reasoning.repairing import repair
from reasoning.undo import COSTS, costs_of

logger = Logger(child=True)
_BEFORE_SECONDS = 3600.0
"""How far before the last good look the ledger is read: effect windows are minutes long."""
_LATE_SECONDS = 3600.0
"""And how far after the first bad one: no later change did it, and each hour is a query, which an
incident that is open for days would make each minute."""
_UNKNOWN_GOOD_SECONDS = 900.0
_COSTS_FRESH_SECONDS = 60.0


def refresh(hub: Hub, incident: Incident) -> Incident:
    """`incident` as the ledger and the last digests show it now; as it was where they cannot be
    read: what is not known around an incident keeps nobody from hearing of it."""
    try:
        return _refreshed(hub, incident)
    except Exception:  # one record that nobody can read must not keep a page from going out
        logger.exception("incident told as it was known", extra={"incident": incident.id})
        return incident


def _refreshed(hub: Hub, incident: Incident) -> Incident:
    if incident.stage is Stage.MERGED or incident.unwatched_at is not None:
        return incident
    if incident.all_good_at is not None:
        return with_repair(hub, incident)
    if incident.recovered_at is not None:
        incident = with_repair(hub, incident)
    return with_costs(hub, with_suspects(hub, incident))


def with_suspects(hub: Hub, incident: Incident) -> Incident:
    """Blame over the ledger of all accounts, around the earliest bad probe."""
    now_at = hub.clock.now_at()
    if incident.first_bad_at < hub.changes_from():
        return incident  # what did it is forgotten: what was found then stays
    good_at = incident.last_good_at
    start_at = incident.first_bad_at - _UNKNOWN_GOOD_SECONDS if good_at is None else good_at
    until_at = min(now_at, incident.first_bad_at + _LATE_SECONDS)
    changes = ledger.between(hub, start_at - _BEFORE_SECONDS, until_at)
    diagnosis = _diagnosis(incident)
    if not any(diagnosis.subject in change.resource_ids for change in changes):
        changes += described(diagnosis)
    found = blame(
        diagnosis,
        first_bad_at=incident.first_bad_at,
        last_good_at=good_at,
        ledger=changes,
        members=frozenset(member.account for member in digests.members(hub)),
    )
    told = blamed(incident, found, now_at=now_at)
    return _with_forecast(hub, told)


def _diagnosis(incident: Incident) -> Diagnosis:
    return incident.diagnosis or Diagnosis(cause=UNEXPLAINED)


def _with_forecast(hub: Hub, incident: Incident) -> Incident:
    """The incident with the endpoints that its suspect was forecast to break, where it was."""
    suspect = incident.suspect
    item = hub.table.get(f"forecast#{suspect.change.id}", "said") if suspect else None
    names = tuple(item.body["endpoints"]) if item else ()
    if item is None or not names:
        return incident
    more = int(item.body.get("more", 0)) + len(names[NAMES:])
    return replace(incident, forecast=names[:NAMES], more_forecast=more)


def with_costs(hub: Hub, incident: Incident) -> Incident:
    """What else the undo would break: looked up for a proven suspect, at most once a minute.

    What was foretold once stays so: the undo itself takes those pairs away, one look before or
    after another, and each loss must still be known for one that was foretold.
    """
    suspect, now_at = incident.suspect, hub.clock.now_at()
    if suspect is None or not incident.proven:
        return incident
    if incident.costs_at is not None and now_at - incident.costs_at < _COSTS_FRESH_SECONDS:
        return incident
    account, region = suspect.change.account, suspect.change.region
    if digests.last(hub, account, region) is None:
        return incident
    pairs = digests.pairs_of(hub, account, region)
    now = costs_of(incident.diagnosis, pairs)
    fresh = {loss.pair for loss in now}
    before = tuple(loss for loss in incident.foretold if loss.pair not in fresh)
    return replace(incident, foretold=(*now, *before)[:COSTS], costs_at=now_at)


def with_repair(hub: Hub, incident: Incident) -> Incident:
    """The change that repaired it, once it is all good."""
    if incident.repair is not None and incident.repair.actor is not None:
        return incident
    recovered_at = incident.recovered_at or incident.changed_at
    last_bad_at = incident.last_bad_at or incident.first_bad_at
    start_at = max(incident.first_bad_at, last_bad_at - _BEFORE_SECONDS)
    changes = ledger.between(hub, start_at, hub.clock.now_at())
    found = repair(
        _diagnosis(incident), changes, recovered_at=recovered_at, last_bad_at=last_bad_at
    )
    return replace(incident, repair=found) if found is not None else incident
