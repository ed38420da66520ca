"""Each built function answers under Lambda's runtime client, with nothing around it but what
Lambda has."""

import json

import pytest

from probing.endpoint import Endpoint
from probing.outcome import Failure, State
from probing.wire import Answer, Probe, Work, read, to_json
from tests.artefacts.rie import running

GARBAGE = "\x00 no JSON at all {"
SECRET = "hunter2-hunter2"
EMPTY = "UnexpectedBatchTypeError"
"""What Powertools makes of a batch without messages, which SQS never sends."""


def batch(*bodies):
    """An SQS event (docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)."""
    records = [
        {
            "messageId": f"m{number}",
            "receiptHandle": "made",
            "body": body,
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1769990400000",
                "SenderId": "AROAEXAMPLE:made",
                "ApproximateFirstReceiveTimestamp": "1769990400001",
            },
            "messageAttributes": {},
            "md5OfBody": "made",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:111122223333:made",
            "awsRegion": "us-east-1",
        }
        for number, body in enumerate(bodies)
    ]
    return {"Records": records}


def test_the_canary_looks_at_what_it_is_asked_and_refuses_its_own_machine(stand):
    endpoint = Endpoint(id="orders", url="https://127.0.0.1/")
    probe = Probe(endpoint=endpoint, secret_headers={"X-Api-Key": SECRET})
    with running(stand("Canary")) as canary:
        nothing = read(Answer, canary.invoke(to_json(Work(look="l0", probes=()))))
        answer = read(Answer, canary.invoke(to_json(Work(look="l1", probes=(probe,)))))
        said = canary.logged("looked")
        assert SECRET not in canary.log.read_text()
    assert (nothing.look, nothing.outcomes, nothing.release) == ("l0", (), "dev")
    (outcome,) = answer.outcomes
    assert (outcome.state, outcome.failure) == (State.UNKNOWN, Failure.GUARD_REFUSED)
    assert said["look"] == "l0" and said["level"] == "INFO"


def test_a_payload_that_the_canary_cannot_read_is_an_error_of_the_function(stand):
    with running(stand("Canary")) as canary:
        answer = canary.invoke({"version": 99})
    assert answer["errorType"] == "WireError" and "version 99" in answer["errorMessage"]


def test_the_checker_takes_an_empty_batch_and_fails_on_what_is_no_look(stand):
    with running(stand("Checker")) as checker:
        assert checker.invoke(batch()) is None
        failed = checker.invoke(batch(GARBAGE))
        assert failed["errorType"] == "MessageError"
        assert "not a message of the looks queue" in failed["errorMessage"]


def test_the_recorder_drops_what_would_never_get_better(stand):
    with running(stand("Recorder")) as recorder:
        assert recorder.invoke(batch())["errorType"] == EMPTY
        assert recorder.invoke(batch(GARBAGE, "[]")) == {"batchItemFailures": []}
        said = recorder.logged("event dropped")
    assert (said["service"], said["level"], said["reason"]) == ("recorder", "WARNING", "not JSON")


def test_the_alerter_gives_back_each_message_that_it_cannot_read(stand):
    with running(stand("Alerter")) as alerter:
        assert alerter.invoke(batch())["errorType"] == EMPTY
        answer = alerter.invoke(batch(GARBAGE, json.dumps({"kind": "nothing known"})))
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == ["m0", "m1"]


def test_the_placer_takes_an_empty_batch_no_further_than_its_table(stand):
    with running(stand("Placer")) as placer:
        failed = placer.invoke(batch())
    # There is nothing behind it here: what it did first is to ask for its lease.
    assert failed["errorType"] == "EndpointConnectionError"


@pytest.mark.parametrize("name", ["Canary", "Checker", "Recorder", "Alerter", "Placer"])
def test_its_module_is_imported_from_what_is_shipped(stand, name, table):
    table.append(f"{stand(name).import_seconds() * 1000:>7.0f} ms to import  {name}")
