"""Kinds of step in a scenario's timeline: one file each, found by discovery."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

KINDS: dict[str, ModuleType] = {
    module.KIND: module
    for module in (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
}
