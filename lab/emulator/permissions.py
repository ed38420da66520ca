"""Condition keys that MiniStack's IAM does not fill and the templates' policies use.

Decided here: the front door stands for AWS's TLS one, so `aws:SecureTransport` is true; the
resource of GetParametersByPath is its path
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html);
`lambda:SourceFunctionArn` is set for calls of a function's own code
(https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html), and
`cloudwatch:namespace` is the namespace that PutMetricData names.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from lab.emulator import layout_other, principals
from lab.emulator.calls import Call
from lab.emulator.touched import Touch, replace

ENFORCE = Touch(
    module="ministack.core.iam_evaluator",
    name="enforce",
    parameters=(
        "access_key_id", "iam_action", "service", "region", "resource_arn", "service_context",
    ),
)  # fmt: skip
FUNCTION_KEYS = Touch(
    module="ministack.core.lambda_runtime", name="execution_credentials", parameters=("config",)
)
ORIGIN = Touch(
    module="ministack.core.iam_evaluator",
    name="pin_request_origin",
    parameters=("source_ip", "secure_transport"),
)
TOUCHED = (ENFORCE, FUNCTION_KEYS, ORIGIN)

SOURCE, NAMESPACE = "lambda:SourceFunctionArn", "cloudwatch:namespace"
_functions: dict[str, str] = {}
_path_of_request: ContextVar[str] = ContextVar("path_of_request", default="")
_of_request: ContextVar[Mapping[str, str] | None] = ContextVar("of_request", default=None)


def note(call: Call) -> None:
    """Remember what conditions may ask of the request that is being served."""
    found: dict[str, str] = {}
    if call.access_key in _functions:
        found[SOURCE] = _functions[call.access_key]
    if call.service == "monitoring" and call.action == "PutMetricData":
        asked = layout_other.request(call) or {}
        found[NAMESPACE] = str(asked.get("namespace", ""))
    _of_request.set(found)
    by_path = call.service == "ssm" and call.action == "GetParametersByPath"
    path = (layout_other.request(call) or {}).get("path", "") if by_path else ""
    _path_of_request.set(str(path).strip("/"))


def _noting_keys(original: Any) -> Any:
    def credentials(config: Mapping[str, Any]) -> Any:
        given = original(config)
        _functions[given["AWS_ACCESS_KEY_ID"]] = config.get("FunctionArn", "")
        return given

    return credentials


def _with_context(original: Any) -> Any:
    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: Mapping[str, Any] | None = None,
    ) -> Any:
        context = {**(service_context or {}), **(_of_request.get() or {})}
        path = _path_of_request.get()
        if path and resource_arn == "*":
            account = principals.of_key(access_key_id).account
            resource_arn = f"arn:aws:ssm:{region}:{account}:parameter/{path}"
        return original(access_key_id, iam_action, service, region, resource_arn, context)

    return enforce


def _over_tls(original: Any) -> Any:
    def pin(source_ip: str, secure_transport: bool) -> None:
        original(source_ip, True)

    return pin


def install() -> None:
    """Give the evaluator the keys."""
    replace(ORIGIN, _over_tls)
    replace(FUNCTION_KEYS, _noting_keys)
    replace(ENFORCE, _with_context)
