"""Every AWS call of the checker fails in every way, while secrets are about."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from tests.leaks.campaign import HOST, Campaign
from tests.leaks.member import Leaky

CALLS = (
    "ssm.GetParametersByPath",
    "ssm.GetParameter",
    "secrets-manager.GetSecretValue",
    "dynamodb.GetItem",
    "dynamodb.BatchGetItem",
    "dynamodb.PutItem",
    "dynamodb.UpdateItem",
    "dynamodb.DeleteItem",
    "sqs.SendMessage",
    "lambda.Invoke",
    "events.PutEvents",
    "ec2.DescribeVpcs",
    "ec2.DescribeVpcAttribute",
    "ec2.DescribeVpcEndpoints",
    "ec2.DescribeNetworkInterfaces",
    "cloudtrail.DescribeTrails",
)
Fail = Callable[[Mapping[str, Any]], Any]


def _refused(code: str, status: int, text: str = "no") -> Fail:
    def fail(params: Mapping[str, Any]) -> Any:
        # AWS quotes what it finds wrong with a request: here all of it.
        error = {"Error": {"Code": code, "Message": f"{text} {_body(params)}"}}
        return SimpleNamespace(status_code=status), error

    return fail


def _body(params: Mapping[str, Any]) -> str:
    """The request but for a canary's work: that is told the secrets, and no service quotes it."""
    return "" if "functions" in params["url_path"] else repr(params.get("body"))


def _raises(error: Exception) -> Fail:
    def fail(params: Mapping[str, Any]) -> Any:
        raise error

    return fail


def _crashed(params: Mapping[str, Any]) -> Any:
    """A canary's own error, with all that it was told in its text."""
    told = json.loads(params["body"]) if "functions" in params["url_path"] else {}
    secrets = [probe.get("secret_headers") for probe in told.get("probes", ())]
    text = json.dumps({"errorType": "KeyError", "errorMessage": str(secrets)[:150]})
    answer = {"StatusCode": 200, "FunctionError": "Unhandled"}
    return SimpleNamespace(status_code=200), answer | {"Payload": io.BytesIO(text.encode())}


_URL = "https://aws.example/"
WAYS: Mapping[str, Fail] = {
    "throttled": _refused("ThrottlingException", 400),
    "internal": _refused("InternalServerError", 500),
    "denied": _refused("AccessDeniedException", 403),
    "invalid": _refused("ValidationException", 400, "1 validation error detected: Value"),
    "conflict": _refused("ConditionalCheckFailedException", 400),
    "timed out": _raises(ReadTimeoutError(endpoint_url=_URL)),
    "no connection": _raises(ConnectTimeoutError(endpoint_url=_URL)),
    "no endpoint": _raises(EndpointConnectionError(endpoint_url=_URL)),
    "crashed": _crashed,
}
MALFORMED = b"<not> {json"


def run(campaign: Campaign, *, every: int = 1) -> None:
    """One member; each call fails in each way while it ticks and looks, then is well again."""
    with campaign.member() as member:
        for kind in campaign.kinds:
            member.keep(kind)
            port = campaign.ports.mutual if kind.only_https else campaign.ports.https
            url = f"https://{HOST}:{port}/e/{len(kind.name) % 3}/0"
            member.register(kind.name.replace("_", "-"), {"url": url, "auth": dict(kind.auth)})
        member.minute()
        cases = [(call, way) for call in CALLS for way in (*WAYS, "malformed")]
        for number, (call, way) in enumerate(cases):
            if number % every:
                continue
            if way == "crashed" and call != "lambda.Invoke":
                continue
            with failing(member, call, way):
                # Beyond the five minutes for which a secret is kept.
                member.minute(400.0)


@contextmanager
def failing(member: Leaky, call: str, way: str) -> Iterator[None]:
    service, operation = call.split(".")
    client = {"lambda": "lambda_", "secrets-manager": "secretsmanager"}.get(service, service)
    events = getattr(member.clients, client).meta.events
    name = f"{'before-send' if way == 'malformed' else 'before-call'}.{service}.{operation}"

    def handler(**given: Any) -> Any:
        if way == "malformed":
            request = given["request"]
            return AWSResponse(request.url, 200, {}, _Raw(MALFORMED))
        return WAYS[way](given["params"])

    events.register_first(name, handler)
    try:
        yield
    finally:
        events.unregister(name, handler)


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()
