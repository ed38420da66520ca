"""What each kind of credential becomes, and what becomes of one that is none."""

import base64
import hashlib
import hmac
import re
from urllib.parse import quote, unquote

import pytest

from checker.credentials import BY_KIND
from checker.tokens import TokenRefused
from probing.endpoint import Auth, AuthKind, Endpoint
from probing.outcome import State
from probing.wire import Probe
from tests.unit.checker import stores
from tests.unit.checker.loopback import HOST, outcome_of
from tests.unit.checker.stores import ROLE, showing
from tests.zoo import peers

DEFAULT_NAME = "l3d9e8r7aa.execute-api.us-east-1.amazonaws.com"


def probe(auth, url=f"https://{DEFAULT_NAME}/prod/health", **fields):
    return Probe(endpoint=Endpoint(id="orders", url=url, auth=auth, **fields))


def given(auth, values=None, **means):
    """The headers that the probe shows, or why it is not sent."""
    found = showing(values, **means).give([probe(auth)])
    return found.ready[0].secret_headers if found.ready else found.refused["orders"]


def basic(pair):
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


OAUTH = Auth(
    kind=AuthKind.OAUTH2, secret="ssm:/k", token_url="https://id.example/token", client_id="gw"
)
SECRET = "s3cr3t-value"
MADE = [
    (Auth(kind=AuthKind.HEADER, header="x-token", secret="ssm:/k"), SECRET, {"x-token": SECRET}),
    (
        Auth(kind=AuthKind.API_KEY, header="x-api-key", secret="ssm:/k"),
        SECRET,
        {"x-api-key": SECRET},
    ),
    (Auth(kind=AuthKind.BASIC, user="probe", secret="ssm:/k"), "a:b ü", basic("probe:a:b ü")),
    (Auth(kind=AuthKind.BASIC, secret="ssm:/k"), "probe:pass", basic("probe:pass")),
    (Auth(kind=AuthKind.BEARER, secret="ssm:/k"), SECRET, {"Authorization": f"Bearer {SECRET}"}),
    (OAUTH, SECRET, {"Authorization": "Bearer t1"}),
]


@pytest.mark.parametrize("auth, kept, headers", MADE, ids=lambda v: getattr(v, "kind", None))
def test_each_kind_makes_its_headers(auth, kept, headers):
    assert given(auth, {"/k": kept}) == headers


def test_every_kind_that_an_entry_can_ask_for_is_made():
    assert set(BY_KIND) == set(AuthKind)


REFUSED = [
    (
        Auth(kind=AuthKind.BASIC, secret="ssm:/k"),
        {"/k": SECRET},
        "ssm:/k: does not hold user:password",
    ),
    (Auth(kind=AuthKind.BASIC, user="a", secret="ssm:/k"), {"/k": SECRET + "\n"}, "line break"),
    (OAUTH, {"/k": SECRET + "\n"}, "line break"),
    (Auth(kind=AuthKind.BEARER, secret="ssm:/other"), {"/k": SECRET}, "AccessDenied"),
]


@pytest.mark.parametrize("auth, values, why", REFUSED, ids=range(len(REFUSED)))
def test_a_secret_that_is_no_such_credential_is_refused_and_not_quoted(auth, values, why):
    told = given(auth, values)
    assert why in told and SECRET not in told


@pytest.mark.parametrize("auth, kept, _", MADE, ids=lambda v: getattr(v, "kind", None))
def test_what_was_made_is_shown_in_no_repr(auth, kept, _):
    values = {"/k": SECRET if ":" not in kept else f"probe:{SECRET}"}
    found = showing(values)
    told = repr((found.give([probe(auth)]), found, found.renew([probe(auth).endpoint])))
    assert SECRET not in told and base64.b64encode(SECRET.encode()).decode()[:12] not in told


def test_a_token_endpoint_that_gives_none_is_told():
    refusing = stores.Endpoint(refuses=TokenRefused("token endpoint id.example: status 503"))
    assert given(OAUTH, {"/k": SECRET}, fetch=refusing) == "token endpoint id.example: status 503"


# ── SigV4 ───────────────────────────────────────────────────────────────────────────────────────

SIGNED = Auth(kind=AuthKind.SIGV4)
FORM = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/(?P<day>\d{8})/(?P<region>[\w-]+)/"
    r"(?P<service>[\w-]+)/aws4_request, SignedHeaders=(?P<signed>[\w;-]+), "
    r"Signature=(?P<signature>[0-9a-f]{64})\Z"
)


def signature_of(head: bytes, secret_key: str):
    """(what the request says, the signature that AWS would compute of it): by the book
    ("Create a signed AWS API request", IAM User Guide) and from the bytes that a server got."""
    line, *rest = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
    method, target, _ = line.split(" ")
    headers = {n.lower(): v.strip() for n, _, v in (r.partition(":") for r in rest)}
    said = FORM.match(headers["authorization"])
    path, _, query = target.partition("?")
    pairs = [p.partition("=")[::2] for p in query.split("&")] if query else []
    pairs = sorted([quote(unquote(part), safe="-_.~") for part in pair] for pair in pairs)
    canonical = "\n".join(
        [
            method,
            quote(path, safe="/-_.~"),
            "&".join(f"{name}={value}" for name, value in pairs),
            *(f"{name}:{headers[name]}" for name in said["signed"].split(";")),
            "",
            said["signed"],
            hashlib.sha256(b"").hexdigest(),
        ]
    )
    scope = "/".join([said["day"], said["region"], said["service"], "aws4_request"])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, digest])
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return said, hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


SENT = [
    ("/prod/health", {}),
    ("/prod/a%20b/c?x=1&b=2&a=%2F&b=1", {}),
    ("/prod/ä ö".replace(" ", "%20"), {}),
    ("/prod/health", {"headers": (("host", DEFAULT_NAME), ("X-Team", "a"))}),
    ("/prod/health", {"method": "HEAD"}),
    ("/prod/a:b(c)*@,;=/'d'?at=2026-01-01T00:00:00Z&of=a,b/c:(d)*!&both=x=y&bare&who=me@x", {}),
    ("", {}),
]


@pytest.mark.parametrize("path, fields", SENT, ids=range(len(SENT)))
def test_a_signature_is_that_of_the_request_as_it_arrives(
    path, fields, authority, name_server, tmp_path
):
    with peers.serve(peers.answer("200 OK"), context=authority.context(HOST)) as p:
        asked = probe(SIGNED, url=f"https://{HOST}:{p.port}{path}", **fields)
        [ready] = showing().give([asked]).ready
        outcome = outcome_of(ready, name_server, authority, tmp_path)
    said, wanted = signature_of(p.requests[0], ROLE.secret_key)
    assert outcome.state is State.OK
    assert said["signature"] == wanted
    assert (said["key"], said["service"], said["region"]) == (
        "AKIDEXAMPLE",
        "execute-api",
        "eu-west-1",
    )
    assert set(said["signed"].split(";")) == {"host", "x-amz-date", "x-amz-security-token"}
    assert b"session-token" in p.requests[0]
    assert "session-token" not in repr(outcome)


REGIONS = [
    (f"https://{DEFAULT_NAME}/", "", "us-east-1"),
    ("https://vpce-0a1-2b3.execute-api.ap-southeast-2.vpce.amazonaws.com/", "", "ap-southeast-2"),
    ("https://api.example.com/", "", "eu-west-1"),
    ("https://api.example.com/", "us-gov-west-1", "us-gov-west-1"),
]


@pytest.mark.parametrize("url, region, wanted", REGIONS)
def test_the_region_is_that_of_the_entry_the_host_or_the_member(url, region, wanted):
    asked = probe(Auth(kind=AuthKind.SIGV4, region=region), url=url)
    [ready] = showing(arns=("*",)).give([asked]).ready
    assert FORM.match(ready.secret_headers["Authorization"])["region"] == wanted


UNPERMITTED = [
    ({"arns": ()}, "InvokeApiArns names no API"),
    ({"arns": ("arn:aws:execute-api:us-east-1:123456789012:other/*",)}, "API l3d9e8r7aa"),
    ({"role": None}, "no credentials of its own"),
]


@pytest.mark.parametrize("means, why", UNPERMITTED)
def test_what_the_role_may_not_sign_is_told_as_what_it_is(means, why):
    assert why in given(SIGNED, **means)


def test_an_api_named_by_header_must_be_one_of_those_that_the_role_may_invoke():
    url = "https://vpce-0a1-2b3.execute-api.us-east-1.vpce.amazonaws.com/prod"
    wrong = probe(SIGNED, url=url, headers=(("x-apigw-api-id", "other"),))
    right = probe(SIGNED, url=url, headers=(("Host", DEFAULT_NAME),))
    assert "API other" in showing().give([wrong]).refused["orders"]
    assert showing().give([right]).ready
