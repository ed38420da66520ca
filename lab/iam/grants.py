"""What the roles of the shipped templates may do, statement by statement, with the reason for each.

The templates say what is allowed; `reasons.yaml` beside this module says why, why a resource holds
a wildcard, and which actions AWS itself takes with a role. `missing` says where the two differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ("template.yaml", "member.yaml", "vpc.yaml")
REASONS = Path(__file__).parent / "reasons.yaml"
Document = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags as {"Ref": ...} and {"Fn::...": ...}."""


def _tagged(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tagged)


@cache
def load(name: str) -> Document:
    """The template of that name at the root of the repository, its intrinsic functions as data."""
    read: Document = yaml.load((ROOT / name).read_text(encoding="utf-8"), Loader=_Loader)
    return read


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a role's policies. `when`: the condition of the template that it is there
    under, "" for always; `resources` as text, `${...}` where the template puts something in."""

    template: str
    role: str
    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Document | None
    when: str

    @property
    def name(self) -> str:
        """`template.yaml TickRole SendTheTick`: TickRole is a name in two templates."""
        return f"{self.template} {self.role} {self.sid}"

    @property
    def is_for_all(self) -> bool:
        """Whether it is about every resource."""
        return self.effect == "Allow" and "*" in self.resources

    @property
    def has_pattern(self) -> bool:
        """Whether a resource is a pattern of names, though not every resource."""
        return self.effect == "Allow" and any("*" in r for r in self.resources if r != "*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """`why` the statement; `wildcard`: why its resource holds one; `by_aws`: action to the name of
    the source that says that AWS itself takes it; `elsewhere`: action to where it is used, when
    that is no call that the front door sees."""

    why: str
    wildcard: str
    by_aws: dict[str, str]
    elsewhere: dict[str, str]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def roles(template: str) -> dict[str, Document]:
    """Properties of every role of the template by logical id."""
    found = load(template)["Resources"].items()
    return {name: r["Properties"] for name, r in found if r["Type"] == "AWS::IAM::Role"}


@cache
def statements() -> tuple[Statement, ...]:
    """Every statement of every role of the shipped templates, in their order."""
    return tuple(
        found
        for template in TEMPLATES
        for role, properties in roles(template).items()
        for found in _of_role(template, role, properties)
    )


def _of_role(template: str, role: str, properties: Document) -> Iterator[Statement]:
    for policy in properties.get("Policies", []):
        for written in policy["PolicyDocument"]["Statement"]:
            when, statement = written["Fn::If"][:2] if "Fn::If" in written else ("", written)
            yield Statement(
                template=template,
                role=role,
                sid=statement.get("Sid", ""),
                effect=statement["Effect"],
                actions=tuple(as_list(statement["Action"])),
                resources=tuple(text_of(r) for r in as_list(statement["Resource"])),
                condition=statement.get("Condition"),
                when=when,
            )


def text_of(value: Any) -> str:
    """A resource as people read it."""
    if isinstance(value, dict):
        ((kind, held),) = value.items()
        if kind == "Fn::GetAtt":
            return f"${{{'.'.join(held)}}}"
        if kind == "Ref":
            return f"${{{held}}}"
        if kind == "Fn::If":
            return f"{text_of(held[1])} or {text_of(held[2])}"
        return str(held[0] if isinstance(held, list) else held)
    return str(value)


@cache
def reasons() -> dict[str, Reason]:
    """By the statement's name; `by_aws: {all: source}` is spelled out for every action."""
    written = yaml.safe_load(REASONS.read_text(encoding="utf-8"))["statements"]
    actions = {s.name: s.actions for s in statements()}
    return {
        name: Reason(
            why=told.get("why", ""),
            wildcard=told.get("wildcard", ""),
            by_aws=_spelled(told.get("by_aws", {}), actions.get(name, ())),
            elsewhere=told.get("elsewhere", {}),
        )
        for name, told in written.items()
    }


def _spelled(by_aws: dict[str, str], actions: tuple[str, ...]) -> dict[str, str]:
    return dict.fromkeys(actions, by_aws["all"]) if "all" in by_aws else by_aws


@cache
def sources() -> dict[str, str]:
    """What the names of sources in `reasons.yaml` stand for: document, section, address."""
    found: dict[str, str] = yaml.safe_load(REASONS.read_text(encoding="utf-8"))["sources"]
    return found


def missing() -> list[str]:
    """Where templates and reasons differ, either way; nothing when they agree."""
    given, told = {s.name: s for s in statements()}, reasons()
    wrong = [f"{name}: no reason in reasons.yaml" for name in given if name not in told]
    wrong += [f"{name}: a reason for no statement" for name in told if name not in given]
    for name in given.keys() & told.keys():
        wrong += _amiss(given[name], told[name])
    used = {source for reason in told.values() for source in reason.by_aws.values()}
    wrong += [f"source {one}: named by nobody" for one in sources() if one not in used]
    return wrong


def _amiss(statement: Statement, reason: Reason) -> list[str]:
    wide = statement.is_for_all or statement.has_pattern
    wrong = [] if reason.why else ["no `why`"]
    if wide and not reason.wildcard:
        wrong.append("a wildcard resource without its reason")
    if reason.wildcard and not wide:
        wrong.append("a reason for a wildcard that is not there")
    for action in {**reason.by_aws, **reason.elsewhere}:
        if action not in statement.actions:
            wrong.append(f"{action} is not allowed by it")
    wrong += [f"no source {one}" for one in reason.by_aws.values() if one not in sources()]
    return [f"{statement.name}: {one}" for one in wrong]
