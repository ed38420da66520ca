"""Hears what Gatewatch says, as a subscriber would: both topics and the bus, as it arrives."""

import json
import threading
from dataclasses import dataclass, field
from typing import Any

from probing.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message as a subscriber received it. `to` is page, chat or bus."""

    at: float
    to: str
    reason: str
    text: str
    attributes: dict[str, str] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)


class Collector:
    """Polls one queue a topic in a thread of its own until `stop`."""

    def __init__(self, sqs: Any, queues: dict[str, str], clock: Clock) -> None:
        self._sqs, self._queues, self._clock = sqs, queues, clock
        self._messages: list[Heard] = []
        self._arrived = threading.Condition()
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._poll, args=(to, url), daemon=True)
            for to, url in queues.items()
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop polling; what is already heard stays."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def heard(self, to: str | None = None, reason: str | None = None) -> tuple[Heard, ...]:
        """What was heard so far, oldest first."""
        with self._arrived:
            return tuple(
                message
                for message in self._messages
                if to in (None, message.to) and reason in (None, message.reason)
            )

    def wait(self, seconds: float) -> None:
        """Wait until something arrives, `seconds` of real time at most."""
        with self._arrived:
            self._arrived.wait(timeout=seconds)

    def _poll(self, to: str, url: str) -> None:
        while not self._stopped.is_set():
            answer = self._sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
                MessageAttributeNames=["All"],
            )
            for message in answer.get("Messages", []):
                self._keep(to, message)
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def _keep(self, to: str, message: dict[str, Any]) -> None:
        attributes = {
            name: value.get("StringValue", "")
            for name, value in message.get("MessageAttributes", {}).items()
        }
        text, detail = message["Body"], {}
        if to == "bus":
            event = json.loads(text)
            detail, text = event["detail"], event["detail-type"]
            attributes["reason"] = text.rsplit(" ", 1)[-1].lower()
        with self._arrived:
            self._messages.append(
                Heard(
                    at=self._clock.now_at(),
                    to=to,
                    reason=attributes.get("reason", ""),
                    text=text,
                    attributes=attributes,
                    detail=detail,
                )
            )
            self._arrived.notify_all()
