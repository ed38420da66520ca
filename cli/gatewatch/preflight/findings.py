"""What a check of an account finds, and how it asks: a denied call is unknown, never bad."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from gatewatch.publishing.aws import DENIED, Client, code_of
from gatewatch.verdict import Verdict

UNANSWERED = ("NotImplemented", "501", "404", "InvalidAction", "UnknownOperation")
"""Codes of an emulator that has no such call: nothing is known then either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line: `told` is what was found, `mend` what to do about it ("" when nothing)."""

    check: str
    verdict: Verdict
    told: str
    mend: str = ""

    def as_data(self) -> dict[str, str]:
        return {
            "check": self.check,
            "verdict": self.verdict.value,
            "told": self.told,
            "mend": self.mend,
        }


class Unanswered(Exception):
    """A call that told nothing, with the reason: no right to ask, or no answer at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account and Region as its checks ask it. `publishes` when StackSets are to be made
    from here."""

    client: Client
    region: str
    account: str
    caller_arn: str
    publishes: bool = False

    def ask(self, service: str, operation: str, **arguments: Any) -> Mapping[str, Any]:
        """One call. Raises Unanswered when it is denied; ClientError when it is refused."""
        client = self.client(service, self.region)
        try:
            answer: dict[str, Any] = getattr(client, operation)(**arguments)
        except ClientError as error:
            raise_unanswered(service, operation, error)
            raise
        except (BotoCoreError, ResponseParserError) as error:
            raise Unanswered(f"{service}:{_name(operation)} told nothing: {error}") from error
        return answer

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        """All rows of a list that comes in pages. Raises Unanswered as `ask` does."""
        paginator = self.client(service, self.region).get_paginator(operation)
        try:
            return [row for page in paginator.paginate(**arguments) for row in page.get(key, [])]
        except ClientError as error:
            raise_unanswered(service, operation, error)
            raise
        except (BotoCoreError, ResponseParserError) as error:
            raise Unanswered(f"{service}:{_name(operation)} told nothing: {error}") from error


def raise_unanswered(service: str, operation: str, error: ClientError) -> None:
    code = code_of(error)
    if any(word in code for word in DENIED):
        raise Unanswered(f"you may not ask: {service}:{_name(operation)} is denied") from error
    if code in UNANSWERED:
        raise Unanswered(f"{service}:{_name(operation)} is not answered here ({code})") from error


def _name(operation: str) -> str:
    return "".join(part.title() for part in operation.split("_"))
