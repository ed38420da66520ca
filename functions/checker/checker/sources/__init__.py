"""Where endpoints are registered: one module per source, found here.

Each has a KIND, a PRECEDENCE (of two entries with one name the one with the lower number stands),
SHARED (every member reads the same, so one alone tells what is wrong in it), and
`read(asking) -> Read | None`: what it says, or None when that is what it said before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from checker.aws import Clients
from checker.settings import Settings
from checker.state import Table
from probing.endpoint import Endpoint, Problem
from reasoning.inventory import Inventory


class SourceRefused(Exception):
    """A source could not be read as a whole; what it told last stays in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a source says. A broken entry is a problem; the others go on.

    `version` is the source's own name for that state (an ETag); `read_at` when it was read, for a
    source that is not read at every tick. `refused`: that version cannot be read, and the rest is
    what the one before said.
    """

    endpoints: tuple[Endpoint, ...] = ()
    problems: tuple[Problem, ...] = ()
    paused: bool = False
    version: str = ""
    read_at: float = 0.0
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a source is read with. `before`: what it said last. `common`: the member's defaults for
    it, as an entry would write them."""

    clients: Clients
    settings: Settings
    table: Table
    now_at: float
    before: Read
    inventory: Inventory | None = None
    common: Mapping[str, Any] = field(default_factory=dict)


def discover() -> dict[str, ModuleType]:
    """The modules of this package by KIND, the one that wins first."""
    found = [import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__)]
    ordered = sorted(found, key=lambda module: int(module.PRECEDENCE))
    return {module.KIND: module for module in ordered}
