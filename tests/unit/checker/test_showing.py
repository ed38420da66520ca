"""What a look shows to its endpoints, round after round, and what becomes of a denial."""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from checker.asking import Asker
from checker.canary_call import NoAnswer
from checker.portions import portions
from checker.tokens import TokenRefused
from probing.clock import Clock
from probing.endpoint import Auth, AuthKind, Endpoint, Expect
from probing.outcome import Failure, Sentinel, Stage, State, Step, View
from probing.wire import Answer, Probe, Work, to_json
from reasoning.wire import PROBLEM
from tests.unit.checker.loopback import HOST, outcome_of
from tests.unit.checker.stores import showing
from tests.unit.checker.stubs import Sight, VirtualClock, outcome, resolution
from tests.zoo import clients, peers
from tests.zoo.authority import Authority

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


# ── One canary, asked by hand ───────────────────────────────────────────────────────────────────


class Lease:
    """Counts how long it was held for."""

    def __init__(self):
        self.renewed = []

    def renew(self, seconds):
        self.renewed.append(seconds)


@dataclass(slots=True)
class Canary:
    """Answers each probe by `outcomes`, in turn, the last again; remembers what it was asked."""

    outcomes: list
    asked: list[Work] = field(default_factory=list)
    answers: int = 99

    def __call__(self, function, work):
        self.asked.append(work)
        if len(self.asked) > self.answers:
            raise NoAnswer("the canary hangs")
        made = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        sentinels = (Sentinel(service=s, resolution=resolution(s, Sight())) for s in work.sentinels)
        return Answer(
            look=work.look,
            outcomes=tuple(replace(made, endpoint=p.endpoint.id) for p in work.probes),
            sentinels=tuple(sentinels),
        )


ORDERS = Endpoint(id="orders", url=f"https://{HOST}/")
WELL = outcome(ORDERS, View.INSIDE, Sight(), 0.0)
MTLS = replace(ORDERS, client_certificate="ssm:/client")
SIGNED = replace(ORDERS, auth=Auth(kind=AuthKind.SIGV4))
PRIVATE = replace(ORDERS, ca="ssm:/ca")


def failed(stage, failure, **evidence):
    step = Step(stage=stage, elapsed_ms=1.0, failure=failure, evidence=evidence)
    return replace(WELL, state=State.FAILING, steps=(step,))


def asker(canary, found, **fields):
    clock = VirtualClock()
    return Asker(
        look="l1",
        function="canary",
        call=canary,
        showing=found,
        lease=Lease(),
        clock=clock,
        probe_timeout_seconds=5.0,
        **fields,
    )


def asked_twice(endpoint, outcomes, found, rotate=None):
    """(the probes sent, the outcome) of a first round and of what follows when it is denied."""
    canary = Canary(outcomes)
    one = asker(canary, found)
    first = one.ask([Probe(endpoint=endpoint)])
    if rotate:
        rotate()
    last = one.ask_denied_again(first, [endpoint], {})
    return [p for work in canary.asked for p in work.probes], last.inside(endpoint.id)


def rotating(values, name, new):
    return lambda: values.update({name: new})


@pytest.mark.parametrize(
    "denial",
    [
        failed(Stage.TLS, Failure.TLS_HANDSHAKE_REFUSED),
        failed(Stage.TLS, Failure.TLS_RESET),
        failed(Stage.HTTP, Failure.HTTP_STATUS, status=403, headers={}),
    ],
)
def test_a_rotated_client_certificate_is_read_again_and_tried_at_once(denial):
    one, two = clients.strange(), clients.strange()
    values = {"/client": one.pem}
    probes, last = asked_twice(
        MTLS, [denial, WELL], showing(values), rotating(values, "/client", two.pem)
    )
    assert [p.client_certificate.split() for p in probes] == [
        (one.chain + one.key).split(),
        (two.chain + two.key).split(),
    ]
    assert last.state is State.OK


def test_a_private_authority_that_was_replaced_is_read_again(authority, tmp_path):
    old = Path(authority.ca_file).read_text()
    new = Path(Authority(tmp_path).ca_file).read_text()
    values = {"/ca": old}
    denial = failed(Stage.TLS, Failure.TLS_UNTRUSTED)
    probes, last = asked_twice(
        PRIVATE, [denial, WELL], showing(values), rotating(values, "/ca", new)
    )
    assert ([p.ca for p in probes], last.state) == ([old, new], State.OK)


@pytest.mark.parametrize(
    "endpoint, denial",
    [
        (ORDERS, failed(Stage.HTTP, Failure.HTTP_STATUS, status=403)),
        (MTLS, failed(Stage.CONNECT, Failure.CONNECT_TIMEOUT)),
        (MTLS, failed(Stage.HTTP, Failure.HTTP_STATUS, status=500)),
        (replace(ORDERS, ca="-----BEGIN…"), failed(Stage.TLS, Failure.TLS_UNTRUSTED)),
    ],
)
def test_what_no_credential_would_mend_reads_none_again(endpoint, denial):
    values = {"/client": clients.strange().pem}
    rotate = rotating(values, "/client", clients.strange().pem)
    probes, last = asked_twice(endpoint, [denial], showing(values), rotate)
    assert len(probes) == 1 and last.state is State.FAILING


@pytest.mark.parametrize(
    "kind, snippet, state",
    [
        ("ExpiredTokenException", "", State.UNKNOWN),
        ("UnrecognizedClientException:", "", State.UNKNOWN),
        ("InvalidSignatureException", '{"message":"Signature expired: 2026…"}', State.UNKNOWN),
        ("InvalidSignatureException", '{"message":"does not match"}', State.FAILING),
        ("AccessDeniedException", "is not authorized to perform", State.FAILING),
        ("ForbiddenException", "", State.FAILING),
    ],
)
def test_a_signature_that_is_refused_for_our_clock_or_session_says_nothing_of_the_api(
    kind, snippet, state
):
    denial = failed(
        Stage.HTTP,
        Failure.HTTP_STATUS,
        status=403,
        headers={"x-amzn-errortype": kind},
        snippet=snippet,
    )
    probes, last = asked_twice(SIGNED, [denial], showing())
    assert (len(probes), last.state) == (1, state)


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


# ── Portions ────────────────────────────────────────────────────────────────────────────────────


def probes_of(count, **fields):
    made = [Endpoint(id=f"e{n}", url=f"https://{HOST}/", **fields) for n in range(count)]
    return [Probe(endpoint=endpoint) for endpoint in made]


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_portions_hold_all_probes_in_order_and_none_is_too_large(count):
    probes = probes_of(count, send="ü" * 300)
    limit = 2 * len(json.dumps(to_json(probes_of(1, send="ü" * 300)[0]))) + 10
    found = portions(probes, limit)
    assert [p for portion in found for p in portion] == probes
    assert [len(portion) for portion in found] == ([2] * (count // 2) + [1] * (count % 2) or [0])
    assert all(len(json.dumps([to_json(p) for p in f])) <= limit + 2 for f in found)


def test_a_probe_that_is_too_large_by_itself_stands_alone():
    assert [len(portion) for portion in portions(probes_of(3), 10)] == [1, 1, 1]


def test_what_a_look_may_hold_at_most_fits_into_invocations_of_six_megabytes():
    ca = "-----BEGIN CERTIFICATE-----" + "x" * 16_000
    probes = probes_of(1000, ca=ca, send="é" * 4096)
    found = portions(probes)
    assert len(found) > 1 and sum(map(len, found)) == 1000
    for portion in found:
        assert len(json.dumps(to_json(Work(look="l" * 32, probes=portion)))) < 6_291_456


def test_a_round_in_portions_is_one_round():
    canary = Canary([WELL])
    one = asker(canary, showing(), portion_bytes=10)
    asked = one.ask(probes_of(3), ("execute-api",))
    assert [len(work.probes) for work in canary.asked] == [1, 1, 1]
    assert [work.sentinels for work in canary.asked] == [("execute-api",), (), ()]
    assert len(asked.outcomes) == 3 and len(asked.sentinels) == 1 and not asked.no_answer
    assert len(one.lease.renewed) == 3


@pytest.mark.parametrize("answers, told", [(0, "the canary hangs"), (1, "")])
def test_a_canary_that_hangs_is_asked_no_further_portion(answers, told):
    canary = Canary([WELL], answers=answers)
    asked = asker(canary, showing(), portion_bytes=10).ask(probes_of(4))
    assert len(canary.asked) == answers + 1 and asked.no_answer == told
    states = [asked.inside(f"e{n}").state for n in range(4)]
    assert states == [State.OK] * answers + [State.UNKNOWN] * (4 - answers)
    assert {o.failure for o in asked.outcomes.values() if o.failure} == {Failure.CANARY_ERROR}
