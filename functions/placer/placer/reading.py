"""AWS as the placer reads it: page by page; what is refused is noted, and ends nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from placer.calls import code_of
from placer.facts import Part

T = TypeVar("T")
INTERFACES_PAGED = {"PageSize": 1000}
"""The most that DescribeNetworkInterfaces gives at once. Asked of a whole account without a size,
it fails where there are many (EC2 API reference, DescribeNetworkInterfaces)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads part after part. `unreadable` gathers by part what refused."""

    unreadable: dict[Part, str] = field(default_factory=dict)

    def read(self, part: Part, ask: Callable[[], T], otherwise: T) -> T:
        """What `ask` gives, or `otherwise` when AWS refuses or does not answer."""
        try:
            return ask()
        except ClientError as error:
            self.unreadable[part] = f"{error.operation_name} was refused: {code_of(error)}"
        except BotoCoreError as error:
            self.unreadable[part] = str(error)
        return otherwise

    def listed(
        self, part: Part, client: Any, operation: str, key: str, **arguments: Any
    ) -> list[dict[str, Any]]:
        """All items of all pages; none when any page is refused."""
        return self.read(part, lambda: pages(client, operation, key, **arguments), [])


def pages(client: Any, operation: str, key: str, **arguments: Any) -> list[dict[str, Any]]:
    """All items of all pages. Raises ClientError and BotoCoreError."""
    answers = client.get_paginator(operation).paginate(**arguments)
    return [item for page in answers for item in page[key]]


def tags_of(item: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags") or []}
