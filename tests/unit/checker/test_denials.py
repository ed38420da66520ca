"""What becomes of a look that an endpoint denies: who we are is read again, once."""

from dataclasses import replace
from pathlib import Path

import pytest

from probing.endpoint import Auth, AuthKind
from probing.outcome import Failure, Stage, State, Step
from probing.wire import Probe
from tests.unit.checker.by_hand import ORDERS, WELL, Canary, asker
from tests.unit.checker.stores import showing
from tests.zoo import clients
from tests.zoo.authority import Authority

MTLS = replace(ORDERS, client_certificate="ssm:/client")
SIGNED = replace(ORDERS, auth=Auth(kind=AuthKind.SIGV4))
PRIVATE = replace(ORDERS, ca="ssm:/ca")


def failed(stage, failure, **evidence):
    step = Step(stage=stage, elapsed_ms=1.0, failure=failure, evidence=evidence)
    return replace(WELL, state=State.FAILING, steps=(step,))


def asked_twice(endpoint, outcomes, found, rotate=None, left=5):
    """(the probes sent, the outcome) of a first round and of what follows when it is denied."""
    canary = Canary(outcomes)
    one = asker(canary, found)
    first = one.ask([Probe(endpoint=endpoint)])
    if rotate:
        rotate()
    last = one.ask_denied_again(first, [endpoint], {}, {endpoint.id: left})
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


def test_a_minute_without_room_tries_nothing_again():
    values = {"/client": clients.strange().pem}
    rotate = rotating(values, "/client", clients.strange().pem)
    denial = failed(Stage.TLS, Failure.TLS_HANDSHAKE_REFUSED)
    probes, last = asked_twice(MTLS, [denial], showing(values), rotate, left=0)
    assert (len(probes), last.state) == (1, State.FAILING)


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
