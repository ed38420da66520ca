"""Endpoints registered as SSM parameters: a team declares the check beside its API."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from checker.parameters import below
from checker.sources import Asking, Read
from probing.endpoint import Endpoint, Problem
from reasoning.document import read_endpoint

KIND = "ssm"
PRECEDENCE = 1
SHARED = False


def read(asking: Asking) -> Read:
    """Every parameter below the registry path. Raises SourceRefused when SSM does not answer."""
    endpoints: list[Endpoint] = []
    problems: list[Problem] = []
    path = asking.settings.registry_path
    parameters = below(asking.clients.ssm, path, recursive=True)
    for parameter in sorted(parameters, key=lambda found: str(found["Name"])):
        name, source = parameter["Name"], f"ssm:{parameter['Name']}"
        if parameter.get("Type") == "SecureString":
            problems.append(_encrypted(source))
            continue
        default_id = name.removeprefix(path).replace("/", "-")
        endpoint, found = _entry(parameter["Value"], source, default_id, _frozen(asking.common))
        problems += found
        if endpoint is not None:
            endpoints.append(endpoint)
    return Read(endpoints=tuple(endpoints), problems=tuple(problems))


@lru_cache(20_000)  # thousands of parameters that did not change need not be parsed each minute
def _entry(
    text: str, source: str, default_id: str, common: tuple[tuple[str, Any], ...]
) -> tuple[Endpoint | None, tuple[Problem, ...]]:
    return read_endpoint(text, source=source, default_id=default_id, common=dict(common))


def _frozen(common: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(common.items()))


def _encrypted(source: str) -> Problem:
    return Problem(
        source=source,
        path="entry",
        what="is a SecureString, which is not read here",
        mend="write it as a String; only a credential that it refers to is encrypted",
    )
