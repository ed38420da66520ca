"""How to undo a cause: the command, what else it breaks, what happens then.

A diagnosis carries `facts["command"]`: {"action", "account", "region", ...}. One file per action,
found by its `KIND`; each has `undo(command, change) -> Undo | None` and
`breaks(command, facts, pair) -> str` (why it would break that pair; "" when it would not). A
command line is built from ids that were matched against their form, never from other text.
"""

import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from types import ModuleType
from typing import Any

from reasoning.change import Change
from reasoning.diagnose import Diagnosis
from reasoning.incident import Foretold
from reasoning.transition import DigestPair, Health

COSTS = 100
_DOWN = frozenset({Health.FAILING, Health.NEVER_GOOD})
_FORMS = {
    "account": re.compile(r"[0-9]{12}"),
    "region": re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]"),
    "vpc_endpoint_id": re.compile(r"vpce-[0-9a-f]{3,17}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """`command` runs in `account`; `unseen`: what else it may break that nobody can look up;
    `after`: how soon things recover; `in_tool`: what to write so that a tool does not put it
    back, by tool name."""

    account: str
    command: str
    unseen: str
    after: str
    in_tool: dict[str, str] = field(default_factory=dict)


def _kinds() -> dict[str, ModuleType]:
    names = (module.name for module in pkgutil.iter_modules(__path__))
    modules = (import_module(f"{__name__}.{name}") for name in names)
    return {module.KIND: module for module in modules}


def _action(diagnosis: Diagnosis | None) -> tuple[ModuleType | None, dict[str, Any]]:
    command = diagnosis.facts.get("command") if diagnosis else None
    if not isinstance(command, dict):
        return None, {}
    return _kinds().get(str(command.get("action"))), command


def undo_of(diagnosis: Diagnosis | None, change: Change) -> Undo | None:
    """The undo of what `change` caused; None when no safe command is known."""
    action, command = _action(diagnosis)
    found: Undo | None = action.undo(command, change) if action else None
    return found


def costs_of(diagnosis: Diagnosis | None, pairs: Mapping[str, DigestPair]) -> tuple[Foretold, ...]:
    """The pairs that the undo would break, as far as known pairs (by their key) tell; at most
    `COSTS`. One whose last look was unknown counts too: unknown is not down."""
    action, command = _action(diagnosis)
    if action is None or diagnosis is None:
        return ()
    well = ((key, pair) for key, pair in pairs.items() if pair.health not in _DOWN)
    broken = ((key, pair, action.breaks(command, diagnosis.facts, pair)) for key, pair in well)
    found = (
        Foretold(pair=key, endpoint=pair.endpoint.id, vpc_id=pair.vpc_id, why=why)
        for key, pair, why in broken
        if why
    )
    return tuple(islice(found, COSTS))


def checked(command: Mapping[str, Any], *names: str) -> tuple[str, ...] | None:
    """The named values of `command`, each of the form of its name; None when one is not."""
    values = tuple(str(command.get(name, "")) for name in names)
    matched = all(_FORMS[name].fullmatch(value) for name, value in zip(names, values, strict=True))
    return values if matched else None
