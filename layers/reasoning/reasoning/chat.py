"""The custom notification of Amazon Q Developer in chat applications (once AWS Chatbot).

Schema: docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html. `threadId` groups the
messages of one incident where the channel allows threads. Messages of another shape are dropped
without a word, so nothing but this shape goes to the chat topic.
"""

from typing import Any

from reasoning.escape import fenced, markdown
from reasoning.told import Reason

_TITLE = 250
_STEP = 300
_ABOVE = "the command stands in the message, whole"


def chat_of(
    text: str, *, notice_id: str, reason: Reason, thread: str, cause: str = ""
) -> dict[str, Any]:
    """The `default` and `https` body of the chat topic: first line as title, the rest fenced."""
    first, _, rest = text.partition("\n")
    body: dict[str, Any] = {
        "version": "1.0",
        "source": "custom",
        "id": notice_id,
        "content": {
            "textType": "client-markdown",
            "title": markdown(first, _TITLE),
            "description": fenced(rest or first),
            "keywords": [word for word in ("gatewatch", reason.value, cause) if word],
        },
        "metadata": {
            "threadId": thread,
            "summary": markdown(first, _TITLE),
            "eventType": reason.value,
        },
    }
    steps = _steps(rest)
    if steps:
        body["content"]["nextSteps"] = steps
    return body


def _steps(rest: str) -> list[str]:
    """The Do section as a next step: its own line and the command below it."""
    lines = rest.split("\n")
    start = next((n for n, line in enumerate(lines) if line.startswith("Do ")), None)
    if start is None:
        return []
    found = [lines[start][2:].strip()]
    for line in lines[start + 1 :]:
        if not line.startswith(" "):
            break
        found.append(line.strip())
    joined = " ".join(found)
    # A command that is cut in two is a wrong command.
    return [markdown(joined if len(joined) <= _STEP else f"{found[0]} {_ABOVE}", _STEP)]
