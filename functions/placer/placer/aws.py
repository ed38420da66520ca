"""The AWS clients of the placer: made once, with retries and time-outs pinned, because the
defaults differ between the versions of botocore that the Lambda runtime may carry."""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from placer.settings import Settings

# EC2 and CloudFormation throttle by account: an attempt more costs a run little, a run that ends
# in the middle costs five minutes.
_STANDARD = Config(
    connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """boto3 clients by service. `events` stands in the Region of the hub's bus."""

    cloudformation: Any
    dynamodb: Any
    ec2: Any
    events: Any
    lambda_: Any
    sqs: Any

    @classmethod
    def make(cls, settings: Settings) -> "Clients":
        """All clients; endpoint URLs and credentials come from the environment as usual."""

        def client(service: str, region: str = settings.aws_region) -> Any:
            return boto3.client(service, region_name=region, config=_STANDARD)

        return cls(
            cloudformation=client("cloudformation"),
            dynamodb=client("dynamodb"),
            ec2=client("ec2"),
            events=client("events", settings.hub_bus_arn.split(":")[3]),
            lambda_=client("lambda"),
            sqs=client("sqs"),
        )
