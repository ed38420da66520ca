"""What an importer makes: entries as an author would write them, and what is not carried over.

Decided here: that an entry which would be refused is left out and told, so that what is printed
always passes `gatewatch check`.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from gatewatch.failure import USAGE, Failed
from probing import registration

UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST = 63
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)\Z")
HOURS = {"h": 1.0, "d": 24.0, "m": 1 / 60}


@dataclass(slots=True)
class Draft:
    """`left`: one line for each thing that is not carried over, with where it stood."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def add(self, name: str, entry: dict[str, Any]) -> None:
        """Take an entry, under a name of its own, or tell why it would be refused."""
        own = self._free(name)
        whole = {"name": own, **{key: value for key, value in entry.items() if value}}
        _, problems = registration.parse(whole, source=name)
        if problems:
            told = "; ".join(f"{problem.path}: {problem.what}" for problem in problems)
            self.leave(name, f"left out: {told}")
        else:
            self.entries.append(whole)

    def leave(self, where: str, what: str) -> None:
        self.left.append(f"{where}: {what}")

    def _free(self, name: str) -> str:
        plain = UNFIT.sub("-", name).strip("-._")[:LONGEST] or "endpoint"
        taken = {entry["name"] for entry in self.entries}
        number, found = 1, plain
        while found in taken:
            number += 1
            found = f"{plain[: LONGEST - 4]}-{number}"
        return found


def mapping_of(text: str, where: str) -> dict[str, Any]:
    """The YAML or JSON mapping in `text`. Raises Failed."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Failed(f"{where}: is not YAML: {error}", code=USAGE) from error
    if not isinstance(data, dict):
        raise Failed(f"{where}: is not a mapping", code=USAGE)
    return data


def as_mapping(raw: Any) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def as_list(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def days(duration: str) -> int:
    """Whole days of `48h` or `7d`; 0 for what is no duration."""
    found = DURATION.match(duration.strip())
    return int(float(found[1]) * HOURS.get(found[2], 0.0) // 24) if found else 0


def plain_headers(draft: Draft, name: str, given: dict[str, Any]) -> dict[str, str]:
    """Headers that hold no credential, as text; those that do are told."""
    kept = {}
    for header, value in given.items():
        if str(header).lower() in ("authorization", "cookie", "x-api-key"):
            draft.leave(name, f"header {header}: a credential; add `auth` with a secret")
        else:
            kept[str(header)] = str(value)
    return kept
