"""Layers of Lambda named by their ARN, and the IAM action and resource of a call about them.

MiniStack knows layers by name alone where AWS takes the ARN, too
(https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html). It takes every GET of
layers for ListLayers, and knows no deletion of their versions. The resource is the layer; of a call
about a version it is the version
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html).
"""

import re
from typing import Any
from urllib.parse import unquote

from lab.emulator.touched import Touch, replace

_IAM, _LAMBDA = "ministack.core.iam_actions", "ministack.services.lambda_svc"
ACTION = Touch(module=_IAM, name="_lambda_action", parameters=("method", "path"))
RESOURCE = Touch(
    module=_IAM,
    name="extract_resource_arn",
    parameters=(
        "service", "method", "path", "headers", "body", "query_params", "region", "account_id",
    ),
)  # fmt: skip
VERSIONS = Touch(
    module=_LAMBDA, name="_list_layer_versions", parameters=("layer_name", "query_params")
)
VERSION = Touch(module=_LAMBDA, name="_get_layer_version", parameters=("layer_name", "version"))
DELETE = Touch(module=_LAMBDA, name="_delete_layer_version", parameters=("layer_name", "version"))
TOUCHED = (ACTION, RESOURCE, VERSIONS, VERSION, DELETE)

LAYER = re.compile(r"/layers/(?P<name>[^/]+)(/versions(/(?P<version>\d+))?)?/?$")
RIGHT = (
    ("GET", re.compile(r"/layers/[^/]+/versions/?$"), "ListLayerVersions"),
    ("GET", re.compile(r"/layers/[^/]+/versions/\d+/?$"), "GetLayerVersion"),
    ("DELETE", re.compile(r"/layers/[^/]+/versions/\d+/?$"), "DeleteLayerVersion"),
    ("GET", re.compile(r"/account-settings/?$"), "GetAccountSettings"),
    ("GET", re.compile(r"/functions/[^/]+/concurrency/?$"), "GetFunctionConcurrency"),
    ("DELETE", re.compile(r"/functions/[^/]+/concurrency/?$"), "DeleteFunctionConcurrency"),
)


def _plain(name: str) -> str:
    """The name of a layer that is given by its name or by its ARN."""
    return unquote(name).rpartition(":")[2]


def _right(original: Any) -> Any:
    def action(method: str, path: str) -> str | None:
        found = (name for verb, form, name in RIGHT if verb == method and form.search(path))
        known: str | None = original(method, path)
        return next(found, known)

    return action


def _of_layer(original: Any) -> Any:
    def resource(
        service: str, method: str, path: str, headers: Any, body: Any, query_params: Any,
        region: str, account_id: str,
    ) -> str:  # fmt: skip
        found = LAYER.search(path) if service == "lambda" else None
        if found is None:
            known: str = original(
                service, method, path, headers, body, query_params, region, account_id
            )
            return known
        version = f":{found['version']}" if found["version"] else ""
        return f"arn:aws:lambda:{region}:{account_id}:layer:{_plain(found['name'])}{version}"

    return resource


def _by_either(original: Any) -> Any:
    def call(layer_name: str, rest: Any) -> Any:
        return original(_plain(layer_name), rest)

    return call


def install() -> None:
    """Name actions and resources as AWS does; take a layer's ARN for its name."""
    replace(ACTION, _right)
    replace(RESOURCE, _of_layer)
    for touch in (VERSIONS, VERSION, DELETE):
        replace(touch, _by_either)
