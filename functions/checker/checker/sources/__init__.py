"""Where endpoints are registered: one module per source, found here, each with a KIND and
`read(clients, settings) -> Read`."""

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from checker.aws import Clients
from checker.settings import Settings
from probing.endpoint import Endpoint, Problem
from probing.registration import duplicates


class SourceRefused(Exception):
    """A source could not be read as a whole; what it told last stays in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the sources say now. A broken entry is a problem; the others go on."""

    endpoints: tuple[Endpoint, ...] = ()
    problems: tuple[Problem, ...] = ()


def discover() -> dict[str, ModuleType]:
    """The modules of this package by KIND."""
    found = (import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__))
    return {module.KIND: module for module in found}


def read_all(clients: Clients, settings: Settings) -> Read:
    """All sources together, names taken twice refused. Raises SourceRefused."""
    reads: list[Read] = [source.read(clients, settings) for source in discover().values()]
    endpoints = [endpoint for read in reads for endpoint in read.endpoints]
    twice = duplicates(endpoints)
    refused = {problem.source for problem in twice}
    return Read(
        endpoints=tuple(e for e in endpoints if e.source not in refused),
        problems=tuple(p for read in reads for p in read.problems) + twice,
    )
