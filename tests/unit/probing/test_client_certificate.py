"""A client certificate in a real handshake; nothing of it stays on disk or in an outcome."""

import json
import tempfile
from pathlib import Path

import pytest

from probing.endpoint import Endpoint
from probing.outcome import Failure, Stage, State
from probing.wire import Probe, to_json
from tests.zoo import clients, peers

HOST = "api.example"


@pytest.fixture
def shown(looks, authority):
    """The outcome where that client certificate is shown to a server that insists on one."""

    def run(pem, context=None, **fields):
        context = context or authority.wants_client(HOST)
        with peers.serve(peers.answer("200 OK", b"fine"), context=context) as p:
            endpoint = Endpoint(id="orders", url=f"https://{HOST}:{p.port}/", **fields)
            probe = Probe(endpoint=endpoint, client_certificate=pem)
            (outcome,) = looks(probe).outcomes
        return outcome

    return run


def test_a_server_that_insists_on_a_certificate_takes_a_good_one(shown, authority):
    outcome = shown(authority.client().pem)
    assert outcome.state is State.OK
    assert outcome.step(Stage.HTTP).evidence["snippet"] == "fine"


@pytest.mark.parametrize("pem", ["", clients.strange().pem], ids=["none", "wrong"])
def test_a_certificate_that_the_server_refuses_is_the_endpoints_answer(shown, pem):
    outcome = shown(pem)
    assert (outcome.state, outcome.failure) == (State.FAILING, Failure.TLS_HANDSHAKE_REFUSED)


def broken(authority):
    one, two = authority.client(), authority.client()
    return {
        "encrypted key": one.encrypted,
        "another's key": two.key + one.chain,
        "no key": one.chain,
        "no certificate": one.key,
        "cut": one.pem[:-100],
    }


@pytest.mark.parametrize(
    "case", ["encrypted key", "another's key", "no key", "no certificate", "cut"]
)
def test_a_certificate_that_cannot_be_loaded_is_our_own_fault(shown, authority, case):
    pem = broken(authority)[case]
    outcome = shown(pem)
    assert (outcome.state, outcome.failure) == (State.UNKNOWN, Failure.CREDENTIAL)
    assert not any(line in json.dumps(to_json(outcome)) for line in lines_of(pem))


def lines_of(pem):
    """Every line of the keys."""
    text = pem.partition("PRIVATE KEY-----")[2].partition("-----END")[0]
    return [line for line in text.split() if len(line) > 20]


def test_no_file_of_a_key_is_left(shown, authority, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def kept():
        temporary = {str(path) for path in Path(tempfile.gettempdir()).glob("client-*")}
        handles = list(Path("/proc/self/fd").iterdir())
        open_ = {str(h.readlink()) for h in handles if h.is_symlink()}
        return temporary | {path for path in open_ if "memfd" in path or "client" in path}

    before = kept()
    shown(authority.client().pem)
    shown(authority.client().encrypted)
    assert kept() == before


def test_a_key_that_is_told_back_is_not_believed(looks, authority):
    client = authority.client()
    key = "".join(lines_of(client.pem))

    def leak(line):
        line.hear()
        line.say(b"HTTP/1.1 403 No\r\nServer: " + key.encode() + b"\r\n\r\n" + client.pem.encode())

    with peers.serve(leak, context=authority.wants_client(HOST)) as p:
        endpoint = Endpoint(id="orders", url=f"https://{HOST}:{p.port}/")
        (outcome,) = looks(Probe(endpoint=endpoint, client_certificate=client.pem)).outcomes
    told = json.dumps(to_json(outcome))
    assert outcome.status == 403
    assert not any(line in told for line in (key, *lines_of(client.pem)))


def test_insecure_tls_still_shows_the_certificate(shown, authority):
    assert shown(authority.client().pem, insecure_tls=True).state is State.OK
