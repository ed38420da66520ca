"""Probe kinds, found by discovery: a module with `KIND` and `probe(attempt) -> Seen`."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules

from probing.attempt import Attempt, Seen

_MODULES = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]

BY_KIND: Mapping[str, Callable[[Attempt], Seen]] = {
    module.KIND: module.probe for module in _MODULES
}
