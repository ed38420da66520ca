"""PLACEMENTS and LEFT: where a member looks from, and that it is a member no more.

Layout: `placements#<account>#<region>`/`now`, and `left#<account>#<region>`/`now` for a while after
a member left: what is still under way from it then is of nobody, and makes no member again.
"""

from aws_lambda_powertools import Logger

from alerter import digests, unwatched
from alerter.bulletins import post
from alerter.hub import Hub
from alerter.table import Delete, Item, Put
from probing.wire import WireError, from_json, to_json
from reasoning import bulletin
from reasoning.blind import Blind
from reasoning.placements import Left, Placements
from reasoning.unwatched import GONE
from reasoning.wire import Envelope

logger = Logger(child=True)
LINGER_SECONDS = 600.0
"""A member sends its farewell while its stack still stands; its functions go within minutes."""
_KEEP_SECONDS = 86400.0


def take_placements(hub: Hub, envelope: Envelope) -> None:
    """Keep the newest of a member."""
    for placements in envelope.records:
        _refuse_others(envelope, placements)
        item = Item(
            pk=f"placements#{placements.account}#{placements.region}",
            sk="now",
            body=to_json(placements),
            number=placements.taken_at,
        )
        hub.table.put(Put(item=item, below=placements.taken_at))


def take_left(hub: Hub, envelope: Envelope) -> None:
    """Forget the member: nobody misses it, and what failed there is no longer looked at.

    Every step may be done twice: a crash between repeats them. The digest goes last, with the
    message, so that it is told once.
    """
    for left in envelope.records:
        _refuse_others(envelope, left)
        _forget(hub, left)


def has_left(hub: Hub, envelope: Envelope) -> bool:
    """Whether the message was sent by a member that had left."""
    item = hub.table.get(f"left#{envelope.account}#{envelope.region}", "now")
    return item is not None and envelope.sent_at <= item.number + LINGER_SECONDS


def gone(hub: Hub, account: str, region: str, names: tuple[str, ...], at: float) -> None:
    """Pairs (`<endpoint>@<vpc>`) that a digest of `at` says are no longer looked at."""
    parts = (name.partition("@") for name in names)
    pairs = [f"{endpoint}@{account}/{region}/{vpc_id}" for endpoint, _, vpc_id in parts]
    unwatched.leave(hub, pairs, GONE, before_at=at)


def _refuse_others(envelope: Envelope, record: Placements | Left) -> None:
    if (record.account, record.region) != (envelope.account, envelope.region):
        raise WireError(
            f"{envelope.detail_type} of {record.account} came from {envelope.account}: refused"
        )


def _forget(hub: Hub, left: Left) -> None:
    place = f"{left.account}#{left.region}"
    before = digests.last(hub, left.account, left.region)
    if before is not None and before.at > left.at + LINGER_SECONDS:
        logger.info("an old farewell of a member that came again", extra={"member": place})
        return
    marker = Item(
        pk=f"left#{place}",
        sk="now",
        number=left.at,
        expires_at=hub.clock.real_now_at() + _KEEP_SECONDS,
    )
    hub.table.put(Put(item=marker, below=left.at))
    why = f"the member of account {left.account}, {left.region} was taken away"
    pairs = digests.pairs_of(hub, left.account, left.region)
    unwatched.leave(hub, pairs, why, before_at=left.at + LINGER_SECONDS)
    _clear(hub, left)
    if before is not None:
        message = bulletin.left(left, vpcs=len(before.looked), owner=hub.settings.default_owner)
        post(hub, message, [Delete(pk="members", sk=place)])


def _clear(hub: Hub, left: Left) -> None:
    """Everything that is kept of the member but its last digest, by which a repeat finds it."""
    place, path = f"{left.account}#{left.region}", f"{left.account}/{left.region}"
    for item in hub.table.query("blind", f"{path}/", f"{path}/~"):
        was, owner = from_json(Blind, item.body), hub.settings.default_owner
        message = bulletin.seeing_again(was, owner=owner, now_at=left.at, left=True)
        post(hub, message, [Delete(pk="blind", sk=item.sk)])
    for item in hub.table.query("watch", "never_good#", "never_good#~"):
        if f"@{path}/" in item.sk:
            hub.table.delete("watch", item.sk)
    for kept in ("pairs", "inventory", "placements", "problem", "captured"):
        for item in hub.table.query(f"{kept}#{place}"):
            hub.table.delete(item.pk, item.sk)
