"""The canary as Lambda runs it: what it imports, says, logs and refuses."""

import json
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from canary import app
from probing.endpoint import Endpoint
from probing.own import own_addresses
from probing.wire import Answer, Probe, WireError, Work, read, to_json

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def proved(certificates):
    """Only the build makes the certificates of the controls: not there in a source tree."""
    app._CONTROLS.certificates = certificates


def work(**fields) -> dict:
    endpoint = Endpoint(id="orders", url="https://169.254.169.254/latest/")
    probe = Probe(endpoint=endpoint, secret_headers={"X-Api-Key": "hunter2-hunter2"})
    return json.loads(json.dumps(to_json(Work(look="l1", probes=(probe,))))) | fields


def test_work_in_is_an_answer_out():
    answer = read(Answer, json.loads(json.dumps(app.handler(work(), None))))
    assert answer.look == "l1" and answer.outcomes[0].endpoint == "orders"
    assert answer.addresses == own_addresses()


def test_a_work_message_cannot_lift_the_guard():
    event = work(means={"guard": None}, guard=None, allow=True, resolv_conf="/tmp/x")
    answer = read(Answer, app.handler(event, None))
    assert answer.outcomes[0].failure.value == "guard_refused"


def test_the_payload_is_never_logged(caplog, capsys):
    caplog.set_level("DEBUG")
    app.handler(work(), None)
    out = "".join(capsys.readouterr()) + caplog.text + str([r.__dict__ for r in caplog.records])
    assert "looked" in out and "hunter2" not in out and "169.254" not in out


def test_work_of_a_version_that_we_do_not_read_is_an_error_of_ours():
    with pytest.raises(WireError):
        app.handler(work(version=99), None)


def test_an_error_about_a_message_quotes_no_value_of_it():
    event = work()
    event["probes"][0]["secret_headers"] = {"X-Api-Key": "hunter2-hunter2", "X-Other": 5}
    with pytest.raises(WireError, match=r"probes\.secret_headers") as told:
        app.handler(event, None)
    assert "hunter2" not in "".join(traceback.format_exception(told.value))


def test_importing_the_canary_loads_no_aws_sdk_and_nothing_heavy():
    code = "import sys, canary.app; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "probing" in loaded
    assert not loaded & {"boto3", "botocore", "aws_lambda_powertools", "requests", "asyncio"}
