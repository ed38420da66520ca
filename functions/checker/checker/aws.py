"""The AWS clients of the checker: made once, with retries and time-outs pinned.

The defaults of botocore changed in 2026 (legacy -> standard, other attempt counts), and the copy
in the Lambda runtime may be either side of that, so nothing is left to them.
"""

import logging
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from checker.denied import Denials
from checker.settings import NONE, ON, Settings

CANARY_TIMEOUT_SECONDS = 25.0
"""The canary's function time-out in vpc.yaml (a test compares them)."""

_STANDARD = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)
_INVOKE = Config(
    connect_timeout=2,
    # Above the canary's own time-out, so that a hung canary answers with its FunctionError; no
    # retry, because a probe sent twice would break the request budget without anyone seeing it.
    read_timeout=CANARY_TIMEOUT_SECONDS + 5,
    retries={"mode": "standard", "total_max_attempts": 1},
)


@cache
def own_credentials() -> Any:
    """botocore's credentials of the function's role, or None. They renew themselves, and to find
    them costs 20 ms and a log line: once is enough."""
    return boto3.Session().get_credentials()


@cache
def secretsmanager_in(region: str) -> Any:
    """Secrets Manager of another Region, where a secret's ARN lies in one. Raises what botocore
    says of a Region that is none."""
    return boto3.client("secretsmanager", region_name=region, config=_STANDARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """boto3 clients by service. `events` and `s3` stand in the hub's Region; `s3`, `apigateway` and
    `apigatewayv2` are None where no registry source needs them. `denials`: what IAM denied
    those whose refusals nobody else tells."""

    dynamodb: Any
    lambda_: Any
    sqs: Any
    ssm: Any
    secretsmanager: Any
    ec2: Any
    cloudtrail: Any
    events: Any
    s3: Any = None
    apigateway: Any = None
    apigatewayv2: Any = None
    denials: Denials = field(default_factory=Denials)

    @classmethod
    def make(cls, settings: Settings) -> "Clients":
        """All clients; endpoint URLs and credentials come from the environment as usual."""
        # Their debug lines quote parameters and bodies: secrets, and the work that carries them.
        for library in ("botocore", "boto3", "urllib3"):
            logging.getLogger(library).setLevel(logging.INFO)

        def client(service: str, config: Config = _STANDARD, region: str | None = None) -> Any:
            return boto3.client(
                service,
                region_name=region or settings.aws_region,
                config=config,
            )

        bucket, apis = settings.registry_bucket != NONE, settings.discover_apis == ON
        denials = Denials()
        return cls(
            denials=denials,
            dynamodb=denials.watch(client("dynamodb")),
            lambda_=denials.watch(client("lambda", _INVOKE)),
            sqs=denials.watch(client("sqs")),
            ssm=client("ssm"),
            secretsmanager=client("secretsmanager"),
            ec2=denials.watch(client("ec2")),
            cloudtrail=client("cloudtrail"),
            events=client("events", region=settings.hub_region),
            s3=client("s3", region=settings.hub_region) if bucket else None,
            apigateway=client("apigateway") if apis else None,
            apigatewayv2=client("apigatewayv2") if apis else None,
        )
