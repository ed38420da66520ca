"""What a look shows to its endpoints, round after round."""

import json
import os
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from checker.tokens import TokenRefused
from probing.clock import Clock
from probing.endpoint import Auth, AuthKind, Endpoint, Expect
from probing.outcome import Failure, State
from probing.wire import Probe
from reasoning.wire import PROBLEM
from tests.unit.checker.by_hand import ORDERS
from tests.unit.checker.loopback import HOST, outcome_of
from tests.unit.checker.stores import showing
from tests.unit.checker.stubs import Sight
from tests.zoo import clients, peers

MTLS = replace(ORDERS, client_certificate="ssm:/client")
PRIVATE = replace(ORDERS, ca="ssm:/ca")
TOKEN_URL = "https://id.example/token"
REFERENCE = "ssm:/gatewatch/secrets/orders"
OAUTH = {"oauth2": {"token_url": TOKEN_URL, "client_id": "gw", "secret": REFERENCE}}


def keyed(world, auth, value="s3cr3t", **entry):
    if value:
        world.clients.ssm.put_parameter(
            Name="/gatewatch/secrets/orders", Value=value, Type="SecureString"
        )
    world.register("orders", auth=auth, **entry)
    world.tick()
    world.sights.works.clear()


def shown(world):
    return [p.secret_headers.get("Authorization") for _, w in world.sights.works for p in w.probes]


def credential_problems(world):
    told = [p for body in world.bus.bodies(PROBLEM) for p in body if "credential" in p["key"]]
    return [(p["key"], p["open"]) for p in told]


# ── OAuth2 ──────────────────────────────────────────────────────────────────────────────────────


def test_one_token_serves_inside_and_outside_and_the_next_looks(world):
    keyed(world, OAUTH)
    world.look()
    world.minute()
    assert shown(world) == ["Bearer t1"] * 3
    assert world.tokens.asked == 1
    assert "t1" not in str(world.clients.dynamodb.scan(TableName="member"))


def test_a_token_that_the_api_refuses_is_fetched_again_and_tried_at_once(world):
    keyed(world, OAUTH)
    world.look()
    world.sights.inside["orders"] = [Sight(status=401), Sight()]
    world.sights.works.clear()
    world.minute()
    assert shown(world) == ["Bearer t1", "Bearer t2"]
    assert world.last_look().pairs["orders"].state == "ok"


def test_a_refusal_that_no_token_mends_is_the_apis_and_fetches_no_more(world):
    keyed(world, OAUTH)
    kept = world.clients.ssm.get_parameter(Name="/gatewatch/secrets/orders")["Parameter"]
    world.clock.time.at = kept["LastModifiedDate"].timestamp() + 3600  # it is no young one
    world.look()
    world.sights.inside["orders"] = Sight(status=401)
    for _ in range(4):
        world.minute()
    assert world.tokens.asked == 2
    assert world.pair("orders").state.hard == "failing"


def test_a_token_endpoint_that_is_down_makes_that_endpoint_unknown_and_no_other(world):
    world.register("plain")
    world.tokens.refuses = TokenRefused("token endpoint id.example: answered status 503")
    keyed(world, OAUTH)
    world.look()
    rows = world.last_look().pairs
    assert (rows["orders"].state, rows["plain"].state) == ("unknown", "ok")
    assert credential_problems(world) == [("credential:orders", True)]
    world.tokens.refuses = None
    world.minute()
    assert credential_problems(world)[-1] == ("credential:orders", False)
    assert world.last_look().pairs["orders"].state == "ok"


# ── SigV4 ───────────────────────────────────────────────────────────────────────────────────────


def test_sigv4_without_an_api_to_invoke_is_told_as_what_is_missing(world):
    keyed(world, {"sigv4": {}}, value="")
    world.look()
    assert world.last_look().pairs["orders"].state == "unknown"
    [body] = [b for b in world.bus.bodies(PROBLEM) if "credential" in b[0]["key"]]
    assert "InvokeApiArns" in json.dumps(body)


def test_each_round_is_signed_by_the_checkers_own_role(world):
    world.settings = replace(
        world.settings, invoke_api_arns="arn:aws:execute-api:us-east-1:123456789012:abc123/*"
    )
    world.member = world.new_member()
    keyed(world, {"sigv4": {}}, value="")
    world.look()
    world.sights.inside["orders"] = Sight(status=500)
    world.sights.works.clear()
    world.minute()
    signatures = shown(world)
    assert len(signatures) == 5
    assert all(f"Credential={os.environ['AWS_ACCESS_KEY_ID']}/" in said for said in signatures)


# ── Certificates ───────────────────────────────────────────────────────────────────────────────


PEM = clients.strange()
UNREADABLE = [
    (MTLS, "/client", PEM.chain, "no private key"),
    (MTLS, "/client", PEM.key, "no certificate"),
    (MTLS, "/client", PEM.encrypted, "passphrase"),
    (MTLS, "/client", json.dumps({"certificate": PEM.chain}), "`certificate` and `key`"),
    (MTLS, "/client", json.dumps({"certificate": PEM.chain, "key": 7}), "`certificate` and `key`"),
    (MTLS, "/client", "{" + PEM.key, "`certificate` and `key`"),
    (MTLS, "/other", PEM.pem, "AccessDenied"),
    (PRIVATE, "/ca", "corporate root", "no certificate"),
    (PRIVATE, "/ca", "Wurzel für alle", "no certificate"),
    (PRIVATE, "/ca", PEM.chain[:200] + "\n-----END CERTIFICATE-----", "no certificate"),
]


@pytest.mark.parametrize("endpoint, name, value, why", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_holds_no_certificate_is_refused_and_not_quoted(endpoint, name, value, why):
    given = showing({name: value}).give([Probe(endpoint=endpoint)])
    assert not given.ready and why in given.refused["orders"]
    assert PEM.key.split()[4] not in given.refused["orders"]


@pytest.mark.parametrize(
    "value",
    [PEM.pem, PEM.chain + PEM.key, json.dumps({"certificate": PEM.chain, "key": PEM.key})],
    ids=["key first", "chain first", "JSON"],
)
def test_a_client_certificate_is_read_in_each_form_that_it_is_kept_in(value):
    found = showing({"/client": value})
    [ready] = found.give([Probe(endpoint=MTLS)]).ready
    assert ready.client_certificate.split() == (PEM.chain + PEM.key).split()
    assert PEM.key.split()[4] not in repr((ready, found))


def test_a_certificate_and_an_api_key_are_shown_together(authority, name_server, tmp_path):
    """Incident 000: an API that wants both."""
    client = authority.client()
    store = {
        "orders-client": json.dumps({"certificate": client.chain, "key": client.key}),
        "/gatewatch/secrets/orders": "k3y",
    }
    auth = Auth(kind=AuthKind.API_KEY, header="x-api-key", secret=REFERENCE)

    def proxy(line):
        good = b"x-api-key: k3y\r\n" in line.hear()
        line.say(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % (b"200 OK" if good else b"403 No"))

    with peers.serve(proxy, context=authority.wants_client(HOST)) as p:
        endpoint = Endpoint(
            id="orders",
            url=f"https://{HOST}:{p.port}/test",
            auth=auth,
            client_certificate="secretsmanager:orders-client",
            expect=Expect(status=((200, 200),)),
        )
        given = showing(store).give([Probe(endpoint=endpoint)])
        bare = outcome_of(Probe(endpoint=endpoint), name_server, authority, tmp_path)
        [ready] = given.ready
        keyless = outcome_of(replace(ready, secret_headers={}), name_server, authority, tmp_path)
        both = outcome_of(ready, name_server, authority, tmp_path)
    assert bare.failure is Failure.TLS_HANDSHAKE_REFUSED
    assert (keyless.status, both.status, both.state) == (403, 200, State.OK)


def test_endpoints_that_wait_for_tokens_keep_no_other_from_its_look():
    waited = []

    def hanging(grant, deadline):
        waited.append(grant)
        with suppress(TimeoutError):
            time.sleep(deadline.remaining_seconds())
        raise TokenRefused("token endpoint id.example: no complete answer in time")

    base = showing({"/k": "s3cr3t"}, fetch=hanging)
    found = replace(base, clock=Clock(), seconds=0.5)
    probes = [
        Probe(
            endpoint=Endpoint(
                id=f"e{n}",
                url=f"https://{HOST}/",
                auth=Auth(
                    kind=AuthKind.OAUTH2, secret="ssm:/k", token_url=TOKEN_URL, client_id=f"c{n}"
                ),
            )
        )
        for n in range(40)
    ]
    started = time.monotonic()
    given = found.give([*probes, Probe(endpoint=ORDERS)])
    assert time.monotonic() - started < 3
    assert [p.endpoint.id for p in given.ready] == ["orders"]
    assert len(given.refused) == 40 and len(waited) < 40
    assert sum("no time" in why for why in given.refused.values()) == 40 - len(waited)
