"""`gatewatch look`: what a person and a script are told of a good, a bad and a refused target."""

import io
import json

import pytest
from rich.console import Console

from gatewatch.commands import look as command
from gatewatch.commands.remedies import WORDS
from gatewatch.failure import Failed
from probing.means import Means
from probing.outcome import Failure
from tests.zoo import names, peers

HOST = "api.example"


@pytest.fixture
def looked(tmp_path):
    """`looked(speech, **options)`: exit code and what was printed."""

    def run(speak, scheme="http", url="", **options):
        zone = {HOST: names.addresses("127.0.0.1", chain=("d-1.example.",))}
        with names.serve(zone) as server, peers.serve(speak) as peer:
            means = Means(
                guard=lambda address, own: None,
                dns_port=server.port,
                lookup=lambda host: ("192.0.2.9",),
            )
            out = io.StringIO()
            code = command.run(
                url or f"{scheme}://{HOST}:{peer.port}/x",
                resolv_conf=server.resolv_conf(tmp_path),
                means=means,
                timeout_seconds=2.0,
                console=Console(file=out, width=100),
                **options,
            )
        return code, out.getvalue()

    return run


def test_a_good_look_shows_every_stage(looked):
    code, out = looked(peers.answer("200 OK", b"pong", server="zoo"))
    assert code == 0 and out.startswith("OK http://api.example:")
    for told in ("-> d-1.example", "127.0.0.1 port", "status 200", "server: zoo", "pong"):
        assert told in out
    assert "applications here see 192.0.2.9" in out


def test_a_failure_is_told_in_words_with_what_to_try(looked):
    code, out = looked(peers.answer("403 Forbidden", b'{"message":"Forbidden"}'))
    assert code == 1 and out.startswith("FAILING")
    assert "status 403, expected 200-399" in out and "Means  " in out and "Try    " in out


def test_every_kind_of_probe_can_be_looked_with(looked):
    code, out = looked(peers.closing, scheme="tcp")
    assert code == 0 and out.startswith("OK tcp://")
    code, out = looked(peers.answer("200 OK"), scheme="ws")
    assert code == 1 and "status 200, expected 101" in out


def test_a_name_alone_can_be_asked_for(looked):
    code, out = looked(peers.closing, url=f"dns:{HOST}")
    assert code == 0 and "127.0.0.1" in out


def test_an_expected_status_is_good(looked):
    assert looked(peers.answer("403 Forbidden"), status="200,400-403")[0] == 0


def test_what_a_target_says_is_no_markup_of_ours(looked):
    _, out = looked(peers.answer("200 OK", b"[red]x[/red] \x1b[31m"))
    assert "[red]x[/red]" in out and "\x1b" not in out


def test_json_is_the_outcome_and_nothing_else(looked, capsys):
    code, out = looked(peers.answer("200 OK"), json=True)
    told = json.loads(capsys.readouterr().out)
    assert (code, out, told["state"]) == (0, "", "ok")
    assert [step["stage"] for step in told["steps"]] == ["resolve", "connect", "http"]


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("https://localhost/", {}),
        ("gopher://a.example/", {}),
        ("https://a.example/", {"status": "good"}),
        ("https://a.example/", {"pin": "127.0.0.1"}),
        ("https://a.example/", {"pin": "nonsense"}),
    ],
)
def test_a_target_or_option_that_cannot_be_used_is_refused_before_any_packet(url, options):
    with pytest.raises(Failed) as refused:
        command.run(url, **options)
    assert refused.value.code == 2


def test_every_failure_has_its_words_and_a_remedy():
    assert set(WORDS) == set(Failure)
