"""Send what is due: claim, (close), send, mark. The tick and every wake end here."""

from dataclasses import replace

from aws_lambda_powertools import Logger

from alerter import incidents, metrics, notifiers, outbox
from alerter.blaming import refresh
from alerter.changes import observed
from alerter.hub import Hub
from alerter.outbox import Waiting
from alerter.table import Stale
from reasoning import joining
from reasoning.incident import Incident, Stage
from reasoning.marking import mark
from reasoning.message import Message, of_incident, plain_of
from reasoning.told import ENDS, Notice, Reason

logger = Logger(child=True)
_TRIES = 6


class SendFailed(RuntimeError):
    """Some notices could not be sent; they wait in the outbox and are tried again."""


class BusRefused(SendFailed):
    """Everybody has the notice but programs; `sent`: the kinds of notifier that took it."""

    def __init__(self, message: str, sent: tuple[str, ...]) -> None:
        super().__init__(message)
        self.sent = sent


def sweep(hub: Hub) -> None:
    """Send everything due now. Raises SendFailed after all were tried, if one failed."""
    failed = []
    for listed in outbox.due(hub, hub.clock.now_at()):
        waiting = outbox.claim(hub, listed)
        if waiting is None:
            continue
        try:
            _deliver(hub, waiting)
        except Exception:  # one notice that cannot be sent must not hold back the others
            logger.exception("notice not sent", extra={"notice": waiting.notice_id})
            failed.append(waiting.notice_id)
    if failed:
        raise SendFailed(f"{len(failed)} notices wait on: {', '.join(failed[:5])}")


def _deliver(hub: Hub, waiting: Waiting) -> None:
    if waiting.message is not None:
        if not (waiting.about and observed(hub, waiting.about)):
            _send(hub, waiting, waiting.message)
        hub.table.delete(outbox.PK, outbox.sort_key(waiting.notice_id, waiting.due_at))
        return
    found = _current(hub, waiting)
    if found is None:
        logger.info("notice not due any more", extra={"notice": waiting.notice_id})
        return
    incident, held = found
    message = _message(hub, incident, held)
    refused = ""
    try:
        _send(hub, waiting, message)
    except BusRefused as error:
        # People have it, and a header that did not know would never tell them its end.
        outbox.leave_rest(hub, replace(waiting, sent=error.sent), message)
        refused = str(error)
    _count(hub, incident, held)
    _mark(hub, incident, held)
    if refused:
        raise SendFailed(refused)


def _current(hub: Hub, waiting: Waiting) -> tuple[Incident, Notice] | None:
    """The header with what is known now, and the notice if it is to be sent still.

    A notice that ends the incident closes it first: what fails from then on is another incident,
    so that an incident which was told as resolved never fails again. What is not due any more
    leaves the outbox.
    """
    for _ in range(_TRIES):
        before = incidents.load(hub, waiting.incident)
        if before is None:
            raise LookupError(f"outbox names incident {waiting.incident}, which is not there")
        after = incidents.settled(hub, before, refresh(hub, before))
        held = _held(after, waiting)
        if held is not None and _ends(held) and after.stage is Stage.OPEN:
            ended = joining.closed(after, now_at=hub.clock.now_at())
            after = incidents.settled(hub, before, replace(ended, version=before.version))
            held = _held(after, waiting)
        if held is None and _held(before, waiting) is None:
            hub.table.delete(outbox.PK, outbox.sort_key(waiting.notice_id, waiting.due_at))
        if replace(after, version=before.version) != before:
            try:
                incidents.write(hub, [(before, after)], [])
            except Stale:
                continue
        return (after, held) if held is not None else None
    raise Stale(f"incident {waiting.incident} kept moving")


def _held(incident: Incident, waiting: Waiting) -> Notice | None:
    """The notice as the header holds it, at that very due time: else the outbox item is old."""
    key = (waiting.notice_id, waiting.due_at)
    return next((one for one in incident.pending if (one.id, one.due_at) == key), None)


def _ends(held: Notice) -> bool:
    return held.reason in ENDS


def _message(hub: Hub, incident: Incident, held: Notice) -> Message:
    owner, now_at = hub.settings.default_owner, hub.clock.now_at()
    details = hub.settings.details
    try:
        return of_incident(incident, held, default_owner=owner, now_at=now_at, details=details)
    except Exception:  # a text that cannot be made must not keep the page from going out
        logger.exception("message fell back to ids", extra={"incident": incident.id})
        return plain_of(incident, held, default_owner=owner, now_at=now_at)


def _send(hub: Hub, waiting: Waiting, message: Message) -> None:
    """Every way out that wants it and has not taken it yet; keeps which did when one fails.

    A way out that is shut shuts no other. Raises BusRefused when only programs lack it, else
    SendFailed.
    """
    sent = waiting.sent
    refused: dict[str, tuple[bool, str]] = {}
    for kind, notifier in notifiers.kinds().items():
        if kind in sent or not notifier.wants(message):
            continue
        try:
            notifier.send(hub, message)
        except Exception as error:  # a way out that is shut must shut no other; raised below
            logger.exception("a way out refused", extra={"notice": message.id, "kind": kind})
            refused[kind] = (notifier.TELLS_PEOPLE, repr(error))
        else:
            sent = (*sent, kind)
    if refused:
        outbox.release(hub, replace(waiting, sent=sent))
        whys = "; ".join(f"{kind}: {why}" for kind, (_, why) in refused.items())
        what = f"{message.id}: {whys}"
        if any(people for people, _ in refused.values()):
            raise SendFailed(what)
        raise BusRefused(what, sent)
    metrics.once(hub.settings.metric_detail, NoticesSent=1.0)
    logger.info("notice sent", extra={"notice": message.id, "reason": message.reason.value})


def _count(hub: Hub, incident: Incident, held: Notice) -> None:
    """How long it took from the first bad probe until a suspect was told, the first time."""
    named = held.reason in (Reason.OPENED, Reason.FLAPPING, Reason.CAUSE_FOUND)
    if named and incident.suspect is not None and not incident.told.suspect:
        seconds = hub.clock.now_at() - incident.first_bad_at
        metrics.once(hub.settings.metric_detail, TimeToBlame=seconds)


def _mark(hub: Hub, said: Incident, held: Notice) -> None:
    """Note that it was said, on the header as it is by now. `said` is the header that its text
    was made from: what came in while it was sent is still to be told."""
    for _ in range(_TRIES):
        before = incidents.load(hub, said.id)
        if before is None:
            return
        told = mark(replace(said, told=before.told), held, now_at=hub.clock.now_at()).told
        marked = replace(before, told=told)
        try:
            incidents.write(hub, [(before, incidents.settled(hub, before, marked))], [])
            return
        except Stale:
            continue
    raise Stale(f"incident {said.id} kept moving: {held.id} is said, not marked")
