"""One message of the hub queue: a member's report, the tick, or our own wake."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

from alerter import changes, membership, reports, transitions
from alerter.hub import Hub
from alerter.sweep import SendFailed, sweep
from alerter.tick import tick
from reasoning import wire
from reasoning.wire import Envelope

logger = Logger(child=True)
EARLY_SECONDS = 2.0
"""Delays of SQS are whole seconds of real time: a wake may come a little early and waits."""

_REPORTS: dict[str, Callable[[Hub, Envelope], None]] = {
    wire.CHANGE: changes.take,
    wire.TRANSITIONS: transitions.take,
    wire.DIGEST: reports.take_digest,
    wire.INVENTORY: reports.take_inventory,
    wire.PROBLEM: reports.take_problem,
    wire.PLACEMENTS: membership.take_placements,
    wire.LEFT: membership.take_left,
}

_FROM_ANYBODY = (wire.CHANGE, wire.LEFT)
"""A change is a fact, whoever saw it."""


def take(hub: Hub, message: dict[str, Any]) -> None:
    """Raises what makes the message worth another try; WireError for one that never parses (it
    ends in the dead-letter queue, where people see it)."""
    kind = message.get("kind")
    if kind == "tick":
        try:
            tick(hub)
        finally:
            sweep(hub)  # what cannot be judged must not hold back what is due
    elif kind == "wake":
        early = float(message["at"]) - hub.clock.now_at()
        hub.clock.sleep_seconds(min(early, EARLY_SECONDS))
        sweep(hub)
    else:
        envelope = wire.read(message)
        if envelope.detail_type not in _FROM_ANYBODY and membership.has_left(hub, envelope):
            logger.info("sent after the member had left", extra={"what": envelope.detail_type})
            return
        _REPORTS[envelope.detail_type](hub, envelope)
        _speak(hub)


def _speak(hub: Hub) -> None:
    """Send what is due at once. A failure is not the report's: the report is applied, the notice
    waits in the outbox, and the next wake or tick tries it again."""
    try:
        sweep(hub)
    except SendFailed as failed:
        logger.warning("sending is left to the tick", extra={"what": str(failed)})
