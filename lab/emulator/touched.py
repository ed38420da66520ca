"""What of MiniStack this package replaces, in one visible form.

Every module that touches MiniStack keeps a tuple `TOUCHED`. The contract test walks all of them
and compares name and parameters with the installed MiniStack, so that an upgrade which moves or
reshapes one of them fails there and not in a scenario that is green for the wrong reason.
"""

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One MiniStack name: `module` (dotted), `name` (dots for members), and what it must be.

    `parameters` are the parameter names of a function; `keys` are keys that a table must hold;
    both empty means that it is enough that the name exists.
    """

    module: str
    name: str
    parameters: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def current(self) -> Any:
        """The object itself; raises AttributeError or ImportError when MiniStack has it no more."""
        found: Any = importlib.import_module(self.module)
        for part in self.name.split("."):
            found = getattr(found, part)
        return found

    def mismatch(self) -> str:
        """Empty when MiniStack still looks as expected, else what differs."""
        where = f"{self.module}.{self.name}"
        try:
            found = self.current()
        except (AttributeError, ImportError) as gone:
            return f"{where} is gone: {gone}"
        if self.parameters:
            real = tuple(inspect.signature(found).parameters)
            if real != self.parameters:
                return f"{where} takes {real}, want {self.parameters}"
        missing = [key for key in self.keys if key not in found]
        return f"{where} lacks {missing}" if missing else ""


def replace(touch: Touch, make: Callable[[Any], Any]) -> None:
    """Put `make(original)` in the place of `touch`."""
    *path, last = touch.name.split(".")
    owner: Any = importlib.import_module(touch.module)
    for part in path:
        owner = getattr(owner, part)
    setattr(owner, last, make(getattr(owner, last)))


def replace_key(table: dict[str, Any], key: str, make: Callable[[Any], Any]) -> None:
    """Put `make(original)` under `key` of one of MiniStack's handler tables."""
    table[key] = make(table.get(key))
