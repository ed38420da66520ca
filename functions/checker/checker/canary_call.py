"""Asking a canary: one synchronous invocation, its answer read strictly.

Whatever goes wrong here is ours, not the endpoint's: it ends as NoAnswer with the reason.
"""

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from probing.wire import Answer, WireError, Work, read, to_json


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
            raise NoAnswer(f"{function} failed: {_error_of(payload)}")
        return _answer(function, payload, work)


def _answer(function: str, payload: bytes, work: Work) -> Answer:
    try:
        answer = read(Answer, json.loads(payload))
    except (WireError, ValueError) as error:
        raise NoAnswer(f"{function} answered nonsense: {str(error)[:200]}") from error
    if answer.look != work.look:
        raise NoAnswer(f"{function} answered look {answer.look!r}, asked was {work.look!r}")
    return answer


def _error_of(payload: bytes) -> str:
    """errorType and errorMessage of a FunctionError payload, shortened."""
    try:
        data = json.loads(payload)
    except ValueError:
        return "unreadable error"
    if not isinstance(data, dict):
        return "unreadable error"
    return f"{data.get('errorType', 'error')}: {str(data.get('errorMessage', ''))[:200]}"
