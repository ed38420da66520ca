"""A hub whose table the command reads, and the command itself, for tests that ask for them."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest

from gatewatch.main import main
from probing.clock import Clock
from reasoning.told import Mode
from tests.support.story import ACCOUNT, REGION, at
from tests.unit.alerter.hub_stand import ENVIRONMENT, Stand, stand

TEMPLATE = {
    "Parameters": {"DefaultOwner": {"Type": "String", "Default": "platform"}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    "Outputs": {"TableName": {"Value": ENVIRONMENT["TABLE"]}, "HubBusName": {"Value": "hub"}},
}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """A hub in observe mode, its stack, and the commands' clock at 10:30 of the story."""
    values = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "MOTO_ACCOUNT_ID": ACCOUNT,
        "POWERTOOLS_LOG_LEVEL": "WARNING",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    real = Clock().now_at()
    clock = Clock(real_start_at=real, lab_start_at=at("10:30:00"), scale=1.0)
    monkeypatch.setenv("GATEWATCH_CLOCK", str(clock))
    with stand() as made:
        settings = replace(made.hub.settings, mode=Mode.OBSERVE)
        made.hub = replace(made.hub, settings=settings)
        stacks = boto3.client("cloudformation")
        stacks.create_stack(StackName="gatewatch", TemplateBody=json.dumps(TEMPLATE))
        yield made


@pytest.fixture
def gatewatch(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """The exit code of `gatewatch ARGUMENTS`, its stdout and its stderr."""

    def called(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["gatewatch", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return called
