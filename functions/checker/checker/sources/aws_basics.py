"""The built-in pack: names of AWS services that most ECS and Lambda workloads call. Resolve,
connect, TLS; no request, no credential."""

from typing import Any

from checker.partition import dns_suffix
from checker.settings import ON, Settings
from checker.sources import Asking, Read
from probing import registration
from probing.endpoint import Endpoint, Problem

KIND = "aws-basics"
PRECEDENCE = 4
SHARED = False

LABELS = {
    "dynamodb": "dynamodb",
    "ecr-api": "api.ecr",
    "ecr-dkr": "{account}.dkr.ecr",
    "ecs": "ecs",
    "events": "events",
    "kms": "kms",
    "lambda": "lambda",
    "logs": "logs",
    "monitoring": "monitoring",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "sts": "sts",
}
"""Each service's host name before `.<region>.<suffix>`, as regional endpoints and private DNS have
it (docs.aws.amazon.com/general/latest/gr/aws-service-information.html)."""
WILD = ("dkr.ecr", "s3")
"""Services whose private DNS also takes a wildcard: a sentinel below it shows a capture. For the
others the service's own name is the only one taken, and shows it itself."""


def read(asking: Asking) -> Read:
    """One entry for each service; none where the pack is off."""
    settings = asking.settings
    if settings.aws_basics != ON:
        return Read()
    endpoints: list[Endpoint] = []
    problems: list[Problem] = []
    for name, label in LABELS.items():
        raw: dict[str, Any] = {
            "name": f"aws-{name}",
            "url": f"tls://{_host(label, settings)}",
            "service": f"AWS {name}",
            **{key: value for key, value in asking.common.items() if key != "name"},
        }
        endpoint, found = registration.parse(raw, source=f"{KIND}:{name}")
        problems += found
        if endpoint is not None:
            endpoints.append(endpoint)
    return Read(endpoints=tuple(endpoints), problems=tuple(problems))


def sentinels(settings: Settings) -> tuple[str, ...]:
    """Domains below which each look resolves a random name, besides execute-api's."""
    if settings.aws_basics != ON:
        return ()
    return tuple(_host(label, settings) for label in WILD)


def _host(label: str, settings: Settings) -> str:
    region = settings.aws_region
    return f"{label.format(account=settings.account_id)}.{region}.{dns_suffix(region)}"
