"""What waits to be said: one item per notice, by due time, in the transaction of its cause.

Items are written with the incident header (or with the marker of a bulletin), claimed by a lease
before sending, and deleted when everything went out: told at least once, and twice only when a
crash comes between a send and its mark.
"""

import math
from dataclasses import dataclass, replace

from alerter.hub import Hub
from alerter.table import Delete, Item, Put, Write
from probing.wire import from_json, to_json
from reasoning.incident import Incident
from reasoning.message import Message
from reasoning.told import Notice, Reason

PK = "outbox"
LEASE_SECONDS = 20.0  # real: longer than all sends of one notice with their retries
_BESIDE_SECONDS = 0.001  # the least that gives an item another key
_WAKE_LIMIT_SECONDS = 900  # the longest delay of an SQS message; the tick finds later ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`incident` names the header that the text is made from when it is sent; a bulletin brings
    its `message` along. `sent`: kinds of notifier that took it already. `about`: the resource that
    a forecast is about: once an open incident is about it, nothing is left to forecast."""

    notice_id: str
    due_at: float
    incident: str = ""
    message: Message | None = None
    sent: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


def sort_key(notice_id: str, due_at: float) -> str:
    return f"{due_at:017.3f}#{notice_id}"


def item_of(hub: Hub, waiting: Waiting, *, lease_at: float = 0.0) -> Item:
    """The item; what could not be sent for as long as incidents are kept is given up."""
    sk = sort_key(waiting.notice_id, waiting.due_at)
    ahead = max(0.0, waiting.due_at - hub.clock.now_at())
    expires_at = hub.incident_expires_at() + ahead
    return Item(pk=PK, sk=sk, body=to_json(waiting), number=lease_at, expires_at=expires_at)


def due(hub: Hub, now_at: float) -> list[Waiting]:
    """What is due at `now_at`, oldest first."""
    items = hub.table.query(PK, " ", f"{now_at:017.3f}~", most=200)
    return [from_json(Waiting, item.body) for item in items]


def claim(hub: Hub, waiting: Waiting) -> Waiting | None:
    """Take the lease of a notice: the notice as it stands by now (another sender may have got a
    part of it out since it was listed); None when somebody else is sending it, or has sent it."""
    real_now_at = hub.clock.real_now_at()
    held = hub.table.get(PK, sort_key(waiting.notice_id, waiting.due_at))
    if held is None or held.number > real_now_at:
        return None
    current = from_json(Waiting, held.body)
    item = item_of(hub, current, lease_at=real_now_at + LEASE_SECONDS)
    return current if hub.table.put(Put(item=item, equals=held.number)) else None


def release(hub: Hub, waiting: Waiting) -> None:
    """Keep what was sent so far and give the lease back: the rest is tried again."""
    hub.table.put(Put(item=item_of(hub, waiting)))


def leave_rest(hub: Hub, waiting: Waiting, message: Message) -> None:
    """Keep a message that people have for the ways out that refused it, as it was said, beside
    its header's notice: that one is told, and may be marked so."""
    due_at = waiting.due_at + _BESIDE_SECONDS
    rest = replace(waiting, incident="", message=message, due_at=due_at)
    hub.table.put(Put(item=item_of(hub, rest)))


def keep_due(
    before: tuple[Notice, ...], now: tuple[Notice, ...], now_at: float
) -> tuple[Notice, ...]:
    """`now`, where a notice that waits already is never put off (but a reminder, when people say
    that they know), and one that is due already keeps its place: somebody may hold its lease."""
    held = {notice.id: notice.due_at for notice in before}
    return tuple(replace(one, due_at=_due(held.get(one.id), one, now_at)) for one in now)


def _due(held_at: float | None, wanted: Notice, now_at: float) -> float:
    if held_at is None:
        return wanted.due_at
    if held_at <= now_at:
        return held_at
    return wanted.due_at if wanted.reason is Reason.REMINDER else min(held_at, wanted.due_at)


def writes(hub: Hub, before: tuple[Notice, ...], incident: Incident) -> list[Write]:
    """What brings the outbox from the notices `before` to those of `incident` now."""
    old = {(notice.id, notice.due_at) for notice in before}
    new = {(notice.id, notice.due_at) for notice in incident.pending}
    gone: list[Write] = [
        Delete(pk=PK, sk=sort_key(notice_id, due_at)) for notice_id, due_at in sorted(old - new)
    ]
    return gone + [
        Put(item=item_of(hub, Waiting(notice_id=notice_id, due_at=due_at, incident=incident.id)))
        for notice_id, due_at in sorted(new - old)
    ]


def wake(hub: Hub, notices: tuple[Notice, ...], incident: str) -> None:
    """Have ourselves woken when the first of `notices` is due: one delayed message.

    The delay is Clock time; where it is lost, the tick finds the notice within a minute.
    """
    now_at = hub.clock.now_at()
    ahead = [n.due_at for n in notices if now_at < n.due_at <= now_at + _WAKE_LIMIT_SECONDS]
    if not ahead:
        return
    delay = max(1, math.ceil(min(ahead) - now_at))
    body = f'{{"kind":"wake","at":{min(ahead)!r},"incident":"{incident}"}}'
    hub.clients.sqs.send_message(
        QueueUrl=hub.settings.hub_queue_url, MessageBody=body, DelaySeconds=delay
    )
