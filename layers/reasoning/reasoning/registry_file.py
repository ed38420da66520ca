"""Reads the organisation's registry file: `pause`, `defaults`, and a list of entries.

Decided here: the form of the file, and that one broken entry leaves the others alone. Not decided
here: what an entry means (`probing.registration`). Published as docs/registry.schema.json.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from probing import fields, registration
from probing.endpoint import Endpoint, Problem
from probing.fields import Place
from reasoning.document import load

MAX_CHARACTERS = 4_000_000
"""What the checker reads well within its time-out (docs/load.md)."""
MAX_ENTRIES = 10_000
DEFAULTS = ("owner", "severity", "service", "runbook", "page_after", "from")
"""What `defaults` may hold: what says whose an entry is, not what it looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryFile:
    """`refused` says why the file could not be read as a whole; then nothing else is told."""

    endpoints: tuple[Endpoint, ...] = ()
    problems: tuple[Problem, ...] = ()
    paused: bool = False
    refused: str = ""


def read(text: str, source: str) -> RegistryFile:
    """What the file says. Each entry's `source` is `<source>#<name>`. Never raises."""
    if not text.strip():
        # As an upload that broke off leaves it; an end of all looks is written out.
        return RegistryFile(refused="is empty; write `endpoints: []` if nothing is to be looked at")
    document = load(text, source, most=MAX_CHARACTERS)
    if document.problems:
        return RegistryFile(refused="; ".join(str(problem) for problem in document.problems))
    if not isinstance(document.data, dict):
        return RegistryFile(refused=f"{source}: is {fields.kind_of(document.data)}, not a mapping")
    problems: list[Problem] = []
    said = fields.mapping(document.data, Place(source, "", problems), READERS)
    common = said.get("defaults") or {}
    endpoints: list[Endpoint] = []
    for name, raw, path in _entries(said.get("endpoints") or [], source):
        endpoint, found = _entry(raw, common, name)
        problems += (_within(problem, path) for problem in found)
        if endpoint is not None:
            endpoints.append(endpoint)
    twice = registration.duplicates(endpoints)
    refused = {problem.source for problem in twice}
    return RegistryFile(
        endpoints=tuple(e for e in endpoints if e.source not in refused),
        problems=document.placed(problems) + twice,
        paused=bool(said.get("pause")),
    )


def with_defaults(raw: Any, common: Mapping[str, Any]) -> Any:
    """An entry with what it leaves out of `defaults`."""
    return {**common, **raw} if isinstance(raw, dict) else raw


def _entry(
    raw: Any, common: Mapping[str, Any], source: str
) -> tuple[Endpoint | None, tuple[Problem, ...]]:
    endpoint, problems = registration.parse(
        with_defaults(raw, common), source=source, default_id="unnamed"
    )
    missing = _missing(raw, common, source) if isinstance(raw, dict) else ()
    return (None, (*missing, *problems)) if missing else (endpoint, problems)


def _missing(raw: Mapping[str, Any], common: Mapping[str, Any], source: str) -> tuple[Problem, ...]:
    """What an entry must say here and may leave out where it stands alone."""
    told = {
        "name": ("is missing", "add 'name: …'"),
        "from": (
            "is missing: this file is read by every account",
            "say who looks: 'from: {accounts: all}', or accounts, regions, tags, vpcs",
        ),
    }
    owner = str(raw.get("owner") or common.get("owner") or "")
    return tuple(
        Problem(source=source, path=key, what=what, mend=mend, owner=owner)
        for key, (what, mend) in told.items()
        if key not in raw and key not in common
    )


def _entries(listed: list[Any], source: str) -> Iterator[tuple[str, Any, str]]:
    """(source of its own, the entry, its path) of each."""
    taken: set[str] = set()
    for number, raw in enumerate(listed):
        name = raw.get("name") if isinstance(raw, dict) else None
        own = f"{source}#{name if isinstance(name, str) else number + 1}"
        # One of a name that is there already keeps a source apart, or both would be left out.
        own = f"{own}:{number + 1}" if own in taken else own
        taken.add(own)
        yield own, raw, f"endpoints[{number}]"


def _within(problem: Problem, path: str) -> Problem:
    inner = "" if problem.path == "entry" else f".{problem.path}"
    return replace(problem, path=f"{path}{inner}")


def defaults(raw: Any, place: Place) -> dict[str, Any]:
    """The raw values of `defaults`, without those that are broken: told once, not per entry."""
    readers = {key: registration.READERS[key] for key in DEFAULTS}
    before = len(place.problems)
    fields.mapping(raw, place, readers)
    bad = {problem.path for problem in place.problems[before:]}
    if not isinstance(raw, dict):
        return {}
    at = {key: f"{place.path}.{key}" if place.path else key for key in readers}
    return {
        key: raw[key]
        for key in readers
        if key in raw and not any(path.startswith(at[key]) for path in bad)
    }


def _list(raw: Any, place: Place) -> list[Any]:
    if raw is None:
        return []
    if not isinstance(raw, list) or len(raw) > MAX_ENTRIES:
        shown = f"{len(raw)} entries" if isinstance(raw, list) else fields.kind_of(raw)
        place.wrong(f"is {shown}", f"write a list of at most {MAX_ENTRIES} entries")
        return []
    return raw


READERS: dict[str, fields.Reader] = {
    "pause": fields.true_or_false,
    "defaults": defaults,
    "endpoints": _list,
}
"""Every key of the file and how its value is read."""


def is_one(text: str, source: str) -> bool:
    """Whether `text` is an organisation's file and not a single entry: told by its keys."""
    data = load(text, source, most=MAX_CHARACTERS).data
    return isinstance(data, dict) and "url" not in data and bool(set(data) & set(READERS))
