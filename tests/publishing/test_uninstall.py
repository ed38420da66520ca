"""`gatewatch uninstall` of an organisation: what is shown, what is done, and taken up again."""

import json
import time
from collections.abc import Callable

import boto3
import pytest
from moto.core.exceptions import JsonRESTError
from moto.logs.models import logs_backends

from alerter.table import Table
from gatewatch.commands import uninstall
from gatewatch.commands.uninstall import Options
from gatewatch.failure import Failed
from lab import stacksets
from lab.organisation import HOME, Organisation
from reasoning.placements import Placements
from reasoning.transition import Digest
from tests.publishing.conftest import Publish
from tests.unit.cli.hub_made import TEMPLATE, keep

NAME = "gatewatch-member"
Uninstall = Callable[..., tuple[int, dict]]
pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse .* moto:UserWarning")


@pytest.fixture
def hub(here: Organisation) -> Table:
    """The hub's stack in the management account, with a table to keep members in."""
    boto3.client("cloudformation").create_stack(
        StackName="gatewatch", TemplateBody=json.dumps(TEMPLATE)
    )
    return Table(boto3.client("dynamodb"), "hub")


@pytest.fixture
def uninstalled(here: Organisation, capsys: pytest.CaptureFixture[str]) -> Uninstall:
    """`uninstalled(yes=..., ...)`: exit code and its JSON."""

    def run(**options: object) -> tuple[int, dict]:
        capsys.readouterr()
        code = uninstall.run(Options(as_json=True, **options))  # type: ignore[arg-type]
        return code, json.loads(capsys.readouterr().out)

    return run


def stack_sets() -> list[str]:
    cloudformation = boto3.client("cloudformation")
    try:
        cloudformation.describe_stack_set(StackSetName=NAME)
    except cloudformation.exceptions.StackSetNotFoundException:
        return []
    return [NAME]


def stacks() -> list[str]:
    found = boto3.client("cloudformation").list_stacks(StackStatusFilter=["CREATE_COMPLETE"])
    return [one["StackName"] for one in found["StackSummaries"]]


def buckets() -> list[str]:
    names = [one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"]]
    return [name for name in names if name.startswith("gatewatch-")]


def acts(told: dict) -> list[str]:
    return [step["act"] for step in told["steps"]]


def report(hub: Table, account: str, *, mode: str = "none") -> None:
    """A member that goes on reporting, with nothing placed."""
    at = time.time() * 1000 + 1e6  # the test's clock runs a thousand times as fast
    keep(hub, Digest(account=account, region=HOME, at=at))
    keep(hub, Placements(account=account, region=HOME, taken_at=at, mode=mode))


def test_it_is_shown_first_then_done_and_then_nothing_is_left(
    hub: Table, published: Publish, uninstalled: Uninstall
) -> None:
    assert published()["exit_code"] == 0
    code, told = uninstalled()
    assert (code, acts(told)) == (0, ["no placement", "members", "buckets", "StackSet", "hub"])
    assert (stack_sets(), stacks()) == ([NAME], ["gatewatch"])
    assert len(buckets()) == 2
    code, told = uninstalled(yes=True, keep_data=True)
    assert (code, told["steps"]) == (0, [])
    assert told["done"] == ["no placement", "members", "buckets", "StackSet", "backup", "hub"]
    assert (stack_sets(), stacks()) == ([], [])
    assert buckets() == []
    (backup,) = boto3.client("dynamodb").list_backups()["BackupSummaries"]
    assert backup["TableName"] == "hub"
    assert uninstalled(yes=True)[1]["done"] == []


def test_an_account_that_refuses_is_named_and_the_next_run_goes_on(
    here: Organisation, hub: Table, published: Publish, uninstalled: Uninstall
) -> None:
    published()
    stacksets.refusing[here.accounts["orders"]] = "the role is gone"
    with pytest.raises(Failed, match=r"the role is gone.*run the command again"):
        uninstalled(yes=True)
    assert (stack_sets(), stacks()) == ([NAME], ["gatewatch"])
    stacksets.refusing.clear()
    code, _ = uninstalled(yes=True)
    assert (code, stack_sets(), stacks()) == (0, [], [])


def test_the_hub_stays_while_somebody_else_s_member_reports(
    here: Organisation, hub: Table, published: Publish, uninstalled: Uninstall
) -> None:
    published()
    report(hub, "999988887777")
    code, told = uninstalled(yes=True)
    assert (code, told["done"]) == (4, ["no placement", "members", "buckets", "StackSet"])
    assert "account 999988887777" in told["must_go_first"][0]
    assert (stack_sets(), stacks()) == ([], ["gatewatch"])


def test_what_is_tagged_and_of_no_member_is_named(
    here: Organisation, uninstalled: Uninstall
) -> None:
    boto3.client("sqs").create_queue(QueueName="looks", tags={"gatewatch:part": "member"})
    boto3.client("logs").create_log_group(logGroupName="/aws/lambda/gatewatch-canary-vpc-0a1")
    vantage = "/gatewatch/vantages/vpc-0a1/3fa2b1"
    boto3.client("ssm").put_parameter(Name=vantage, Value="{}", Type="String")
    code, told = uninstalled()
    assert (code, told["steps"]) == (0, [])
    assert {one["kind"] for one in told["orphans"]} == {"sqs resource", "log group", "parameter"}
    assert all(one["end"] for one in told["orphans"])


def test_buckets_that_will_go_are_not_told_as_left_over(
    here: Organisation, hub: Table, published: Publish, uninstalled: Uninstall
) -> None:
    published()
    _, told = uninstalled()
    assert any("(code of releases)" in str(step) for step in told["steps"])
    assert not [one for one in told["orphans"] if one["name"].startswith("arn:aws:s3:::")]


def test_what_could_not_be_asked_is_said_at_the_end(
    here: Organisation,
    hub: Table,
    published: Publish,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is asked of Regions without a member: those are such only when all is done."""

    def denied(*_: object, **__: object) -> None:
        raise JsonRESTError("AccessDeniedException", "not authorized")

    published()
    monkeypatch.setattr(logs_backends[here.management][HOME], "describe_log_groups", denied)
    assert uninstall.run(Options(yes=True)) == 0
    told = capsys.readouterr().out
    assert f"note: log groups in {HOME} not asked" in told
    assert "nothing of Gatewatch is left" not in told
