"""Probe kinds, found by discovery: a module with a `KIND`."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from probing.kind import ProbeKind

_MODULES = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]

BY_KIND: Mapping[str, ProbeKind] = {module.KIND.name: module.KIND for module in _MODULES}

BY_SCHEME: Mapping[str, ProbeKind] = {
    scheme: kind for kind in BY_KIND.values() for scheme in kind.schemes
}
