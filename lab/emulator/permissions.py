"""Condition keys that MiniStack's IAM does not fill and the templates' policies use, and the record
of what it decided (`asked`).

Decided here: the front door stands for AWS's TLS one, so `aws:SecureTransport` is true; the
resource of GetParametersByPath is its path
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html);
`lambda:SourceFunctionArn` is set for calls of a function's own code
(https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html), and
`cloudwatch:namespace` is the namespace that PutMetricData names, `events:source` the source of
all entries of a PutEvents
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html).
"""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from lab.emulator import asked, layout_other, principals
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
CONDITION_KEY = Touch(
    module="ministack.core.iam_evaluator",
    name="_resolve_condition_key",
    parameters=("key", "ctx"),
)
TOUCHED = (ENFORCE, FUNCTION_KEYS, CONDITION_KEY)

SOURCE, NAMESPACE = "lambda:SourceFunctionArn", "cloudwatch:namespace"
EVENT_SOURCE = "events:source"
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
    if call.service == "events" and call.action == "PutEvents":
        sources = {str(entry.get("Source")) for entry in _json(call).get("Entries", [])}
        found[EVENT_SOURCE] = sources.pop() if len(sources) == 1 else ""
    _of_request.set(found)
    by_path = call.service == "ssm" and call.action == "GetParametersByPath"
    path = (layout_other.request(call) or {}).get("path", "") if by_path else ""
    _path_of_request.set(str(path).strip("/"))


def _json(call: Call) -> dict[str, Any]:
    """The call's JSON body; {} when it is none."""
    try:
        found = json.loads(call.request.body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


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
        refusal = original(access_key_id, iam_action, service, region, resource_arn, context)
        who = principals.of_key(access_key_id)
        role = who.name if who.kind == "assumed_role" else ""
        asked.note(role, iam_action, resource_arn, allowed=refusal is None)
        return refusal

    return enforce


def _global_keys(original: Any) -> Any:
    """`aws:PrincipalArn` of a session is its role's ARN, never the session's
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)."""

    def resolve(key: str, ctx: Any) -> Any:
        if key.lower() == "aws:securetransport":
            return "true"
        value = original(key, ctx)
        if key.lower() == "aws:principalarn" and ":assumed-role/" in str(value):
            return _role_arn(str(value))
        return value

    return resolve


def _role_arn(session: str) -> str:
    """The ARN of a session's role, with the role's path, which no session's ARN has."""
    head, _, rest = session.partition(":assumed-role/")
    account, name = head.rpartition(":")[2], rest.partition("/")[0]
    path = principals.ROLES.current().get(name, {}).get("Path", "/")
    return f"arn:aws:iam::{account}:role{path}{name}"


def install() -> None:
    """Give the evaluator the keys."""
    replace(CONDITION_KEY, _global_keys)
    replace(FUNCTION_KEYS, _noting_keys)
    replace(ENFORCE, _with_context)
