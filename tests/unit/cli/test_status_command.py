"""`gatewatch status` as it is called: what is read from where, and its exit codes."""

import json
import sys
import time

import boto3
import pytest

from alerter.table import Table
from gatewatch.main import main
from reasoning.transition import MemberProblem
from tests.unit.cli.hub_made import REGION, keep, made
from tests.unit.cli.members_made import ACCOUNT, STANDS, TAGGED, a_digest, placed


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with made() as hub:
        yield hub


def asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `gatewatch status`."""
    monkeypatch.setattr(sys, "argv", ["gatewatch", "status", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_it_reads_the_hubs_table(
    table: Table, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at = time.time() - 10
    keep(table, a_digest(at=at, looked={"vpc-0a1": at}))
    keep(table, placed(STANDS, TAGGED))
    code, out, _ = asked(monkeypatch, capsys)
    assert code == 0
    assert "1 of 1 covered; 1 skipped (1 tagged gatewatch:place=no)" in out
    assert "there is no StackSet gatewatch-member" in out
    for closed in (True, False):
        problem = MemberProblem(key="no_trail", what="no trail", mend="m", at=at, open=not closed)
        keep(table, problem, f"{ACCOUNT}#{REGION}")
        code, out, _ = asked(monkeypatch, capsys, "--json")
        told = json.loads(out)
        assert (code, told["wrong"]) == ((0, 0) if closed else (1, 1))
    assert told["members"][0]["wrong"] == [{"code": "problem", "text": "no_trail: no trail"}]
    assert told["vpcs"] == {"covered": 1, "eligible": 1, "skipped": 1}


def test_a_stack_of_the_stack_set_that_never_reported_is_wrong(
    table: Table, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cloudformation = boto3.client("cloudformation", REGION)
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "looks"}}
    empty = json.dumps({"Resources": {"Looks": queue}})
    cloudformation.create_stack_set(StackSetName="gatewatch-member", TemplateBody=empty)
    cloudformation.create_stack_instances(
        StackSetName="gatewatch-member", Accounts=["444455556666"], Regions=["eu-west-1"]
    )
    code, out, _ = asked(monkeypatch, capsys)
    assert code == 1
    assert "wrong: it has never reported" in out
    code, out, err = asked(monkeypatch, capsys, "--region", "ap-south-1")
    assert (code, out) == (1, "")
    assert "no member" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--stack", "other"], "name its stack by --stack", id="no such stack"),
        pytest.param([], "no member has reported", id="a hub without members"),
    ],
)
def test_why_there_is_nothing_to_tell_is_one_line(
    table: Table,
    arguments: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = asked(monkeypatch, capsys, *arguments)
    assert code == (3 if arguments else 1)
    assert told in err
    assert (out, len(err.splitlines())) == ("", 1)


@pytest.mark.parametrize("mode", ["observe", "notify"])
def test_a_hub_that_observes_is_called_so(
    table: Table, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mode: str
) -> None:
    at = time.time() - 10
    keep(table, a_digest(at=at, looked={"vpc-0a1": at}))
    keep(table, placed(STANDS, TAGGED))
    boto3.client("cloudformation").update_stack(
        StackName="gatewatch",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Mode", "ParameterValue": mode}],
    )
    _, out, _ = asked(monkeypatch, capsys)
    assert ("observe: no page goes out" in out) is (mode == "observe")
    _, out, _ = asked(monkeypatch, capsys, "--json")
    assert json.loads(out)["mode"] == mode
