"""Publishing a message to an SNS topic: one body per protocol, attributes to filter by."""

import json
from typing import Any

from alerter.hub import Hub
from reasoning.message import Message


def publish(
    hub: Hub, topic_arn: str, message: Message, bodies: dict[str, Any], subject: str = ""
) -> None:
    """`bodies`: text or JSON-able data by protocol; `default` must be there."""
    shaped = {
        protocol: body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        for protocol, body in bodies.items()
    }
    call: dict[str, Any] = {
        "TopicArn": topic_arn,
        "Message": json.dumps(shaped, ensure_ascii=False),
        "MessageStructure": "json",
        "MessageAttributes": _attributes(message),
    }
    if subject:
        call["Subject"] = subject
    hub.clients.sns.publish(**call)


def _attributes(message: Message) -> dict[str, dict[str, str]]:
    """One value as String, several as String.Array: a filter policy matches any of them."""
    found: dict[str, dict[str, str]] = {}
    for name, values in message.attributes.items():
        kept = [value for value in values if value]
        if len(kept) == 1:
            found[name] = {"DataType": "String", "StringValue": kept[0]}
        elif kept:
            found[name] = {"DataType": "String.Array", "StringValue": json.dumps(kept)}
    found["notice"] = {"DataType": "String", "StringValue": message.id}
    return found
