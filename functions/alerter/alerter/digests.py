"""What members said last: their digests, pairs and inventories.

Layout: `members`/`<account>#<region>` (the last digest, without pairs),
`pairs#<account>#<region>`/`<pair>`, `inventory#<account>#<region>`/`now`, and
`watch`/`never_good#<pair>` for pairs that never answered well.
"""

from dataclasses import replace

from alerter.hub import Hub
from alerter.table import Item, Put
from probing.wire import from_json, to_json
from reasoning.case import RouteClass
from reasoning.inventory import Inventory
from reasoning.transition import Digest, DigestPair, Health, Transition


def pair_key(digest: Digest, pair: DigestPair) -> str:
    return f"{pair.endpoint.id}@{digest.account}/{digest.region}/{pair.vpc_id}"


def last(hub: Hub, account: str, region: str) -> Digest | None:
    item = hub.table.get("members", f"{account}#{region}")
    return from_json(Digest, item.body) if item else None


def members(hub: Hub) -> list[Digest]:
    """The last digest of every member."""
    return [from_json(Digest, item.body) for item in hub.table.query("members")]


def store(hub: Hub, digest: Digest) -> bool:
    """Keep `digest`; False when this one or a newer one was there (late or repeated), and for
    one that brings only further pairs of a minute whose first message tells the rest."""
    _store_pairs(hub, digest)
    if digest.pairs and not digest.looked and not digest.paused:
        return False
    item = Item(
        pk="members",
        sk=f"{digest.account}#{digest.region}",
        body=to_json(replace(digest, pairs=(), gone=())),
        number=digest.at,
    )
    return hub.table.put(Put(item=item, below=digest.at))


def _store_pairs(hub: Hub, digest: Digest) -> None:
    pk = f"pairs#{digest.account}#{digest.region}"
    for pair in digest.pairs:
        key = pair_key(digest, pair)
        # Written also when the digest is late: `below` keeps what is newer.
        item = Item(pk=pk, sk=key, body=to_json(pair), number=digest.at)
        hub.table.put(Put(item=item, below=digest.at))
        _watch(hub, key, pair, digest.at)
    for gone in digest.gone:
        endpoint, _, vpc_id = gone.partition("@")
        key = f"{endpoint}@{digest.account}/{digest.region}/{vpc_id}"
        hub.table.delete(pk, key)
        hub.table.delete("watch", f"never_good#{key}")


def hear(hub: Hub, transition: Transition) -> None:
    """What a transition says of its pair, before the member's next digest says it: the costs of
    an undo are looked up while the page is written."""
    vantage = transition.vantage
    pair = DigestPair(
        endpoint=transition.endpoint,
        vpc_id=vantage.vpc_id,
        health=transition.after,
        route_class=transition.route_after or RouteClass.NONE,
        cname_chain=tuple(transition.facts.get("cname_chain") or ()),
        not_representative=vantage.not_representative,
        good_since_at=transition.seen_at if transition.after is Health.GOOD else None,
        vpc_endpoint_id=str(transition.facts.get("vpc_endpoint_id") or ""),
    )
    pk = f"pairs#{vantage.account}#{vantage.region}"
    item = Item(pk=pk, sk=transition.pair, body=to_json(pair), number=transition.at)
    hub.table.put(Put(item=item, below=transition.at))


def _watch(hub: Hub, key: str, pair: DigestPair, at: float) -> None:
    """Remember since when a pair was never good; forget it when it is not so any more."""
    sk = f"never_good#{key}"
    if pair.health is Health.NEVER_GOOD:
        body = {"since_at": at, "pair": to_json(pair), "told": False}
        hub.table.put(Put(item=Item(pk="watch", sk=sk, body=body), absent=True))
    elif pair.health is Health.GOOD:
        hub.table.delete("watch", sk)


def pairs_of(hub: Hub, account: str, region: str) -> dict[str, DigestPair]:
    """Every known pair of a member, by pair key."""
    items = hub.table.query(f"pairs#{account}#{region}")
    return {item.sk: from_json(DigestPair, item.body) for item in items}


def inventory(hub: Hub, account: str, region: str) -> Inventory | None:
    item = hub.table.get(f"inventory#{account}#{region}", "now")
    return from_json(Inventory, item.body) if item else None


def store_inventory(hub: Hub, now: Inventory) -> None:
    """Keep `now` unless a newer one is there."""
    item = Item(
        pk=f"inventory#{now.account}#{now.region}",
        sk="now",
        body=to_json(now),
        number=now.taken_at,
    )
    hub.table.put(Put(item=item, below=now.taken_at))
