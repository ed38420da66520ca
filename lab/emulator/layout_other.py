"""How CloudTrail lays out calls of all services but EC2: lower camel case, plain lists.

Decided here: requestParameters, responseElements and error of one call, by botocore's models.
"""

import json
import re
import xml.etree.ElementTree as Xml
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import botocore.parsers
from botocore.model import ListShape, MapShape, StructureShape

from lab.emulator.calls import Call, cbor_map, json_body, protocol
from lab.emulator.layout_ec2 import tree

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
SECRET = frozenset(
    {"secretString", "secretBinary", "password", "secretAccessKey", "masterUserPassword"}
)
# Lambda's event names carry the date of the API that introduced the call.
LAMBDA_DATES: Mapping[str, str] = {
    "UpdateFunctionConfiguration": "20150331v2",
    "UpdateFunctionCode": "20150331v2",
    "AddPermission": "20150331v2",
    "RemovePermission": "20150331v2",
    "PutFunctionConcurrency": "20171031",
    "DeleteFunctionConcurrency": "20171031",
    "PublishLayerVersion": "20181031",
    "DeleteLayerVersion": "20181031",
    "TagResource": "20170331v2",
    "UntagResource": "20170331v2",
}
# The operations whose body API Gateway's records keep under a key of their own.
APIGATEWAY_WRAPPED = ("Create", "Put", "Import")


def event_name(call: Call) -> str:
    """eventName of a call: the operation's, with a date where the service's records have one."""
    if call.service == "lambda":
        return call.action + LAMBDA_DATES.get(call.action, "20150331")
    if call.service == "cloudfront" and call.operation is not None:
        return str(call.operation.wire_name)
    return call.action


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _plain(value: Any) -> Any:
    return value.strftime("%b %d, %Y %I:%M:%S %p") if isinstance(value, datetime) else value


def _told(shape: Any, value: Any) -> Any:
    """A parsed value (botocore's member names) with CloudTrail's names."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        told = {}
        for name, member in shape.members.items():
            if name not in value or member.type_name == "blob":
                continue
            key = _lower(name)
            told[key] = HIDDEN if key in SECRET else _told(member, value[name])
        return told
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_told(shape.member, item) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _told(shape.value, item) for key, item in value.items()}
    return _plain(value)


def _wire(name: str, shape: Any) -> str:
    return str(shape.serialization.get("name") or name)


def _from_json(shape: Any, data: Any) -> Any:
    if isinstance(shape, StructureShape) and isinstance(data, dict):
        return {
            name: _from_json(member, data[_wire(name, member)])
            for name, member in shape.members.items()
            if _wire(name, member) in data
        }
    if isinstance(shape, ListShape) and isinstance(data, list):
        return [_from_json(shape.member, item) for item in data]
    return data


def _from_tree(shape: Any, node: Any) -> Any:
    """A query protocol's parameters; lists are `Name.member.N` or, flattened, `Name.N`."""
    if isinstance(shape, StructureShape) and isinstance(node, dict):
        return {
            name: _from_tree(member, node[_wire(name, member)])
            for name, member in shape.members.items()
            if _wire(name, member) in node
        }
    if isinstance(shape, ListShape) and isinstance(node, dict):
        layers = [v for v in node.values() if isinstance(v, dict)]
        numbered = all(key.isdigit() for key in node)
        inner = node if numbered or not layers else layers[0]
        return [_from_tree(shape.member, inner[k]) for k in sorted(inner, key=int)]
    if shape.type_name in ("integer", "long") and str(node).lstrip("-").isdigit():
        return int(node)
    return node == "true" if shape.type_name == "boolean" else node


def _from_xml(shape: Any, element: Xml.Element) -> Any:
    named: dict[str, list[Xml.Element]] = {}
    for child in element:
        named.setdefault(child.tag.rpartition("}")[2], []).append(child)
    if isinstance(shape, StructureShape):
        told = {}
        for name, member in shape.members.items():
            found = named.get(_wire(name, member), [])
            if found and member.serialization.get("flattened"):
                told[name] = [_from_xml(member.member, one) for one in found]
            elif found:
                told[name] = _from_xml(member, found[0])
        return told
    if isinstance(shape, ListShape):
        return [_from_xml(shape.member, child) for child in element]
    text = (element.text or "").strip()
    return int(text) if shape.type_name in ("integer", "long") and text.isdigit() else text


def _rest_body(call: Call, shape: StructureShape) -> dict[str, Any]:
    payload = shape.serialization.get("payload")
    body = call.request.body
    if body.lstrip()[:1] == b"<":
        root = Xml.fromstring(body)
        if payload:
            return {payload: _from_xml(shape.members[payload], root)}
        parsed = _from_xml(shape, root)
    else:
        data = json_body(call.request)
        if payload:
            member = shape.members[payload]
            return {payload: _from_json(member, data)} if member.type_name != "blob" else {}
        parsed = _from_json(shape, data)
    return parsed if isinstance(parsed, dict) else {}


def _rest(call: Call, shape: StructureShape) -> dict[str, Any]:
    query = parse_qs(call.request.query, keep_blank_values=True)
    values = _rest_body(call, shape)
    for name, member in shape.members.items():
        where, wire = member.serialization.get("location"), _wire(name, member)
        if where == "uri" and wire in call.uri_values:
            values[name] = call.uri_values[wire]
        elif where == "querystring" and wire in query:
            values[name] = query[wire][0]
    return values


def request(call: Call) -> dict[str, Any] | None:
    """requestParameters; None for a call without input."""
    if call.operation is None or call.operation.input_shape is None:
        return None
    shape = call.operation.input_shape
    spoken = protocol(call)
    if spoken == "smithy-rpc-v2-cbor":
        values = cbor_map(call.request.body)
    elif spoken == "json":
        values = _from_json(shape, json_body(call.request))
    elif spoken.startswith("rest"):
        values = _rest(call, shape)
    else:
        values = _from_tree(shape, tree(call.request.form))
    told = _told(shape, values)
    if call.service == "s3" and "bucket" in told:
        told = {"bucketName": told.pop("bucket"), **{k: v for k, v in told.items() if v}}
    if call.service == "ssm" and told.get("type") == "SecureString":
        told["value"] = HIDDEN
    return _apigateway(call, shape, told) if _is_v1(call) else told


def _is_v1(call: Call) -> bool:
    operation = call.operation
    return operation is not None and operation.service_model.service_name == "apigateway"


def _apigateway(call: Call, shape: StructureShape, told: dict[str, Any]) -> dict[str, Any]:
    if not call.action.startswith(APIGATEWAY_WRAPPED):
        return told
    above = {
        _lower(name)
        for name, member in shape.members.items()
        if member.serialization.get("location") == "uri"
    }
    inner = {key: value for key, value in told.items() if key not in above}
    kept = {key: value for key, value in told.items() if key in above}
    return {**kept, f"{_lower(call.action)}Input": inner}


def response(call: Call, status: int, headers: Mapping[str, str], body: bytes) -> Any:
    """responseElements of a successful call; None where there is nothing to tell."""
    if call.operation is None or call.operation.output_shape is None or call.service == "s3":
        return None
    parser = botocore.parsers.create_parser(protocol(call))
    try:
        parsed = parser.parse(
            {"status_code": status, "headers": dict(headers), "body": body},
            call.operation.output_shape,
        )
    except botocore.parsers.ResponseParserError:
        return None
    return _told(call.operation.output_shape, parsed) or None


def error(body: bytes) -> tuple[str, str]:
    """(code, message) of an error answer, XML or JSON; these services' codes stay bare."""
    code = re.search(rb"<Code>([^<]*)</Code>", body)
    if code:
        message = re.search(rb"<Message>([^<]*)</Message>", body)
        return code.group(1).decode(), message.group(1).decode() if message else ""
    try:
        data = json.loads(body or b"{}") if body[:1] in (b"{", b"") else cbor_map(body)
    except ValueError:
        return "InternalFailure", ""
    name = str(data.get("__type") or data.get("code") or data.get("Code") or "InternalFailure")
    return name.rpartition("#")[2], str(data.get("message") or data.get("Message") or "")
