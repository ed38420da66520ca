"""The hub's bus: `gatewatch` / `Incident Opened|Amended|Resolved`, for every other receiver."""

import json

from alerter.hub import Hub
from reasoning.message import Message

KIND = "event_bus"
TELLS_PEOPLE = False
SOURCE = "gatewatch"


class NotTaken(RuntimeError):
    """The bus answered, and took the entry not."""


def wants(message: Message) -> bool:
    return bool(message.event_type)


def send(hub: Hub, message: Message) -> None:
    """Raises NotTaken when the entry failed: PutEvents answers 200 then too."""
    entry = {
        "EventBusName": hub.settings.hub_bus_arn,
        "Source": SOURCE,
        "DetailType": message.event_type,
        "Detail": json.dumps({"text": message.text, **message.event}, ensure_ascii=False),
    }
    answer = hub.clients.events.put_events(Entries=[entry])
    if answer.get("FailedEntryCount"):
        failed = answer["Entries"][0]
        raise NotTaken(f"{failed.get('ErrorCode')}: {failed.get('ErrorMessage')}")
