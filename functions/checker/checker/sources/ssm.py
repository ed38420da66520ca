"""Endpoints registered as SSM parameters: a team declares the check beside its API."""

from botocore.exceptions import BotoCoreError, ClientError

from checker.aws import Clients
from checker.settings import Settings
from checker.sources import Read, SourceRefused
from probing.endpoint import Endpoint, Problem
from reasoning.document import read_endpoint

KIND = "ssm"


def read(clients: Clients, settings: Settings) -> Read:
    """Every parameter below the registry path. Raises SourceRefused when SSM does not answer."""
    endpoints: list[Endpoint] = []
    problems: list[Problem] = []
    try:
        pages = clients.ssm.get_paginator("get_parameters_by_path").paginate(
            Path=settings.registry_path, Recursive=True, WithDecryption=False
        )
        parameters = [parameter for page in pages for parameter in page["Parameters"]]
    except (ClientError, BotoCoreError) as error:
        raise SourceRefused(f"SSM parameters {settings.registry_path}: {error}") from error
    for parameter in sorted(parameters, key=lambda found: str(found["Name"])):
        name, source = parameter["Name"], f"ssm:{parameter['Name']}"
        if parameter.get("Type") == "SecureString":
            problems.append(_encrypted(source))
            continue
        default_id = name.removeprefix(settings.registry_path).replace("/", "-")
        endpoint, found = read_endpoint(parameter["Value"], source=source, default_id=default_id)
        problems += found
        if endpoint is not None:
            endpoints.append(endpoint)
    return Read(endpoints=tuple(endpoints), problems=tuple(problems))


def _encrypted(source: str) -> Problem:
    return Problem(
        source=source,
        path="entry",
        what="is a SecureString, which is not read here",
        mend="write it as a String; only a credential that it refers to is encrypted",
    )
