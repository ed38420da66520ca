"""The AWS clients of the alerter, made once with pinned settings.

Pinned, because botocore's default retry mode and attempts differ between the copies that the
Lambda runtime has carried; retries happen here and in the queue, nowhere else.
"""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3},
    connect_timeout=2,
    read_timeout=5,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    dynamodb: Any
    sns: Any
    sqs: Any
    events: Any


def clients() -> Clients:
    """Clients of the function's own account and Region."""
    session = boto3.session.Session()
    made = {name: session.client(name, config=CONFIG) for name in ("dynamodb", "sns", "sqs")}
    return Clients(**made, events=session.client("events", config=CONFIG))
