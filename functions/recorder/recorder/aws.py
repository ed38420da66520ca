"""The AWS clients of the recorder: made once, with retries and time-outs pinned, because the
defaults differ between the versions of botocore that the Lambda runtime may carry."""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from recorder.settings import Settings

_STANDARD = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)
# One short try: the queue tries again, and a bus that hangs must not take the batch's 10 s from
# the looks of the records behind it.
_ONCE = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 1}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """boto3 clients by service. `events` stands in the Region of the hub's bus."""

    dynamodb: Any
    sqs: Any
    events: Any

    @classmethod
    def make(cls, settings: Settings) -> "Clients":
        hub_region = settings.hub_bus_arn.split(":")[3]
        here = settings.aws_region
        return cls(
            dynamodb=boto3.client("dynamodb", region_name=here, config=_STANDARD),
            sqs=boto3.client("sqs", region_name=here, config=_STANDARD),
            events=boto3.client("events", region_name=hub_region, config=_ONCE),
        )
