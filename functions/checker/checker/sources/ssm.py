"""Endpoints registered as SSM parameters: a team declares the check beside its API."""

from checker.aws import Clients
from checker.parameters import below
from checker.settings import Settings
from checker.sources import Read
from probing.endpoint import Endpoint, Problem
from reasoning.document import read_endpoint

KIND = "ssm"


def read(clients: Clients, settings: Settings) -> Read:
    """Every parameter below the registry path. Raises SourceRefused when SSM does not answer."""
    endpoints: list[Endpoint] = []
    problems: list[Problem] = []
    parameters = below(clients.ssm, settings.registry_path, recursive=True)
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
