"""Changes that two inventories show between them, without an event: best effort has its gaps.

Decided here: which differences of VPC endpoints are changes, under the event name that each
would have had. They have no actor, and are `likely` suspects at most (`blame.py`).
"""

from dataclasses import replace

from reasoning.change import Change
from reasoning.changes import KINDS
from reasoning.contrast import is_gone
from reasoning.diagnose import Diagnosis
from reasoning.inventory import Inventory, VpcEndpoint
from reasoning.private_dns import names_of
from reasoning.twins import CREATE, DELETE, MODIFY, SINCE

MEMORY_SECONDS = 24 * 3600.0
_SOURCE = "ec2.amazonaws.com"


def changes(before: Inventory | None, after: Inventory, at: float) -> tuple[Change, ...]:
    """What changed from `before` to `after`, in order of time; `at` is when that was noticed.

    A first inventory (`before` None) shows no change. A created endpoint tells its own time; for
    the others it is known only that they happened since `before` was taken.
    """
    if before is None:
        return ()
    was = {e.id: e for e in before.endpoints if not is_gone(e)}
    now = {e.id: e for e in after.endpoints if not is_gone(e)}
    found = [_created(now[i], before, after, at) for i in sorted(now.keys() - was.keys())]
    for one in sorted(was.keys() & now.keys()):
        if was[one].private_dns != now[one].private_dns:
            found.append(_switched(was[one], now[one], before, after, at))
        if set(was[one].security_groups) != set(now[one].security_groups):
            found.append(_guarded(was[one], now[one], before, after, at))
    found += [_deleted(was[i], before, after, at) for i in sorted(was.keys() - now.keys())]
    return tuple(sorted(found, key=lambda change: (change.at, change.id)))


def described(diagnosis: Diagnosis) -> tuple[Change, ...]:
    """The creation that Describe calls showed when the diagnosis was made: for a hub that has
    heard of the endpoint neither by an event nor by an inventory. Without a creation time, none."""
    facts = diagnosis.facts
    made_at, told_at = facts.get("created_at"), facts.get("described_at")
    if not diagnosis.subject or made_at is None or told_at is None or not facts.get("private_dns"):
        return ()
    endpoint = VpcEndpoint(
        id=diagnosis.subject,
        vpc_id=str(facts.get("vpc_id", "")),
        service=str(facts.get("service", "")),
        state=str(facts.get("state", "")),
        private_dns=True,
        names=tuple(facts.get("names") or ()),
        created_at=float(made_at),
    )
    now = Inventory(
        account=str(facts.get("account", "")),
        region=str(facts.get("region", "")),
        taken_at=float(told_at),
        endpoints=(endpoint,),
    )
    then = replace(now, taken_at=float(made_at), endpoints=())
    return (_created(endpoint, then, now, float(told_at)),)


def remember(before: Inventory | None, after: Inventory) -> Inventory:
    """`after` with the memory of endpoints that are gone since at most a day: a deleted id must
    still say what it was."""
    if before is None:
        return after
    present = {e.id for e in after.endpoints}
    gone = tuple(
        e if e.deleted_at is not None else replace(e, deleted_at=after.taken_at)
        for e in before.endpoints
        if e.id not in present
        and (e.deleted_at is None or after.taken_at - e.deleted_at < MEMORY_SECONDS)
    )
    return replace(after, endpoints=(*after.endpoints, *gone))


def _created(endpoint: VpcEndpoint, before: Inventory, after: Inventory, at: float) -> Change:
    made_at = endpoint.created_at if endpoint.created_at is not None else min(at, after.taken_at)
    on = "on" if endpoint.private_dns else "off"
    return _change(
        CREATE,
        endpoint,
        before,
        after,
        at=made_at,
        was={"state": "absent"},
        now={"state": endpoint.state, "private_dns": endpoint.private_dns},
        what=f"{endpoint.id} for {endpoint.service} in {endpoint.vpc_id}, private DNS {on}",
    )


def _switched(
    was: VpcEndpoint, now: VpcEndpoint, before: Inventory, after: Inventory, at: float
) -> Change:
    on = "on" if now.private_dns else "off"
    return _change(
        MODIFY,
        now if now.names else replace(now, names=was.names),
        before,
        after,
        at=min(at, after.taken_at),
        was={"private_dns": was.private_dns},
        now={"private_dns": now.private_dns},
        what=f"{now.id}: private DNS {on}",
    )


def _guarded(
    was: VpcEndpoint, now: VpcEndpoint, before: Inventory, after: Inventory, at: float
) -> Change:
    gone = sorted(set(was.security_groups) - set(now.security_groups))
    new = sorted(set(now.security_groups) - set(was.security_groups))
    told = {"security_groups_removed": gone, "security_groups_added": new}
    what = [f"{key.replace('_', ' ')} {', '.join(ids)}" for key, ids in told.items() if ids]
    return _change(
        MODIFY,
        now,
        before,
        after,
        at=min(at, after.taken_at),
        was={},
        now={key: ids for key, ids in told.items() if ids},
        what=f"{now.id}: {'; '.join(what)}",
        about=":groups",
    )


def _deleted(endpoint: VpcEndpoint, before: Inventory, after: Inventory, at: float) -> Change:
    return _change(
        DELETE,
        endpoint,
        before,
        after,
        at=min(at, after.taken_at),
        was={"state": endpoint.state, "private_dns": endpoint.private_dns},
        now={"state": "deleted"},
        what=f"{endpoint.id} is gone",
    )


def _change(
    event_name: str,
    endpoint: VpcEndpoint,
    before: Inventory,
    after: Inventory,
    *,
    at: float,
    was: dict[str, object],
    now: dict[str, object],
    what: str,
    about: str = "",
) -> Change:
    kind = next(k for k, of in KINDS.items() if (_SOURCE, event_name) in of.EVENTS)
    return Change(
        # The time of the later inventory: a second switch of one endpoint is another change.
        id=f"inferred:{endpoint.id}:{event_name}:{int(after.taken_at)}{about}",
        kind=kind,
        event_name=event_name,
        event_source=_SOURCE,
        at=at,
        account=after.account,
        region=after.region,
        resource_ids=(endpoint.id,),
        scope={
            "vpc_id": endpoint.vpc_id,
            "service": endpoint.service,
            "names": list(endpoint.names or names_of(endpoint.service, after.region)),
            "interface_ids": list(endpoint.interface_ids),
            SINCE: min(before.taken_at, at),
        },
        before=was,
        after=now,
        summary=f"{event_name} (seen in the inventory, without an event): {what}",
        inferred=True,
        confirmed=True,
    )
