"""The Lambda entry: a custom resource is answered, whatever breaks."""

from dataclasses import fields

import pytest

from placer import app
from placer.settings import Settings


class Context:
    function_name = "gatewatch-placer"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:gatewatch-placer"
    aws_request_id = "request"

    def get_remaining_time_in_millis(self):
        return 900_000


@pytest.fixture(autouse=True)
def no_worker_before():
    app.member.cache_clear()
    yield
    app.member.cache_clear()


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_without_settings_it_answers_failed_and_names_them(formation, monkeypatch, kind):
    for field in fields(Settings):
        monkeypatch.delenv(field.name.upper(), raising=False)
    app.handler(formation.event(kind), Context())
    [answer] = formation.answers
    assert answer["Status"] == "FAILED"
    assert "missing" in answer["Reason"] and "PLACER_QUEUE_URL" in answer["Reason"]


def test_an_error_of_the_code_itself_is_answered_too(formation, monkeypatch):
    for field in fields(Settings):
        monkeypatch.setenv(field.name.upper(), "1")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    app.handler(formation.event("Delete"), Context())  # the bus's ARN has no Region
    [answer] = formation.answers
    assert (answer["Status"], answer["Reason"][:10]) == ("FAILED", "IndexError")


def test_the_address_of_the_answer_is_in_no_log(formation, monkeypatch, capsys):
    for field in fields(Settings):
        monkeypatch.delenv(field.name.upper(), raising=False)
    formation.refusals = 1
    app.handler(formation.event("Create"), Context())
    said = capsys.readouterr()
    assert "s3cret" not in said.out + said.err
