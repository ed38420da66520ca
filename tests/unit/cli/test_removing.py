"""Steps of an uninstallation that take their time: what is waited for, and what ends the wait."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from alerter.table import Table
from gatewatch.failure import Failed
from gatewatch.operating import removal
from gatewatch.operating.found import Place, standing
from gatewatch.operating.removal import Act, Step
from gatewatch.operating.removing import POLL_SECONDS, WAIT_SECONDS, Remover
from gatewatch.operating.stands import Stack
from gatewatch.publishing.aws import clients
from reasoning.placements import CanaryPlaced, Placements, VpcPlaced
from tests.support.virtual_clock import VirtualClock
from tests.unit.cli.hub_made import BUS, REGION, TEMPLATE, keep, made
from tests.unit.cli.members_made import NOW, a_digest

HERE = "123456789012"
"""The account of moto."""
MEMBER = {
    "Parameters": {"Placement": {"Type": "String", "Default": "all"}},
    "Resources": {"Looks": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "looks"}}},
    "Outputs": {
        name: {"Value": name}
        for name in ("CanaryServiceRoleArn", "LooksQueueUrl", "TableName", "DeadLetterQueueUrl")
    },
}


class Days(VirtualClock):
    """Time that passes only in sleep; `then` is what happens in each."""

    then: Callable[[], None] = staticmethod(lambda: None)

    def sleep_seconds(self, seconds: float) -> None:
        super().sleep_seconds(seconds)
        self.then()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with made() as table:
        boto3.client("cloudformation", REGION).create_stack(
            StackName="gatewatch-member", TemplateBody=json.dumps(MEMBER)
        )
        yield table


def tells(hub: Table, clock: Days, *vpcs: VpcPlaced, mode: str = "none") -> None:
    """The member of this account reports."""
    keep(hub, replace(a_digest(account=HERE), at=clock.at))
    told = Placements(account=HERE, region=REGION, taken_at=clock.at, mode=mode, vpcs=vpcs)
    keep(hub, told)


def remover(clock: Any, said: list[str]) -> Remover:
    place = Place(
        client=clients(None), clock=clock, region=REGION, hub="gatewatch", stack_set="none"
    )
    return Remover(place=place, stack_set=None, say=said.append)


LEAVING = VpcPlaced(
    vpc_id="vpc-0a1", act="withdraw", canaries=(CanaryPlaced(function="gatewatch-canary-vpc-0a1"),)
)
WAIT = Step(act=Act.INTERFACES, text="wait")


def test_it_waits_until_the_member_tells_that_its_canaries_are_gone(hub: Table) -> None:
    clock, said, left = Days(NOW), [], [LEAVING] * 3

    def minute() -> None:
        left.pop()
        tells(hub, clock, *left)

    clock.then = minute
    tells(hub, clock, *left)
    work = remover(clock, said)
    work.do(WAIT, standing(work.place)[0])
    assert clock.at == NOW + 3 * POLL_SECONDS
    assert said == ["wait"] + [
        f"  {told} and 0 interfaces still stand"
        for told in ("3 canaries", "2 canaries", "1 canary")
    ]


def test_it_waits_for_no_canary_that_was_placed_by_hand(hub: Table) -> None:
    clock = Days(NOW)
    tells(hub, clock, replace(LEAVING, act="keep"))
    work = remover(clock, [])
    work.do(WAIT, standing(work.place)[0])
    assert clock.at == NOW


def test_one_canary_that_does_not_go_keeps_no_other_member_from_going(hub: Table) -> None:
    """Its member waits for it once more, and is named when it cannot go."""
    clock, said = Days(NOW), []
    clock.then = lambda: tells(hub, clock, LEAVING)
    tells(hub, clock, LEAVING)
    work = remover(clock, said)
    work.do(WAIT, standing(work.place)[0])
    assert NOW + WAIT_SECONDS <= clock.at < NOW + WAIT_SECONDS + 60
    assert said[-2:] == [
        "  1 canary and 0 interfaces still stand",
        "  not waited for any longer: `gatewatch status` says where and why; a member that "
        "cannot go for them is named",
    ]


def test_a_member_s_stack_is_told_to_place_nothing_and_then_deleted(hub: Table) -> None:
    said: list[str] = []
    work = remover(Days(NOW), said)
    (found,) = standing(work.place)[0].plain
    assert found.parameters == {"Placement": "all"}
    work.do(Step(act=Act.NO_PLACEMENT, text="none", stacks=(found,)), standing(work.place)[0])
    (found,) = standing(work.place)[0].plain
    assert found.parameters == {"Placement": "none"}
    work.do(Step(act=Act.MEMBER, text="delete", stacks=(found,)), standing(work.place)[0])
    assert standing(work.place)[0].plain == ()
    assert said[-1] == "  stack gatewatch-member in us-east-1: DELETE_COMPLETE"


def test_a_refusal_names_the_stack(hub: Table) -> None:
    work = remover(Days(NOW), [])
    gone = Stack(name="gatewatch-other", region=REGION)
    with pytest.raises(Failed, match=r"stack gatewatch-other in us-east-1: DescribeStacks"):
        work.do(Step(act=Act.MEMBER, text="delete", stacks=(gone,)), standing(work.place)[0])


def test_a_member_that_is_nested_in_the_hub_goes_with_it(hub: Table) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="code")
    looks = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "nested-looks"}}
    template = MEMBER | {"Resources": {"Looks": looks}}
    s3.put_object(Bucket="code", Key="member.json", Body=json.dumps(template))
    member = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://s3.amazonaws.com/code/member.json"},
    }
    whole = TEMPLATE | {"Resources": TEMPLATE["Resources"] | {"Member": member}}
    boto3.client("cloudformation", REGION).update_stack(
        StackName="gatewatch", TemplateBody=json.dumps(whole)
    )
    found, _ = standing(remover(Days(NOW), []).place)
    assert [stack.name for stack in found.plain] == ["gatewatch-member"]
    assert [stack.nested for stack in found.members_here].count(True) == 1


def test_a_member_that_is_nested_in_another_hub_stays_and_is_named(hub: Table) -> None:
    parent = f"arn:aws:cloudformation:{REGION}:{HERE}:stack/gatewatch-test/0a1b"

    def nested(parsed: dict[str, Any], **_: Any) -> None:
        for stack in parsed.get("Stacks", []):
            if stack["StackName"] == "gatewatch-member":
                stack["ParentId"] = stack["RootId"] = parent  # moto tells neither

    place = remover(Days(NOW), []).place

    def client(service: str, region: str) -> Any:
        made = place.client(service, region)
        made.meta.events.register("after-call.cloudformation.DescribeStacks", nested)
        return made

    found, _ = standing(replace(place, client=client))
    assert found.plain == () and not removal.steps(replace(found, hub=None), keep_data=False)
    assert any("gatewatch-test" in note and "stays" in note for note in found.notes)


@pytest.mark.parametrize(("bus", "stays"), [(BUS, False), (BUS.replace("hub", "prod"), True)])
def test_a_member_that_tells_another_hub_stays_and_is_named(
    hub: Table, bus: str, stays: bool
) -> None:
    parameters = {"HubBusArn": {"Type": "String", "Default": bus}} | MEMBER["Parameters"]
    boto3.client("cloudformation", REGION).update_stack(
        StackName="gatewatch-member", TemplateBody=json.dumps(MEMBER | {"Parameters": parameters})
    )
    place = remover(Days(NOW), []).place
    found, _ = standing(place)
    assert [stack.name for stack in found.plain] == ([] if stays else ["gatewatch-member"])
    assert any(bus in note and "stays" in note for note in found.notes) is stays
    boto3.client("cloudformation", REGION).delete_stack(StackName="gatewatch")
    found, _ = standing(replace(place, bus=BUS))  # as the run sees it that took the hub away
    assert bool(found.plain) is not stays


def test_a_stack_that_cannot_be_told_keeps_nobody_waiting(hub: Table) -> None:
    clock, said = Days(NOW), []
    tells(hub, clock, replace(LEAVING, act="keep"), mode="all")
    work = remover(clock, said)
    broken = Stack(name="gatewatch-broken", region=REGION, parameters={"Placement": "all"})
    work.do(Step(act=Act.NO_PLACEMENT, text="none", stacks=(broken,)), standing(work.place)[0])
    assert said[-1].startswith("  not told: stack gatewatch-broken in us-east-1: UpdateStack")
    work.do(WAIT, standing(work.place)[0])
    assert clock.at == NOW
