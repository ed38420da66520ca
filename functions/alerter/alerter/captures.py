"""Names that sentinels show captured in a VPC where no registered endpoint uses them.

Told once when it begins; names that alternate are told once too. What was captured already when
a member first reported is the baseline: it is known, and not told.
"""

from collections.abc import Iterable
from dataclasses import replace

from alerter import digests
from alerter.bulletins import post
from alerter.hub import Hub
from alerter.table import Item, Put
from reasoning import bulletin
from reasoning.private_dns import covers
from reasoning.transition import Digest, DigestPair

FORGET_SECONDS = 300.0
"""As long as two changes of a route count as one that is changing still."""


def watch(hub: Hub, digest: Digest, before: Digest | None) -> None:
    """Compare what is captured with what was told; forget what is captured no more."""
    pk = f"captured#{digest.account}#{digest.region}"
    held = {item.sk: item for item in hub.table.query(pk)}
    seen = {f"{vpc}#{domain}" for vpc, domains in digest.captured.items() for domain in domains}
    for sk, item in held.items():
        _remember(hub, item, digest.at, captured=sk in seen)
    fresh = seen - set(held)
    pairs = tuple(digests.pairs_of(hub, digest.account, digest.region).values()) if fresh else ()
    for sk in sorted(fresh):
        vpc_id, _, domain = sk.partition("#")
        item = Item(pk=pk, sk=sk, number=digest.at)
        if before is None or _is_used(vpc_id, domain, pairs):
            hub.table.put(Put(item=item, absent=True))
            continue
        message = bulletin.captured(
            vpc_id,
            [domain],
            account=digest.account,
            region=digest.region,
            at=digest.at,
            owner=hub.settings.default_owner,
        )
        post(hub, message, [Put(item=item, absent=True)])


def _remember(hub: Hub, item: Item, at: float, *, captured: bool) -> None:
    """Note since when a name is free again, and forget it when it has stayed so."""
    free_since_at = item.body.get("free_since_at")
    if captured:
        if free_since_at is not None:
            hub.table.put(Put(item=replace(item, body={})))
    elif free_since_at is None:
        hub.table.put(Put(item=replace(item, body={"free_since_at": at})))
    elif at - float(free_since_at) >= FORGET_SECONDS:
        hub.table.delete(item.pk, item.sk)


def _is_used(vpc_id: str, domain: str, pairs: Iterable[DigestPair]) -> bool:
    names = (domain, f"*.{domain}")
    return any(
        covers(names, host)
        for pair in pairs
        if pair.vpc_id == vpc_id
        for host in (pair.endpoint.host, *pair.cname_chain)
    )
