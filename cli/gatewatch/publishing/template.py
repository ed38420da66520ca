"""The member's template as data, with the places of its code filled in, as JSON.

Decided here: how `member.yaml` becomes a template that a StackSet can carry (no transform, no local
path). Not decided here: what is in the packages (`artefacts`), where they are put (`buckets`).
"""

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gatewatch.failure import USAGE, Failed

CODE_PROPERTIES = {"AWS::Lambda::Function": "Code", "AWS::Lambda::LayerVersion": "Content"}
"""Where a resource of that type says where its code is."""
UNRELEASED = "dev"
"""Default of the template's parameter Release in the repository."""
MOST_BYTES = 1_000_000
"""CloudFormation reads at most 1 MB from S3 (CloudFormation quotas)."""


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags, and a date as the text that it is."""


def _tagged(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tagged)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A template that CloudFormation takes as it is. `release` is the default of its parameter
    Release."""

    document: Mapping[str, Any]
    release: str

    @property
    def text(self) -> str:
        return _text(self.document)

    @property
    def parameters(self) -> frozenset[str]:
        return frozenset(self.document["Parameters"])

    @property
    def capability(self) -> str:
        """What must be acknowledged: IAM, and names of roles where it chooses them."""
        named = any(
            "RoleName" in r.get("Properties", {}) for r in self.document["Resources"].values()
        )
        return "CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"

    @property
    def key(self) -> str:
        """Object key, by what is in it: another template never takes its place."""
        return f"member/template-{digest(self.text.encode())}.json"


def digest(data: bytes) -> str:
    """The first 32 hexadecimal digits of its SHA-256: 128 bits, as short as a key may be."""
    return hashlib.sha256(data).hexdigest()[:32]


def load(path: Path) -> dict[str, Any]:
    """A template file with intrinsic functions as {"Ref": ...} and {"Fn::...": ...}.

    Raises Failed when it has a transform: a service-managed StackSet refuses those (CloudFormation
    guide, "Considerations when working with StackSets").
    """
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    if "Transform" in document:
        raise Failed(f"{path.name}: has a Transform, which a StackSet refuses: take it out")
    return document


def packaged(document: Mapping[str, Any]) -> dict[str, str]:
    """Folders of the repository that are code of a resource, by its logical id."""
    found = {}
    for name, resource in document["Resources"].items():
        place = CODE_PROPERTIES.get(resource["Type"])
        if place and isinstance(resource["Properties"][place], str):
            found[name] = resource["Properties"][place]
    return found


def render(
    document: Mapping[str, Any], keys: Mapping[str, str], prefix: str, version: str
) -> Rendered:
    """The template with each package at `keys[<logical id>]` of the bucket `<prefix>-<Region>`.

    The release is named after the version and all that is in the template, so that two releases
    never have one name.
    """
    made = deepcopy(dict(document))
    for name in packaged(document):
        resource = made["Resources"][name]
        resource["Properties"][CODE_PROPERTIES[resource["Type"]]] = {
            "S3Bucket": {"Fn::Sub": f"{prefix}-${{AWS::Region}}"},
            "S3Key": keys[name],
        }
        resource.pop("Metadata", None)
    made.get("Metadata", {}).pop("cfn-lint", None)
    release = UNRELEASED
    if "Release" in made["Parameters"]:
        release = f"{version}+{digest(_text(made).encode())[:12]}"
        made["Parameters"]["Release"]["Default"] = release
    size = len(_text(made).encode())
    if size > MOST_BYTES:
        raise Failed(f"the template has {size} bytes: CloudFormation reads at most 1 MB")
    return Rendered(document=made, release=release)


def check_prefix(prefix: str) -> str:
    """The prefix, when `<prefix>-<Region>` is a bucket's name in every Region; else Failed."""
    longest = "ap-southeast-1"
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-")
    if not prefix or set(prefix) - allowed or prefix[0] == "-" or prefix.endswith("-"):
        raise Failed(
            f"--prefix {prefix}: want small letters, digits and dashes, as names of buckets have",
            code=USAGE,
        )
    most = 63 - len(longest) - 1
    if not 3 <= len(prefix) <= most:
        raise Failed(f"--prefix {prefix}: want 3 to {most} characters", code=USAGE)
    return prefix


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
