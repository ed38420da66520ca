"""How CloudTrail lays out a call of EC2: two serialisations, told apart by the action's model.

Actions of 2008-2014 are flat (lower camel case at the top, lists `{"items": [...]}`); later ones
are wrapped (`{"<Action>Request": {...}}` with the wire names, list items `{"tag": n, ...}`).
Which one: the wire name of DryRun in the EC2 model is `dryRun` for flat actions and absent for
wrapped ones. ModifyVpcEndpoint is wrapped by that rule; no public recording of it is known.
"""

import re
import xml.etree.ElementTree as Xml
from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, OperationModel, StructureShape

XMLNS = "http://ec2.amazonaws.com/doc/2016-11-15/"
# Undetermined by the rule or its known misses.
FLAT = frozenset({"ModifyVpcAttribute", "ModifySubnetAttribute"})
# Lists of plain ids are sets of objects in flat records: parameter -> (set, member).
ID_SETS: Mapping[str, tuple[str, str]] = {
    "ResourceId": ("resourcesSet", "resourceId"),
    "InstanceId": ("instancesSet", "instanceId"),
    "SecurityGroupId": ("groupSet", "groupId"),
    "SecurityGroupRuleId": ("securityGroupRuleIds", "securityGroupRuleId"),
}
RENAMED: Mapping[str, str] = {"Tag": "tagSet", "TagSpecification": "tagSpecificationSet"}
EMPTY_IN_PERMISSION = ("groups", "ipRanges", "ipv6Ranges", "prefixListIds")
TEXT_ALWAYS = frozenset({"ownerId", "userId", "groupOwnerId", "requestId", "ipProtocol", "value"})
_NUMBER = re.compile(r"-?\d+")

Tree = dict[str, Any]


def tree(form: Mapping[str, str]) -> Tree:
    """`{"Filter.1.Name": "x"}` -> `{"Filter": {"1": {"Name": "x"}}}`, without the envelope."""
    root: Tree = {}
    for key, value in form.items():
        if key in ("Action", "Version"):
            continue
        *path, last = key.split(".")
        node = root
        for part in path:
            node = node.setdefault(part, {})
        node[last] = value
    return root


def _is_list(node: Any) -> bool:
    return isinstance(node, dict) and bool(node) and all(key.isdigit() for key in node)


def _items(node: Mapping[str, Any]) -> list[Any]:
    return [node[key] for key in sorted(node, key=int)]


def coerce(text: str) -> Any:
    """What CloudTrail makes of XML text in wrapped records: booleans and numbers."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if _NUMBER.fullmatch(text) else text


def _wrapped(node: Any) -> Any:
    if not isinstance(node, dict):
        return coerce(node)
    if _is_list(node):
        told = [_tagged(i, item) for i, item in enumerate(_items(node), 1)]
        return told[0] if len(told) == 1 else told
    return {key: _wrapped(value) for key, value in node.items()}


def _tagged(number: int, item: Any) -> Tree:
    if isinstance(item, dict):
        return {"tag": number, **_wrapped(item)}
    return {"tag": number, "content": coerce(item)}


def is_flat(operation: OperationModel) -> bool:
    """Whether records of this action are of the flat style."""
    if operation.name in FLAT:
        return True
    dry_run = operation.input_shape and operation.input_shape.members.get("DryRun")
    return bool(dry_run is not None and dry_run.serialization.get("name") == "dryRun")


def _wire(name: str, shape: Any) -> str:
    given = shape.serialization.get("queryName") or shape.serialization.get("name") or name
    return str(given[0].upper() + given[1:])


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def _flat_list(wire: str, shape: ListShape, node: Any) -> tuple[str, Tree]:
    items = _items(node) if _is_list(node) else []
    if wire in ID_SETS and items and not isinstance(items[0], dict):
        key, member = ID_SETS[wire]
        return key, {"items": [{member: item} for item in items]}
    if wire == "TagSpecification":
        return RENAMED[wire], {"items": [_tag_specification(item) for item in items]}
    told = [_flat_value(shape.member, item) for item in items]
    return RENAMED.get(wire, _lower(wire)), {"items": told} if told else {}


def _tag_specification(item: Tree) -> Tree:
    tags = [{"key": t.get("Key", ""), "value": t.get("Value", "")} for t in _items(item["Tag"])]
    return {"resourceType": item.get("ResourceType", ""), "tags": tags}


def _flat_value(shape: Any, node: Any) -> Any:
    if isinstance(shape, StructureShape) and isinstance(node, dict):
        told = _flat_members(shape, node)
        if shape.name == "IpPermission":
            told = {**{key: {} for key in EMPTY_IN_PERMISSION}, **told}
        return told
    if shape.type_name == "boolean":
        return node == "true"
    if shape.type_name in ("integer", "long") and _NUMBER.fullmatch(str(node)):
        return int(node)
    return node


def _flat_members(shape: StructureShape, node: Tree) -> Tree:
    told: Tree = {}
    for name, member in shape.members.items():
        wire = _wire(name, member)
        if wire not in node or name == "DryRun":
            continue
        if isinstance(member, ListShape):
            key, value = _flat_list(wire, member, node[wire])
            told[key] = value
        else:
            told[_lower(wire)] = _flat_value(member, node[wire])
    return told


def request(operation: OperationModel, form: Mapping[str, str]) -> Tree:
    """requestParameters of a call."""
    node = tree(form)
    if is_flat(operation) and operation.input_shape is not None:
        return _flat_members(operation.input_shape, node)
    return {f"{operation.name}Request": _wrapped(node) if node else ""}


def _name(element: Xml.Element) -> str:
    return element.tag.rpartition("}")[2]


def _flat_element(element: Xml.Element) -> Any:
    children = list(element)
    name = _name(element)
    if not children:
        text = (element.text or "").strip()
        if not text and name.endswith(("Set", "Ranges", "ListIds", "groups", "Groups")):
            return {}
        plain = name in TEXT_ALWAYS or text.startswith("0")
        return text if plain and text not in ("true", "false", "0") else coerce(text)
    if all(_name(child) == "item" for child in children):
        return {"items": [_flat_element(child) for child in children]}
    return {_name(child): _flat_element(child) for child in children}


def _wrapped_element(element: Xml.Element) -> Any:
    children = list(element)
    if not children:
        return coerce((element.text or "").strip())
    if all(_name(child) == "item" for child in children):
        told = [_wrapped_element(child) for child in children]
        return {"item": told[0] if len(told) == 1 else told}
    return {_name(child): _wrapped_element(child) for child in children}


def response(operation: OperationModel, body: bytes) -> Tree | None:
    """responseElements of a successful call; None when the body is no XML."""
    try:
        root = Xml.fromstring(body)
    except Xml.ParseError:
        return None
    if is_flat(operation):
        told = _flat_element(root)
        if isinstance(told, dict) and "return" in told:
            told["_return"] = told.pop("return")
        return told if isinstance(told, dict) else {"requestId": ""}
    inner = _wrapped_element(root)
    inner = inner if isinstance(inner, dict) else {}
    return {f"{operation.name}Response": {"xmlns": XMLNS, **inner}}


def error(body: bytes) -> tuple[str, str]:
    """(code, message) of an EC2 error answer; EC2's codes are told with `Client.`."""
    code = re.search(rb"<Code>([^<]*)</Code>", body)
    message = re.search(rb"<Message>([^<]*)</Message>", body)
    name = code.group(1).decode() if code else "InternalError"
    side = "Server" if name in ("InternalError", "Unavailable") else "Client"
    return f"{side}.{name}", message.group(1).decode() if message else ""
