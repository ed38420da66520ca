"""APIs of API Gateway that carry the tag `gatewatch:monitor`: looked at without being registered.

Read every five minutes, in at most `MOST_CALLS` calls: API Gateway lets an account make 10 a second
of all its control plane calls (docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from checker import tagged_api
from checker.settings import ON
from checker.sources import Asking, Read, SourceRefused
from checker.tagged_api import Api, Stage
from probing.endpoint import Endpoint, Problem

KIND = "apigateway"
PRECEDENCE = 3
SHARED = False

EVERY_SECONDS = 300.0
MOST_CALLS = 100


class _Spent(Exception):
    """The reading has made as many calls as it may."""


@dataclass(slots=True)
class _Calls:
    """Makes calls until they are spent."""

    left: int = MOST_CALLS

    def call(self, operation: Any, **arguments: Any) -> dict[str, Any]:
        if self.left < 1:
            raise _Spent
        self.left -= 1
        answer: dict[str, Any] = operation(**arguments)
        return answer


@dataclass(slots=True)
class _Found:
    endpoints: list[Endpoint] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(asking: Asking) -> Read | None:
    """Every stage of every tagged API; None until five minutes have passed. Raises
    SourceRefused."""
    if asking.settings.discover_apis != ON:
        return Read()
    if asking.before.read_at and asking.now_at - asking.before.read_at < EVERY_SECONDS:
        return None
    calls, found = _Calls(), _Found()
    try:
        for api in (*_rest(asking, calls), *_newer(asking, calls)):
            _add(found, asking, api, calls)
    except _Spent:
        found.problems.append(_too_many(len(found.endpoints)))
    except (ClientError, BotoCoreError, KeyError) as error:
        raise SourceRefused(f"API Gateway: {error}") from error
    return Read(
        endpoints=tuple(found.endpoints), problems=tuple(found.problems), read_at=asking.now_at
    )


def _add(found: _Found, asking: Asking, api: Api, calls: _Calls) -> None:
    if not tagged_api.is_monitored(api, found.problems):
        return
    for stage in sorted(_stages(asking, api, calls), key=lambda stage: stage.name):
        for endpoint, problems in tagged_api.entries(api, stage, asking):
            found.problems += problems
            if endpoint is not None:
                found.endpoints.append(endpoint)


def _rest(asking: Asking, calls: _Calls) -> list[Api]:
    client = asking.clients.apigateway
    items = _pages(calls, client.get_rest_apis, "items", "position", "position", {"limit": 500})
    return [_rest_api(item) for item in items]


def _rest_api(item: dict[str, Any]) -> Api:
    stands = item.get("endpointConfiguration", {})
    return Api(
        id=item["id"],
        name=item.get("name", ""),
        protocol="REST",
        tags=item.get("tags", {}),
        private="PRIVATE" in stands.get("types", []),
        vpc_endpoints=tuple(sorted(stands.get("vpcEndpointIds", []))),
        default_name=not item.get("disableExecuteApiEndpoint", False),
    )


def _newer(asking: Asking, calls: _Calls) -> list[Api]:
    client = asking.clients.apigatewayv2
    items = _pages(calls, client.get_apis, "Items", "NextToken", "NextToken", {"MaxResults": "500"})
    return [
        Api(
            id=item["ApiId"],
            name=item.get("Name", ""),
            protocol=item["ProtocolType"],
            tags=item.get("Tags", {}),
            default_name=not item.get("DisableExecuteApiEndpoint", False),
        )
        for item in items
    ]


def _stages(asking: Asking, api: Api, calls: _Calls) -> list[Stage]:
    if api.protocol == "REST":
        answer = calls.call(asking.clients.apigateway.get_stages, restApiId=api.id)
        return [Stage(name=one["stageName"], tags=one.get("tags", {})) for one in answer["item"]]
    get = asking.clients.apigatewayv2.get_stages
    items = _pages(calls, get, "Items", "NextToken", "NextToken", {"ApiId": api.id})
    return [Stage(name=one["StageName"], tags=one.get("Tags", {})) for one in items]


def _pages(
    calls: _Calls, operation: Any, items: str, token: str, asked_by: str, arguments: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """All items of an operation that gives a token for its next page."""
    more: dict[str, Any] = {}
    while True:
        answer = calls.call(operation, **arguments, **more)
        yield from answer.get(items) or ()
        if not answer.get(token):
            return
        more = {asked_by: answer[token]}


def _too_many(found: int) -> Problem:
    return Problem(
        source=KIND,
        path="entry",
        what=f"more tagged APIs than {MOST_CALLS} calls can read: {found} stages are looked at, "
        "the rest is not",
        mend="register the others by SSM parameters or in the organisation's file",
    )
