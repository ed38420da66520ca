"""Which IAM action a call of Lambda's is checked for, where MiniStack takes another one's.

MiniStack takes every GET of layers for ListLayers and knows no deletion of their versions
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html).
"""

import re
from typing import Any

from lab.emulator.touched import Touch, replace

ACTION = Touch(
    module="ministack.core.iam_actions", name="_lambda_action", parameters=("method", "path")
)
TOUCHED = (ACTION,)

RIGHT = (
    ("GET", re.compile(r"/layers/[^/]+/versions/?$"), "ListLayerVersions"),
    ("GET", re.compile(r"/layers/[^/]+/versions/\d+/?$"), "GetLayerVersion"),
    ("DELETE", re.compile(r"/layers/[^/]+/versions/\d+/?$"), "DeleteLayerVersion"),
    ("GET", re.compile(r"/account-settings/?$"), "GetAccountSettings"),
    ("GET", re.compile(r"/functions/[^/]+/concurrency/?$"), "GetFunctionConcurrency"),
    ("DELETE", re.compile(r"/functions/[^/]+/concurrency/?$"), "DeleteFunctionConcurrency"),
)


def _right(original: Any) -> Any:
    def action(method: str, path: str) -> str | None:
        found = (name for verb, form, name in RIGHT if verb == method and form.search(path))
        known: str | None = original(method, path)
        return next(found, known)

    return action


def install() -> None:
    """Name the actions as AWS does."""
    replace(ACTION, _right)
