"""Asking a canary: one synchronous invocation, its answer read strictly.

Whatever goes wrong here is ours, not the endpoint's: it ends as NoAnswer with the reason.
"""

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from probing.secret import Secret, redact
from probing.wire import Answer, WireError, Work, read, to_json

_READ_CHARS = 1024
_TOLD_CHARS = 250


class NoAnswer(Exception):
    """The canary could not be asked or did not answer; the text says why, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryCall:
    """Invokes canaries by function name."""

    lambda_: Any

    def __call__(self, function: str, work: Work) -> Answer:
        """The canary's answer. Raises NoAnswer: refused, throttled, timed out, crashed, nonsense,
        or an answer to another look."""
        try:
            response = self.lambda_.invoke(
                FunctionName=function,
                InvocationType="RequestResponse",
                Payload=json.dumps(to_json(work)).encode(),
            )
            payload = response["Payload"].read()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "error")
            raise NoAnswer(f"invoking {function}: {code}") from error
        except BotoCoreError as error:
            raise NoAnswer(f"invoking {function}: {type(error).__name__}") from error
        if response.get("FunctionError"):
            raise NoAnswer(f"{function} failed: {_error_of(payload, _secrets_of(work))}")
        return _answer(function, payload, work)


def _secrets_of(work: Work) -> tuple[Secret, ...]:
    return tuple(
        Secret(value)
        for probe in work.probes
        for value in (*probe.secret_headers.values(), probe.client_certificate)
        if value
    )


def _answer(function: str, payload: bytes, work: Work) -> Answer:
    try:
        answer = read(Answer, json.loads(payload))
    except (WireError, ValueError) as error:
        told = redact(str(error), _secrets_of(work))[:_TOLD_CHARS]
        raise NoAnswer(f"{function} answered nonsense: {told}") from None
    if answer.look != work.look:
        other = redact(answer.look[:_READ_CHARS], _secrets_of(work))[:_TOLD_CHARS]
        raise NoAnswer(f"{function} answered look {other!r}, asked was {work.look!r}")
    return answer


def _error_of(payload: bytes, secrets: tuple[Secret, ...]) -> str:
    """errorType and errorMessage of a FunctionError payload, shortened. The text of an exception
    may quote what it was raised over, and that may be a credential."""
    try:
        data = json.loads(payload)
    except ValueError:
        return "unreadable error"
    if not isinstance(data, dict):
        return "unreadable error"
    told = f"{data.get('errorType', 'error')}: {data.get('errorMessage', '')}"
    return redact(told[:_READ_CHARS], secrets)[:_TOLD_CHARS]
