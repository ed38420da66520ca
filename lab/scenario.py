"""Scenario files: their form, how they are read, what is wrong with one that does not fit."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import yaml

FOLDER = Path(__file__).parent / "scenarios"
WORLDS = Path(__file__).parent / "worlds"
BY_PLACER = "placer"
SCHEMA = Path(__file__).parent / "scenario.schema.json"


class ScenarioError(ValueError):
    """A scenario file that cannot be run: where, what, how to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the first incident must be, and how often each reason may be told at most."""

    produced: tuple[str, ...]
    change: str
    confidence: str
    may_say: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One file of lab/scenarios. `steps` are (kind, arguments) in order. `members` are parameters
    of members' stacks by account or "account/region"; `scale` is the fastest that it can be run
    at, 0 for any."""

    name: str
    title: str
    world: dict[str, Any]
    register: dict[str, Any]
    steps: tuple[tuple[str, dict[str, Any]], ...]
    result: Result
    stack: dict[str, str] = field(default_factory=dict)
    members: dict[str, dict[str, str]] = field(default_factory=dict)
    scale: float = 0.0
    secrets: dict[str, str] = field(default_factory=dict)
    place: tuple[str, ...] = ()
    placer: bool = False
    decoys: int = 24


def load(path: Path) -> Scenario:
    """Read one scenario file. ScenarioError names the file, the place in it and what is wrong."""
    raw = yaml.safe_load(path.read_text())
    problems = sorted(
        jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(raw),
        key=lambda error: list(error.absolute_path),
    )
    if problems:
        lines = [f"{'.'.join(map(str, e.absolute_path)) or 'top'}: {e.message}" for e in problems]
        raise ScenarioError(f"{path}: " + "; ".join(lines))
    result, by_placer = raw["result"], raw.get("place") == BY_PLACER
    return Scenario(
        name=path.stem,
        title=raw["title"],
        world=_world(raw["world"], path),
        register=raw["register"],
        steps=tuple(
            (step["do"], {k: v for k, v in step.items() if k != "do"}) for step in raw["steps"]
        ),
        result=Result(
            produced=tuple(result["produced"]),
            change=result["change"],
            confidence=result.get("confidence", "none"),
            may_say=result["may_say"],
        ),
        stack=raw.get("stack", {}),
        members=raw.get("members", {}),
        scale=float(raw.get("scale", 0)),
        secrets=raw.get("secrets", {}),
        place=() if by_placer else tuple(raw.get("place", ())),
        placer=by_placer,
        decoys=raw.get("decoys", 24),
    )


def _world(given: dict[str, Any], path: Path) -> dict[str, Any]:
    """A world with what the scenario says laid over its base; mappings are merged, one level."""
    if "base" not in given:
        return given
    base = WORLDS / f"{given['base']}.yaml"
    if not base.is_file():
        raise ScenarioError(f"{path}: world.base: there is no {base.name} in lab/worlds")
    world: dict[str, Any] = yaml.safe_load(base.read_text())
    for key, value in given.items():
        if key == "base":
            continue
        merged = isinstance(value, dict) and isinstance(world.get(key), dict)
        world[key] = world[key] | value if merged else value
    return world


def find(names: tuple[str, ...]) -> tuple[Path, ...]:
    """Paths of the named scenarios (a name, or a path to a file); all when none is named."""
    if not names:
        return tuple(sorted(FOLDER.glob("*.yaml")))
    found = []
    for name in names:
        path = Path(name) if name.endswith(".yaml") else FOLDER / f"{name}.yaml"
        if not path.is_file():
            known = ", ".join(sorted(p.stem for p in FOLDER.glob("*.yaml")))
            raise ScenarioError(f"no scenario {name!r}; there are: {known}")
        found.append(path)
    return tuple(found)
