"""Ways out, one file each, found by their `KIND`: `send(hub, message)` raises when it failed.

A module's `wants(message)` says whether the message goes that way, its `TELLS_PEOPLE` whether
people or programs read it there. An outbox item keeps which kinds took it, so that a retry
repeats none of them.
"""

import pkgutil
from importlib import import_module
from types import ModuleType


def kinds() -> dict[str, ModuleType]:
    """Every notifier by KIND, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = (import_module(f"{__name__}.{name}") for name in names)
    return {module.KIND: module for module in modules}
