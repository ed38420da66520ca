"""What front ends answer: tables over doors, requests and faults."""

import json

import pytest

from lab.dataplane.answers import Door, Fault, Request, respond
from lab.world.model import from_document

ZONE = "execute-api.us-east-1.amazonaws.com"
WORLD = from_document(
    {
        "apis": [
            {"name": "orders", "id": "o1", "kind": "regional", "key": "k", "domain": "o.test"},
            {"name": "shop", "id": "s1", "kind": "edge"},
            {"name": "fast", "id": "h1", "kind": "http", "stage": "$default"},
            {"name": "ledger", "id": "l1", "kind": "private"},
            {"name": "far", "id": "f1", "kind": "regional", "region": "eu-west-1"},
        ],
        "regions": ["us-east-1", "eu-west-1"],
    },
    "test",
)
KEY = {"x-api-key": "k"}
FORBIDDEN = (403, "ForbiddenException", b'{"message":"Forbidden"}')
LOST = (403, "MissingAuthenticationTokenException", b'{"message":"Missing Authentication Token"}')


def ask(door, host, path="/prod/health", method="GET", faults=(), now=0.0, **headers):
    headers = {"host": host, **{name.replace("_", "-"): one for name, one in headers.items()}}
    request = Request(method=method, path=path, headers=headers)
    return respond(door, request, WORLD, faults, now, 7)


def header(response, name):
    return next((one for key, one in response.headers if key.lower() == name.lower()), None)


def told(response):
    return response.status, header(response, "x-amzn-errortype"), response.body


@pytest.mark.parametrize(
    ("door", "host", "path", "extra"),
    [
        (Door.REGIONAL, f"o1.{ZONE}", "/prod/health", KEY),
        (Door.REGIONAL, f"O1.{ZONE}:443", "/prod/health?x=1", KEY),
        (Door.REGIONAL, "o.test", "/health", KEY),
        (Door.EDGE, f"s1.{ZONE}", "/prod/health", {}),
        (Door.REGIONAL, f"h1.{ZONE}", "/health", {}),
        (Door.REGIONAL, "f1.execute-api.eu-west-1.amazonaws.com", "/prod/health", {}),
        (Door.ENDPOINT, f"l1.{ZONE}", "/prod/health", {}),
        (Door.ENDPOINT, "vpce-1-2.vpce.amazonaws.com", "/prod/health", {"x-apigw-api-id": "l1"}),
    ],
)
def test_an_api_answers_at_its_own_door(door, host, path, extra):
    assert ask(door, host, path, **extra).status == 200


@pytest.mark.parametrize(
    ("what", "door", "host", "path", "extra"),
    [
        ("no key", Door.REGIONAL, f"o1.{ZONE}", "/prod/health", {}),
        ("wrong key", Door.REGIONAL, f"o1.{ZONE}", "/prod/health", {"x-api-key": "z"}),
        ("wrong stage", Door.REGIONAL, f"o1.{ZONE}", "/test/health", KEY),
        ("no such API", Door.REGIONAL, f"zz.{ZONE}", "/prod/health", {}),
        ("no such domain", Door.REGIONAL, "other.test", "/health", {}),
        ("private API in public", Door.REGIONAL, f"l1.{ZONE}", "/prod/health", {}),
        ("public API by endpoint", Door.ENDPOINT, f"o1.{ZONE}", "/prod/health", KEY),
        ("HTTP API by endpoint", Door.ENDPOINT, f"h1.{ZONE}", "/health", {}),
        ("no such API by endpoint", Door.ENDPOINT, f"gw-1.{ZONE}", "/", {}),
    ],
)
def test_what_is_forbidden_says_so_in_23_bytes(what, door, host, path, extra):
    answer = ask(door, host, path, **extra)
    assert told(answer) == FORBIDDEN, what
    assert header(answer, "content-length") == "23"


def test_an_unknown_path_or_verb_says_missing_authentication_token():
    host = f"s1.{ZONE}"
    assert told(ask(Door.EDGE, host, "/prod/nothing")) == LOST
    assert told(ask(Door.EDGE, host, method="POST")) == LOST


def test_an_unknown_path_of_an_http_api_is_not_found():
    assert told(ask(Door.REGIONAL, f"h1.{ZONE}", "/x")) == (404, None, b'{"message":"Not Found"}')


@pytest.mark.parametrize(
    ("door", "host", "present", "absent"),
    [
        (
            Door.ENDPOINT,
            f"l1.{ZONE}",
            ["server", "x-amzn-requestid", "x-amz-apigw-id"],
            ["via", "apigw-requestid"],
        ),
        (
            Door.REGIONAL,
            f"zz.{ZONE}",
            ["x-amzn-requestid", "x-amz-apigw-id", "content-type"],
            ["server", "via"],
        ),
        (Door.EDGE, f"s1.{ZONE}", ["via", "x-cache", "x-amz-cf-pop"], ["server"]),
        (
            Door.REGIONAL,
            f"h1.{ZONE}",
            ["apigw-requestid"],
            ["x-amzn-requestid", "x-amz-apigw-id", "server"],
        ),
    ],
)
def test_headers_tell_which_door_answered(door, host, present, absent):
    answer = ask(door, host, "/health" if "h1" in host else "/prod/health")
    assert all(header(answer, name) for name in present)
    assert not any(header(answer, name) for name in absent)


def test_request_ids_differ_between_requests():
    request = Request(method="GET", path="/", headers={"host": f"s1.{ZONE}"})
    ids = {
        header(respond(Door.EDGE, request, WORLD, (), 0.0, seed), name)
        for seed in range(1_763_724_000_000, 1_763_724_000_100)
        for name in ("x-amzn-requestid", "x-amz-apigw-id")
    }
    assert len(ids) == 200


def test_a_fault_breaks_an_api_until_its_time():
    fault = Fault(api="shop", status=504, until=50.0)
    broken = ask(Door.EDGE, f"s1.{ZONE}", faults=[fault], now=49.0)
    assert (broken.status, json.loads(broken.body)["message"]) == (
        504,
        "Endpoint request timed out",
    )
    assert ask(Door.EDGE, f"s1.{ZONE}", faults=[fault], now=50.0).status == 200


def test_a_fault_without_an_end_breaks_inside_too():
    fault = Fault(api="ledger", status=500)
    broken = ask(Door.ENDPOINT, f"l1.{ZONE}", faults=[fault], now=1e12)
    assert told(broken) == (
        500,
        "InternalServerErrorException",
        b'{"message":"Internal server error"}',
    )


def test_a_fault_of_one_vpc_strikes_only_those_who_come_from_there():
    faults = [Fault(api="shop", status=403, vpc="vpc-a")]
    headers = {"host": f"s1.{ZONE}"}
    told = {
        vpc: respond(
            Door.EDGE, Request(method="GET", path="/prod/health", headers=headers, vpc=vpc),
            WORLD, faults, 0.0, 7,
        ).status
        for vpc in ("vpc-a", "vpc-b", None)
    }  # fmt: skip
    assert told == {"vpc-a": 403, "vpc-b": 200, None: 200}


ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
DENY = {**ALLOW, "Effect": "Deny", "Action": "execute-api:Invoke"}
ARN = "arn:aws:execute-api:us-east-1:111122223333"
NOT_ALLOWED = "because no VPC endpoint policy allows the execute-api:Invoke action"


@pytest.mark.parametrize(
    ("what", "statements", "reason"),
    [
        ("all", [ALLOW], None),
        ("this API", [{**ALLOW, "Resource": f"{ARN}:l1/*"}], None),
        ("this API, short", [{**ALLOW, "Resource": ["execute-api:/*"]}], None),
        ("AWS principal", [{**ALLOW, "Principal": {"AWS": ["*"]}}], None),
        ("another API", [{**ALLOW, "Resource": f"{ARN}:zz/*"}], NOT_ALLOWED),
        ("another action", [{**ALLOW, "Action": "s3:*"}], NOT_ALLOWED),
        ("somebody", [{**ALLOW, "Principal": {"AWS": f"{ARN}:root"}}], NOT_ALLOWED),
        ("on a condition", [{**ALLOW, "Condition": {"StringEquals": {}}}], NOT_ALLOWED),
        ("nothing", [], NOT_ALLOWED),
        ("denied", [ALLOW, DENY], "with an explicit deny in a VPC endpoint policy"),
    ],
)
def test_an_endpoints_policy_is_asked_first(what, statements, reason):
    request = Request(method="GET", path="/prod/health", headers={"host": f"l1.{ZONE}"})
    policy = json.dumps({"Statement": statements})
    answer = respond(Door.ENDPOINT, request, WORLD, (), 0.0, 7, policy)
    if reason is None:
        assert answer.status == 200, what
        return
    assert (answer.status, header(answer, "x-amzn-errortype")) == (403, "AccessDeniedException")
    assert json.loads(answer.body)["Message"] == (
        "User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
        f"arn:aws:execute-api:us-east-1:********3333:l1/prod/GET/health {reason}"
    ), what


def test_a_fault_may_ask_to_be_left_alone():
    for after, told in ((None, None), (90, "90")):
        fault = Fault(api="shop", status=429, retry_after=after)
        answer = ask(Door.EDGE, f"s1.{ZONE}", faults=[fault])
        assert answer.status == 429 and header(answer, "retry-after") == told
        assert header(answer, "x-amzn-errortype") == "TooManyRequestsException"
