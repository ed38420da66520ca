"""`gatewatch preflight` by HTTP: what an organisation's account answers before an installation."""

import json

import boto3

from gatewatch.commands import preflight
from lab.stacksets import TRUSTED


def looked(capsys, **given):
    code = preflight.run(("eu-west-1",), as_json=True, **given)
    rows = json.loads(capsys.readouterr().out)
    return code, {row["check"]: row["verdict"] for row in rows}


def test_a_landing_zone_that_is_ready_has_nothing_bad(here, capsys):
    code, found = looked(capsys, publishes=True)
    assert code == 0 and "bad" not in found.values()
    assert found["trail"] == found["network"] == found["trusted access"] == "ok"


def test_what_the_emulator_does_not_answer_is_unknown(here, capsys):
    _, found = looked(capsys)
    assert found["permissions"] == found["concurrency"] == "unknown"


def test_a_trail_that_is_off_and_access_that_is_not_trusted_are_bad(here, capsys):
    boto3.client("cloudtrail").stop_logging(Name="everything")
    boto3.client("organizations").disable_aws_service_access(ServicePrincipal=TRUSTED)
    code, found = looked(capsys, publishes=True)
    assert code == 1 and found["trail"] == found["trusted access"] == "bad"


def test_a_dry_run_makes_nothing(here, capsys):
    before = len(boto3.client("ec2").describe_security_groups()["SecurityGroups"])
    looked(capsys)
    assert len(boto3.client("ec2").describe_security_groups()["SecurityGroups"]) == before


def test_people_read_what_to_do_under_each_line(here, capsys):
    boto3.client("cloudtrail").stop_logging(Name="everything")
    assert preflight.run(()) == 1
    told = capsys.readouterr().out
    assert "bad     trail: no trail logs management events here" in told
    assert "        -> make a trail of all Regions" in told
