"""The chat topic: the custom notification of Amazon Q Developer in chat applications."""

from alerter.hub import Hub
from alerter.topics import publish
from reasoning.message import Message

KIND = "chat_topic"
TELLS_PEOPLE = True


def wants(message: Message) -> bool:
    return message.where.chats


def send(hub: Hub, message: Message) -> None:
    """Raises botocore's errors when SNS did not take it."""
    text = message.chat_text or message.text
    bodies = {"default": message.chat, "https": message.chat, "email": text}
    publish(hub, hub.settings.chat_topic_arn, message, bodies)
