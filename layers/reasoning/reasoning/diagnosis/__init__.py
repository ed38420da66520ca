"""Why a pair is bad: one module for each cause of the catalogue, found by itself.

A rule offers KIND (the cause) and judge(case) -> Diagnosis | None: silent when its evidence is
not there. The kinds of change that could produce a cause are those that name it in their CAUSES.
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from types import MappingProxyType
from typing import Any, Protocol

from reasoning.case import Case
from reasoning.changes import KINDS as CHANGE_KINDS
from reasoning.diagnose import Diagnosis
from reasoning.diagnosis import unexplained

LAST_RESORT = unexplained.KIND


class Rule(Protocol):
    KIND: str

    def judge(self, case: Case) -> Diagnosis | None: ...


def _discovered() -> dict[str, Any]:
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return {module.KIND: module for module in modules}


KINDS: Mapping[str, Rule] = MappingProxyType(_discovered())


def change_kinds(cause: str) -> tuple[str, ...]:
    """The kinds of change that could produce `cause`."""
    return tuple(sorted(kind for kind, of in CHANGE_KINDS.items() if cause in of.CAUSES))


def diagnose(case: Case) -> tuple[Diagnosis, ...]:
    """All causes that the evidence speaks for, best first (proof, then rank, then name); never
    empty: `unexplained` says what was looked at."""
    asked = [rule.judge(case) for kind, rule in KINDS.items() if kind != LAST_RESORT]
    found = [one for one in asked if one is not None] or [unexplained.judge(case)]
    ranked = sorted(found, key=lambda one: (not one.proof, one.rank, one.cause))
    return tuple(replace(one, change_kinds=change_kinds(one.cause)) for one in ranked)
