"""Reads a registry entry's text (YAML, and so JSON) and remembers on which line each path stands.

Decided here: which YAML is accepted: one mapping, no aliases (a small text could unfold into a
huge one), no key twice. Not decided here: what the entry means (`probing.registration`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from probing import registration
from probing.endpoint import Endpoint, Problem

MAX_DEPTH = 20
MAX_CHARACTERS = 65_536
MAX_VALUES = 300_000
"""Keys, values, lists and mappings: each costs memory far beyond its characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`data` is None when the text could not be read: then `problems` says why. `lines` maps a
    path (`expect.status[0]`) to its line, counted from 1."""

    data: Any
    problems: tuple[Problem, ...] = ()
    lines: dict[str, int] = field(default_factory=dict)

    def line_of(self, path: str) -> int | None:
        """The line of `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path)

    def placed(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The same problems, each with its line, in the order of lines."""
        found = [replace(problem, line=self.line_of(problem.path)) for problem in problems]
        return tuple(sorted(found, key=lambda problem: problem.line or 0))


def read_endpoint(
    text: str, *, source: str, default_id: str = "", common: Mapping[str, Any] | None = None
) -> tuple[Endpoint | None, tuple[Problem, ...]]:
    """The endpoint that a registry text describes, or every problem of it with its line. `common`
    is what it has where it says nothing else."""
    document = load(text, source)
    if document.problems:
        return None, document.problems
    data = document.data
    raw = {**common, **data} if common and isinstance(data, dict) else data
    endpoint, problems = registration.parse(raw, source=source, default_id=default_id)
    return endpoint, document.placed(problems)


def load(
    text: str, source: str, most: int = MAX_CHARACTERS, most_values: int = MAX_VALUES
) -> Document:
    """Read `text`. Never raises for what stands in it: `Document.problems` tells."""
    if len(text) > most:
        return _refused(source, f"is longer than {most} characters", None)
    # JSON may be indented by tabs, YAML may not; inside a JSON string a tab is written \t.
    plain = text.expandtabs() if text.lstrip().startswith("{") else text
    try:
        composer = _Composer(plain)
        composer.left = most_values
        node = composer.get_single_node()
        if node is None:
            return _refused(source, "is empty", None)
        lines: dict[str, int] = {"": node.start_mark.line + 1}
        return Document(data=_construct(node, "", lines), lines=lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "is not YAML"
        if isinstance(error, yaml.composer.ComposerError):
            what = "holds a second document"
        return _refused(source, what, mark.line + 1 if mark else None)
    except (yaml.YAMLError, ValueError) as error:
        return _refused(source, str(error).partition("\n")[0], None)
    except LookupError:
        # PyYAML's own constructors look up what `!!bool`, `!!int` and `!!float` stand before.
        return _refused(source, "holds a value that is not what its tag (!!…) says", None)


def _refused(source: str, what: str, line: int | None) -> Document:
    mend = "write one YAML or JSON mapping, for example 'url: https://api.example.com/health'"
    problem = Problem(source=source, path="entry", what=what, mend=mend, line=line)
    return Document(data=None, problems=(problem,))


class _Composer(yaml.SafeLoader):
    """Builds nodes only; refuses aliases, nesting that no entry has, and more values than are
    `left`."""

    depth = 0
    left = MAX_VALUES

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="holds an alias (*…)", problem_mark=mark)
        if self.depth > MAX_DEPTH:
            raise ValueError(f"is nested deeper than {MAX_DEPTH} levels")
        self.left -= 1
        if self.left < 0:
            raise ValueError("holds more values than can be read")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


_SCALARS = yaml.SafeLoader("")
_READ = frozenset(f"tag:yaml.org,2002:{name}" for name in ("bool", "float", "int", "null"))
_AS_TEXT = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "timestamp"))


def _construct(node: Any, path: str, lines: dict[str, int]) -> Any:
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            here = f"{path}[{index}]"
            lines[here] = item.start_mark.line + 1
            items.append(_construct(item, here, lines))
        return items
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if node.tag in _AS_TEXT:
        return node.value
    if node.tag in _READ:
        return _SCALARS.construct_object(node)
    raise yaml.MarkedYAMLError(problem=f"has the tag {node.tag}", problem_mark=node.start_mark)


def _mapping(node: Any, path: str, lines: dict[str, int]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        # As written, so that `on:` stays `on` and is not read as true.
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
        if key in data:
            mark = key_node.start_mark
            raise yaml.MarkedYAMLError(problem=f"has the key '{key}' twice", problem_mark=mark)
        here = f"{path}.{key}" if path else key
        lines[here] = key_node.start_mark.line + 1
        data[key] = _construct(value_node, here, lines)
    return data
