"""What an HTTP request to the front door asks for: service, action, caller, parameters.

Decided here: how a request is read, with botocore's own service models. Not decided here: what
happens to it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

import botocore.parsers
import botocore.session
from botocore.model import OperationModel, ServiceModel

CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/")
# Signing names that are not the name of botocore's model.
MODELS: Mapping[str, tuple[str, ...]] = {
    "elasticloadbalancing": ("elbv2", "elb"),
    "monitoring": ("cloudwatch",),
    "states": ("stepfunctions",),
    "email": ("ses",),
    "apigateway": ("apigateway", "apigatewayv2"),
    "wafv2": ("wafv2",),
}
CBOR_PATH = re.compile(r"/service/[^/]+/operation/(\w+)$")
_session = botocore.session.Session()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request; header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """Parameters of the query protocols (body and query string), in order."""
        pairs = parse_qsl(self.query, keep_blank_values=True)
        if "x-www-form-urlencoded" in self.headers.get("content-type", ""):
            pairs += parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return dict(pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request understood as an AWS call; `operation` is None where no model knows it.

    `given` holds the parameters of a call that CloudFormation makes for a stack, and `for_stack`
    says on whose behalf: `caller`, or the ARN of the stack's service role.
    """

    request: Request
    access_key: str
    region: str
    service: str
    action: str
    operation: OperationModel | None
    uri_values: Mapping[str, str]
    given: Mapping[str, str] | None = None
    for_stack: str = ""

    @property
    def form(self) -> Mapping[str, str]:
        """Parameters of the query protocols."""
        return self.request.form if self.given is None else self.given


@cache
def _model(name: str) -> ServiceModel | None:
    if name not in _session.get_available_services():
        return None
    return _session.get_service_model(name)


def models(service: str) -> list[ServiceModel]:
    """botocore's models of a signing name; empty when it has none."""
    found = (_model(name) for name in MODELS.get(service, (service,)))
    return [model for model in found if model is not None]


@cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], frozenset[str], OperationModel]]:
    """REST operations of a service, the most literal path first."""
    routes = []
    for model in models(service):
        for name in model.operation_names:
            operation = model.operation_model(name)
            path, _, query = operation.http.get("requestUri", "/").partition("?")
            pattern = re.sub(r"\\\{(\w+?)\\\+\\\}", r"(?P<\1>.+)", re.escape(path))
            pattern = re.sub(r"\\\{(\w+?)\\\}", r"(?P<\1>[^/]+)", pattern)
            wanted = frozenset(part for part in query.split("&") if part)
            routes.append(
                (operation.http["method"], re.compile(pattern + "/?$"), wanted, operation)
            )
    return sorted(
        routes, key=lambda r: (-len(r[2]), r[1].pattern.count("(?P<"), -len(r[1].pattern))
    )


def _rest(service: str, request: Request) -> tuple[OperationModel | None, dict[str, str]]:
    query = {part.split("=")[0] for part in request.query.split("&")}
    for method, pattern, wanted, operation in _routes(service):
        if method != request.method or not {w.split("=")[0] for w in wanted} <= query:
            continue
        match = pattern.match(request.path)
        if match:
            return operation, {k: unquote(v) for k, v in match.groupdict().items()}
    return None, {}


def named(service: str, action: str) -> OperationModel | None:
    """The operation of that name, or None."""
    for model in models(service):
        if action in model.operation_names:
            return model.operation_model(action)
    return None


def _operation(service: str, request: Request) -> tuple[str, OperationModel | None, dict[str, str]]:
    target = request.headers.get("x-amz-target", "")
    cbor = CBOR_PATH.match(request.path)
    action = target.rpartition(".")[2] or request.form.get("Action", "")
    action = cbor.group(1) if cbor else action
    if action:
        return action, named(service, action), {}
    operation, values = _rest(service, request)
    action = operation.name if operation else f"{request.method} {request.path[:60]}"
    return action, operation, values


def read(request: Request) -> Call | None:
    """The call that `request` makes, or None when it carries no AWS credential."""
    credential = CREDENTIAL.search(request.headers.get("authorization", ""))
    if credential is None:
        return None
    access_key, region, service = credential.groups()
    action, operation, values = _operation(service, request)
    return Call(
        request=request,
        access_key=access_key,
        region=region,
        service=service,
        action=action,
        operation=operation,
        uri_values=values,
    )


def is_cbor(request: Request) -> bool:
    """Whether the request speaks Smithy's RPC v2 with CBOR, as newer clients do to CloudWatch."""
    return request.headers.get("smithy-protocol") == "rpc-v2-cbor"


def protocol(call: Call) -> str:
    """What the call speaks on the wire; some services understand several protocols."""
    if is_cbor(call.request):
        return "smithy-rpc-v2-cbor"
    if "x-amz-target" in call.request.headers:
        return "json"
    modelled = str(call.operation.service_model.protocol) if call.operation else "json"
    if modelled in ("json", "smithy-rpc-v2-cbor"):
        return "query" if call.request.form.get("Action") else modelled
    return modelled


def cbor_map(body: bytes) -> dict[str, Any]:
    """The CBOR map of a body; empty when it has none."""
    if not body:
        return {}
    parser = botocore.parsers.RpcV2CBORParser()
    data = parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))
    return data if isinstance(data, dict) else {}


def json_body(request: Request) -> dict[str, Any]:
    """The JSON object of the body; empty when it has none."""
    try:
        data = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
