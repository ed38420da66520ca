"""DIGEST, INVENTORY and PROBLEM: what members report of themselves."""

from alerter import captures, changes, digests, membership, metrics
from alerter.bulletins import post
from alerter.hub import Hub
from alerter.table import Item, Put
from probing.wire import from_json, to_json
from reasoning import bulletin, inferred
from reasoning.inventory import Inventory
from reasoning.transition import Digest, MemberProblem
from reasoning.wire import Envelope


def take_digest(hub: Hub, envelope: Envelope) -> None:
    """Keep it; emit its metrics once (a repeated or late one emits nothing)."""
    for digest in envelope.records:
        _refuse_others(envelope, digest)
        membership.gone(hub, digest.account, digest.region, digest.gone, digest.at)
        before = digests.last(hub, digest.account, digest.region)
        if not digests.store(hub, digest):
            continue
        captures.watch(hub, digest, before)
        metrics.of_digest(digest, before, hub.settings.metric_detail)
        if hub.settings.metric_detail == metrics.FULL:
            metrics.of_pairs(digests.pairs_of(hub, digest.account, digest.region).values())


def take_inventory(hub: Hub, envelope: Envelope) -> None:
    """Changes that no event told go to the ledger as inferred; then the inventory is kept.

    In this order: a crash between repeats the inference, which the ledger takes once.
    """
    for now in envelope.records:
        _refuse_others(envelope, now)
        before = digests.inventory(hub, now.account, now.region)
        if before is not None and now.taken_at <= before.taken_at:
            continue
        for change in inferred.changes(before, now, now.taken_at):
            changes.learn(hub, change)
        digests.store_inventory(hub, inferred.remember(before, now))


def _refuse_others(envelope: Envelope, record: Digest | Inventory) -> None:
    if (record.account, record.region) != (envelope.account, envelope.region):
        raise ValueError(
            f"{envelope.detail_type} of {record.account} came from {envelope.account}: refused"
        )


def take_problem(hub: Hub, envelope: Envelope) -> None:
    """Chat to the entry's owner when a problem appears, and when it is gone."""
    for problem in envelope.records:
        _take_problem(hub, problem, envelope.account, envelope.region)


def _take_problem(hub: Hub, problem: MemberProblem, account: str, region: str) -> None:
    """`number` of the item is the time of what was told: an older report changes nothing."""
    pk, sk = f"problem#{account}#{region}", problem.key
    item = hub.table.get(pk, sk)
    held = from_json(MemberProblem, item.body) if item else None
    if item is not None and problem.at < item.number:
        return
    was, now = _told(held), _told(problem)
    if was == now:
        return
    message = bulletin.problem(
        problem, account=account, region=region, default_owner=hub.settings.default_owner
    )
    kept = Item(
        pk=pk,
        sk=sk,
        body=to_json(problem),
        number=problem.at,
        expires_at=0.0 if problem.open else hub.incident_expires_at(),
    )
    condition = Put(item=kept, equals=item.number) if item else Put(item=kept, absent=True)
    post(hub, message, [condition])


def _told(problem: MemberProblem | None) -> tuple[str, str] | None:
    """What people know of it; None when it is gone or was never there."""
    return (problem.what, problem.mend) if problem is not None and problem.open else None
