"""Ways to show who we are: one module for each kind, found here, each with a KIND and
`make(asked) -> Made`, which raises SecretRefused."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules

from checker.credential import Asked, Made
from probing.endpoint import AuthKind

_MODULES = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]

BY_KIND: Mapping[AuthKind, Callable[[Asked], Made]] = {
    module.KIND: module.make for module in _MODULES
}
