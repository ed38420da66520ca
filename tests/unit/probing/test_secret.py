"""A credential is seen by the target alone: in no rendering, record, log or answer."""

import base64
import copy
import json
import logging
import pickle
from urllib.parse import quote

import pytest

from probing.endpoint import Endpoint
from probing.outcome import Failure, State
from probing.secret import Secret, redact
from probing.wire import Probe, to_json
from tests.zoo import peers

KEY = 's3cr3t/"key"+value='
HOST = "api.example"


def endpoint(port: int) -> Endpoint:
    return Endpoint(id="orders", url=f"http://{HOST}:{port}/", kind="http")


def test_no_rendering_shows_a_secret():
    secret = Secret(KEY)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>30}", str([secret])]
    shown += [json.dumps({"a": secret}, default=str), repr({"a": [secret]})]
    shown += [pickle.dumps(secret).decode("latin-1"), repr(pickle.loads(pickle.dumps(secret)))]
    assert not any("s3cr3t" in text for text in shown)
    assert copy.deepcopy(secret).reveal() == secret.reveal() == KEY


def test_redaction_finds_the_usual_encodings():
    raw = KEY.encode()
    forms = [KEY, quote(KEY, safe=""), json.dumps(KEY), raw.hex(), base64.b64encode(raw).decode()]
    for form in forms:
        told = redact(f"<{form}>", [Secret(KEY)])
        assert "***" in told and "s3cr3t" not in told and form not in told
    assert redact("token abcd", [Secret("Bearer abcd")]) == "token ***"


PAIR = "probe:p4ss w0rd"
BASIC = "Basic " + base64.b64encode(PAIR.encode()).decode()
SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261126/us-east-1/execute-api/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400"
)


@pytest.mark.parametrize(
    "form",
    [PAIR, "p4ss w0rd", "p4ss%20w0rd", "p4ss+w0rd", PAIR.encode().hex(), BASIC, BASIC.split()[1]],
)
def test_what_a_basic_credential_encodes_is_redacted_too(form):
    told = redact(f"<{form}>", [Secret(BASIC)])
    assert told in ("<***>", "<Basic ***>")


@pytest.mark.parametrize("value", ["Basic", "Basic ???", "Basic /w==", "Basic YQ=="])
def test_a_basic_credential_that_encodes_nothing_harms_no_text(value):
    assert redact("Basic auth is wanted", [Secret(value)]) == "Basic auth is wanted"


def test_the_parts_of_a_signature_are_redacted_each_by_itself():
    told = redact(f"signature {SIGNATURE[-56:]} of AKIDEXAMPLE/20261126", [Secret(SIGNATURE)])
    assert SIGNATURE[-56:] not in told


def test_a_target_that_echoes_our_key_is_not_believed(looks):
    def echo(line: peers.Line) -> None:
        head = line.hear()
        line.say(b"HTTP/1.1 403 No\r\nServer: " + KEY.encode() + b"\r\n\r\n" + head * 3)

    with peers.serve(echo) as p:
        probe = Probe(endpoint=endpoint(p.port), secret_headers={"X-Api-Key": KEY})
        (outcome,) = looks(probe).outcomes
    assert f"X-Api-Key: {KEY}".encode() in p.requests[0]
    told = json.dumps(to_json(outcome))
    assert "s3cr3t" not in told and "***" in told


def test_a_secret_that_the_snippets_end_would_split_is_still_hidden(looks):
    body = b"x" * 195 + KEY.encode()
    with peers.serve(peers.answer("200 OK", body)) as p:
        probe = Probe(endpoint=endpoint(p.port), secret_headers={"X-Api-Key": KEY})
        (outcome,) = looks(probe).outcomes
    assert "s3cr" not in json.dumps(to_json(outcome))


def test_a_credential_that_no_header_can_carry_is_unknown_and_not_quoted(looks):
    with peers.serve(peers.answer("200 OK")) as p:
        probe = Probe(endpoint=endpoint(p.port), secret_headers={"X-Api-Key": "s3cr3t\r\nx: y"})
        (outcome,) = looks(probe).outcomes
    assert (outcome.state, outcome.failure) == (State.UNKNOWN, Failure.CREDENTIAL)
    assert "X-Api-Key" in outcome.reason and "s3cr3t" not in repr(outcome)


def test_a_malformed_answer_logs_no_url(looks, caplog):
    caplog.set_level(logging.DEBUG)
    speak = peers.saying(b"HTTP/1.1 200 OK\r\nodd header line\r\nContent-Length: 0\r\n\r\n")
    with peers.serve(speak) as p:
        asked = Endpoint(id="o", url=f"http://{HOST}:{p.port}/?token=s3cr3t", kind="http")
        looks(asked)
    assert "s3cr3t" not in caplog.text
