"""The page topic: alarm-shaped JSON for HTTPS receivers, plain text for e-mail."""

from alerter.hub import Hub
from alerter.topics import publish
from reasoning.message import Message

KIND = "page_topic"
TELLS_PEOPLE = True


def wants(message: Message) -> bool:
    return message.where.pages


def send(hub: Hub, message: Message) -> None:
    """Raises botocore's errors when SNS did not take it."""
    bodies = {"default": message.text, "email": message.text, "https": message.alarm}
    publish(hub, hub.settings.page_topic_arn, message, bodies, subject=message.subject)
