"""What the stack tells the alerter, read once from its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from reasoning.notice import Rules

NUMBERS = ("MIN_GOOD", "GROUP_WAIT")


class MissingSettings(RuntimeError):
    """Environment variables are missing or malformed; names all of them at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field per environment variable, which is its name in capitals. `min_good` and
    `group_wait` are Clock seconds."""

    table: str
    page_topic_arn: str
    chat_topic_arn: str
    hub_queue_url: str
    hub_bus_arn: str
    default_owner: str
    metric_detail: str
    release: str
    min_good: float
    group_wait: float

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises MissingSettings naming every variable that is missing or not a number."""
        names = [field.name.upper() for field in fields(cls)]
        wrong = {name for name in names if not environ.get(name)}
        wrong |= {name for name in NUMBERS if not _is_number(environ.get(name, ""))}
        if wrong:
            raise MissingSettings(
                f"environment of the alerter: {', '.join(sorted(wrong))} missing or malformed; "
                "the function's Environment in template.yaml sets them"
            )
        values: dict[str, Any] = {name.lower(): environ[name] for name in names}
        return cls(**{**values, **{name.lower(): float(environ[name]) for name in NUMBERS}})

    @property
    def rules(self) -> Rules:
        return Rules(
            min_good_seconds=self.min_good,
            group_wait_seconds=self.group_wait,
            default_owner=self.default_owner,
        )


def _is_number(text: str) -> bool:
    try:
        return float(text) >= 0
    except ValueError:
        return False
