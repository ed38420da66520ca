"""AWS as the publisher asks it: clients by Region, and refusals told with place and way out."""

import os
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from gatewatch.failure import Failed

RETRIES = Config(retries={"mode": "adaptive", "max_attempts": 10})
ABSENT = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NotFound"})
DENIED = ("AccessDenied", "Unauthorized", "Forbidden", "403")
ACTIONS = {
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadObject": "GetObject",
    "ListObjectsV2": "ListBucket",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
"""Calls whose right in IAM has another name (Service Authorization Reference, Amazon S3)."""

Client = Callable[[str, str], Any]
"""Service and Region -> boto3 client."""


def clients(profile: str | None) -> Client:
    """Clients of one identity, each made once."""
    session = boto3.Session(profile_name=profile)
    made: dict[tuple[str, str], Any] = {}

    def client(service: str, region: str) -> Any:
        if (service, region) not in made:
            # S3 by path where an emulator stands in: its host has no names below it.
            config = RETRIES
            if service == "s3" and endpoint():
                config = RETRIES.merge(Config(s3={"addressing_style": "path"}))
            made[service, region] = session.client(service, region_name=region, config=config)
        return made[service, region]

    return client


def endpoint() -> str:
    """Where an emulator stands in for AWS, else ""."""
    return os.environ.get("AWS_ENDPOINT_URL", "")


def home_region(profile: str | None, region: str | None) -> str:
    """The Region asked for, else the profile's or the environment's."""
    found = region or boto3.Session(profile_name=profile).region_name
    if not found:
        raise Failed("no Region: give --region, or set AWS_REGION")
    return str(found)


def ask(client: Any, operation: str, where: str, **arguments: Any) -> dict[str, Any]:
    """One call; a refusal becomes Failed: where, what, and the right that is missing."""
    try:
        answer: dict[str, Any] = getattr(client, operation)(**arguments)
    except (ClientError, BotoCoreError) as error:
        raise told(client, operation, where, error) from error
    return answer


def pages(client: Any, operation: str, key: str, where: str, **arguments: Any) -> list[Any]:
    """All rows of a list that comes in pages."""
    try:
        answers = client.get_paginator(operation).paginate(**arguments)
        return [row for answer in answers for row in answer[key]]
    except (ClientError, BotoCoreError) as error:
        raise told(client, operation, where, error) from error


def told(client: Any, operation: str, where: str, error: Exception) -> Failed:
    """The refusal as one line."""
    name = "".join(part.title() for part in operation.split("_"))
    if not isinstance(error, ClientError):
        return Failed(f"{where}: {name} failed: {error}")
    what = error.response.get("Error", {}).get("Message") or code_of(error)
    line = f"{where}: {name} was refused: {what}"
    if any(word in code_of(error) for word in DENIED):
        service = client.meta.service_model.signing_name
        action = f"{service}:{ACTIONS.get(name, name)}"
        line += f" (needs {action}; docs/install.md lists what publishing needs)"
    return Failed(line)


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
