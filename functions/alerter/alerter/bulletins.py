"""Messages that are about no incident: posted with the marker that keeps them from repeating."""

from alerter import outbox
from alerter.hub import Hub
from alerter.outbox import Waiting
from alerter.table import Put, Stale, Write
from reasoning.message import Message


def post(
    hub: Hub,
    message: Message,
    markers: list[Write],
    *,
    due_at: float | None = None,
    about: tuple[str, ...] = (),
) -> bool:
    """Put `message` into the outbox, due now or at `due_at`, in one transaction with `markers`.

    False when a marker's condition does not hold: it was posted before.
    """
    when = hub.clock.now_at() if due_at is None else due_at
    waiting = Waiting(notice_id=message.id, due_at=when, message=message, about=about)
    try:
        hub.table.transact([Put(item=outbox.item_of(hub, waiting)), *markers])
    except Stale:
        return False
    return True
