"""Two templates, or two sets of parameters, held against each other: lines for people. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

PARTS = ("Parameters", "Conditions", "Resources", "Outputs")
WORDS = {"Parameters": "parameter", "Conditions": "condition", "Outputs": "output"}
"""How an entry of that part is named; a resource is named by its type."""


def of_templates(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """`+ Type Name`, `- Type Name`, `~ Type Name: Property, Property`, resources among them."""
    lines: list[str] = []
    for part in PARTS:
        before, after = old.get(part, {}), new.get(part, {})
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                lines.append(_line(part, name, before.get(name), after.get(name)))
    return tuple(lines)


def of_values(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """`+ Name = value`, `- Name`, `~ Name: value -> value`."""
    lines = []
    for name in sorted({*old, *new}):
        if name not in old:
            lines.append(f"+ {name} = {new[name]}")
        elif name not in new:
            lines.append(f"- {name}: the template's own value again, or no such parameter any more")
        elif old[name] != new[name]:
            lines.append(f"~ {name}: {old[name]} -> {new[name]}")
    return tuple(lines)


def _line(part: str, name: str, before: Any, after: Any) -> str:
    word = WORDS.get(part) or str((after or before).get("Type", "resource"))
    if before is None:
        return f"+ {word} {name}"
    if after is None:
        return f"- {word} {name}"
    return f"~ {word} {name}: {', '.join(_changed(before, after))}"


def _changed(before: Any, after: Any) -> Iterable[str]:
    """Names of what differs, a resource's properties by their own names."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return ["changed"]
    names = []
    for key in sorted({*before, *after}):
        one, other = before.get(key), after.get(key)
        if one == other:
            continue
        if key == "Properties" and isinstance(one, dict) and isinstance(other, dict):
            names += [p for p in sorted({*one, *other}) if one.get(p) != other.get(p)]
        else:
            names.append(key)
    return names
