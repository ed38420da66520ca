"""What a change did to the security groups that close an endpoint: took a way away, or opened it.

Decided here: a change held against the passage that a diagnosis of `endpoint_blocked` tells
(`facts["passage"]`: the side that refuses, its groups, who wants to pass, at which port). Not
decided here: order in time (`scope.py`).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from reasoning.change import Change
from reasoning.diagnose import Diagnosis
from reasoning.group_events import rules_of
from reasoning.security_groups import GroupRule, Peer, covers, covers_port
from reasoning.twins import MODIFY

CAUSE = "endpoint_blocked"
LATEST_SECONDS = 60.0
"""Rules and groups of an interface take effect within seconds, whichever call sets them."""
_REVOKE, _AUTHORIZE = "revoke_security_group_", "authorize_security_group_"
_EXCHANGE = "modify_security_group_rules"


class Closing(StrEnum):
    """How much is known of what a change took away: KNOWN to have let the canary pass, about the
    same port (LIKELY), or not told (UNSURE)."""

    KNOWN = "known"
    LIKELY = "likely"
    UNSURE = "unsure"


DOUBT = "whether what it took away had let the canary pass is not told"


def closes(diagnosis: Diagnosis, change: Change) -> Closing | None:
    """How far the change can have closed the passage; None: it cannot have."""
    way = _way(diagnosis)
    if change.event_name == MODIFY:
        return _closes_by_groups(diagnosis, way, change)
    if not group_named(diagnosis, change):
        return None
    if change.kind == _EXCHANGE:
        return _closes_by_exchange(way, change)
    if change.kind != f"{_REVOKE}{way.get('side')}":
        return None
    return _closes_by_rules(way, rules_of(change.before))


def opens(diagnosis: Diagnosis, change: Change) -> bool:
    """Whether the passage is open since the change, for certain."""
    way = _way(diagnosis)
    if change.kind not in (f"{_AUTHORIZE}{way.get('side')}", _EXCHANGE):
        return False
    rules = rules_of(change.after) or ()
    named = bool(group_named(diagnosis, change))
    return named and any(_covers(way, rule) for rule in rules)


def may_open(diagnosis: Diagnosis, change: Change) -> bool:
    """Whether the change can have opened the passage: for certain, by a prefix list that is not
    known, or by a group that was added to the endpoint."""
    way = _way(diagnosis)
    if change.event_name == MODIFY:
        added = change.after.get("security_groups_added")
        return _of_endpoint(diagnosis, change) and way.get("side") == "ingress" and bool(added)
    if opens(diagnosis, change):
        return True
    rules = rules_of(change.after) or ()
    adds = change.kind == f"{_AUTHORIZE}{way.get('side')}"
    unknown = any(_covers(way, rule) is None for rule in rules)
    return adds and unknown and bool(group_named(diagnosis, change))


def id_named(diagnosis: Diagnosis, change: Change) -> str:
    """The id of the evidence that the change is about, endpoint or group; "" when there is none."""
    if _of_endpoint(diagnosis, change):
        return str(diagnosis.facts["endpoint_id"])
    return group_named(diagnosis, change)


def group_named(diagnosis: Diagnosis, change: Change) -> str:
    """The group of the evidence that the change is about; "" when it is about none."""
    groups = _way(diagnosis).get("groups") or ()
    return next((one for one in change.resource_ids if one in groups), "")


def _closes_by_groups(
    diagnosis: Diagnosis, way: Mapping[str, Any], change: Change
) -> Closing | None:
    gone = set(change.after.get("security_groups_removed") or ())
    if not gone or way.get("side") != "ingress" or not _of_endpoint(diagnosis, change):
        return None
    if not gone.isdisjoint(way.get("groups") or ()):
        return None  # Describe calls show it there: it was put back, or never left
    return Closing.UNSURE if gone.isdisjoint(way.get("admitting") or ()) else Closing.KNOWN


def _closes_by_exchange(way: Mapping[str, Any], change: Change) -> Closing | None:
    rules = rules_of(change.after)
    if rules is None:
        return Closing.UNSURE
    if any(_covers(way, rule) for rule in rules):
        return None
    same_port = any(covers_port(rule, int(way.get("port") or 0)) for rule in rules)
    return Closing.LIKELY if same_port else Closing.UNSURE


def _closes_by_rules(way: Mapping[str, Any], rules: tuple[GroupRule, ...] | None) -> Closing | None:
    if rules is None:
        return Closing.UNSURE
    said = {_covers(way, rule) for rule in rules}
    return Closing.KNOWN if True in said else Closing.LIKELY if None in said else None


def _covers(way: Mapping[str, Any], rule: GroupRule) -> bool | None:
    """Whether the rule lets any of those pass who want to; what a prefix list held is not kept."""
    groups, port = tuple(way.get("peer_groups") or ()), int(way.get("port") or 0)
    peers = (Peer(address=str(one), groups=groups) for one in way.get("peers") or ())
    said = {covers(rule, peer, port, {}) for peer in peers}
    return True if True in said else None if None in said else False


def _of_endpoint(diagnosis: Diagnosis, change: Change) -> bool:
    return diagnosis.facts.get("endpoint_id") in change.resource_ids


def _way(diagnosis: Diagnosis) -> Mapping[str, Any]:
    way = diagnosis.facts.get("passage")
    return way if isinstance(way, Mapping) else {}
