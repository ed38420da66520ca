"""What a front end answers to an HTTP request: pure, over the world, its faults and the door.

Facts (API Gateway guide "Gateway response types" and "Private REST APIs", AWS knowledge centre
"API Gateway 403 errors", and recorded responses): a missing or wrong key, an unknown stage, and a
public API called through an execute-api endpoint all answer 403 with the 23 bytes
{"message":"Forbidden"} and ForbiddenException; an unknown path answers Missing Authentication
Token; answers through an endpoint carry `Server: Server`, public ones carry no Server header; HTTP
APIs send `apigw-requestid` alone.

Guesses: an unknown id answers as a wrong stage does; so does a private API asked for in public; the
bodies of an HTTP API's errors.
"""

import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from lab.dataplane import policy
from lab.dataplane.names import zone_of
from lab.world.model import World
from lab.world.parts import ApiKind, ApiSpec


class Door(StrEnum):
    """Which front end a request came through."""

    REGIONAL = "regional"
    EDGE = "edge"
    ENDPOINT = "endpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request's parts that decide the answer; header names in lower case.

    `vpc` is the VPC that it came from, None for one from elsewhere.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    vpc: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An API that answers `status`, until lab time `until` (None: until it is mended).

    With `vpc` only for requests from that VPC, as when its owner blocks an address; with
    `retry_after` it asks to be left alone for so many seconds.
    """

    api: str
    status: int
    until: float | None = None
    vpc: str | None = None
    retry_after: int | None = None

    def strikes(self, api: ApiSpec, vpc: str | None, now: float) -> bool:
        """Whether a request to `api` from `vpc` is answered by this fault."""
        here = self.vpc is None or self.vpc == vpc
        return here and self.api == api.name and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What goes back on the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def respond(
    door: Door,
    request: Request,
    world: World,
    faults: Collection[Fault],
    now: float,
    seed: int,
    endpoint_policy: str | None = None,
) -> Response:
    """The answer at lab time `now`; `seed` makes the request ids, which no two requests share.

    `endpoint_policy` is that of the endpoint whose door it is, asked before anything of the API.
    """
    api = _routed(door, request, world)
    if api is None:
        return _render(door, None, 403, "Forbidden", "ForbiddenException", seed)
    called = _method_arn(api, request, world)
    verdict = policy.judge(endpoint_policy, called)
    if verdict is not policy.Verdict.ALLOWED:
        said = policy.refusal(verdict, called)
        return _render(door, api, 403, said, "AccessDeniedException", seed)
    fault = next((one for one in faults if one.strikes(api, request.vpc, now)), None)
    status, message, error = _broken(fault.status) if fault else _judged(api, request)
    answer = _render(door, api, status, message, error, seed)
    if fault is None or fault.retry_after is None:
        return answer
    return replace(answer, headers=(*answer.headers, ("Retry-After", str(fault.retry_after))))


def _method_arn(api: ApiSpec, request: Request, world: World) -> str:
    stage, _, rest = request.path.partition("?")[0].lstrip("/").partition("/")
    where = f"arn:aws:execute-api:{world.region_of(api)}:{world.account}:{api.id}"
    return f"{where}/{stage}/{request.method}/{rest}"


def _routed(door: Door, request: Request, world: World) -> ApiSpec | None:
    """The API that this door leads to, or None: endpoints lead to private APIs only."""
    host = request.headers.get("host", "").partition(":")[0].lower()
    by_id = request.headers.get("x-apigw-api-id") if door is Door.ENDPOINT else None
    for api in world.apis:
        name = f"{api.id}{zone_of(world.region_of(api))}"
        named = api.id == by_id if by_id is not None else name == host
        reachable = (api.kind is ApiKind.PRIVATE) == (door is Door.ENDPOINT)
        if reachable and (named or (api.domain is not None and api.domain == host)):
            return api
    return None


def _judged(api: ApiSpec, request: Request) -> tuple[int, str, str | None]:
    path = request.path.partition("?")[0]
    by_domain = request.headers.get("host", "").partition(":")[0].lower() == api.domain
    stage = "" if by_domain or api.stage == "$default" else f"/{api.stage}"
    if stage and path != stage and not path.startswith(f"{stage}/"):
        return 403, "Forbidden", "ForbiddenException"
    if path.removeprefix(stage) != api.path or request.method not in ("GET", "HEAD"):
        if api.kind is ApiKind.HTTP:
            return 404, "Not Found", None
        return 403, "Missing Authentication Token", "MissingAuthenticationTokenException"
    if api.key is not None and request.headers.get("x-api-key") != api.key:
        return 403, "Forbidden", "ForbiddenException"
    return 200, "", None


def _broken(status: int) -> tuple[int, str, str]:
    known = {
        401: ("Unauthorized", "UnauthorizedException"),
        403: ("Forbidden", "ForbiddenException"),
        429: ("Too Many Requests", "TooManyRequestsException"),
        503: ("Service Unavailable", "ServiceUnavailableException"),
        504: ("Endpoint request timed out", "InternalServerErrorException"),
    }
    return (status, *known.get(status, ("Internal server error", "InternalServerErrorException")))


def _render(
    door: Door, api: ApiSpec | None, status: int, message: str, error: str | None, seed: int
) -> Response:
    # IAM's layer writes its key with a capital, API Gateway's own with a small letter.
    key = "Message" if error == "AccessDeniedException" else "message"
    said = {"status": "ok", "api": api.name} if api and status == 200 else {key: message}
    body = json.dumps(said, separators=(",", ":")).encode()
    request_id = str(uuid.UUID(int=(seed * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128, version=4))
    short_id = f"{seed * 2654435761 % 16**10:010X}Fg="
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    if door is Door.ENDPOINT:
        headers.append(("Server", "Server"))
    if api is not None and api.kind is ApiKind.HTTP:
        headers.append(("Apigw-Requestid", short_id))
        return Response(status=status, headers=tuple(headers), body=body)
    headers += [("x-amzn-RequestId", request_id), ("x-amz-apigw-id", short_id)]
    if error is not None:
        headers.append(("x-amzn-ErrorType", error))
    if door is Door.EDGE:
        cache = "Miss from cloudfront" if status < 400 else "Error from cloudfront"
        headers += [
            ("X-Cache", cache),
            ("Via", "1.1 0a1b2c3d4e5f.cloudfront.net (CloudFront)"),
            ("X-Amz-Cf-Pop", "IAD55-P1"),
            ("X-Amz-Cf-Id", f"{request_id.replace('-', '')}=="),
        ]
    return Response(status=status, headers=tuple(headers), body=body)
