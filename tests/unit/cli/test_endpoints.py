"""`gatewatch endpoints`: who looks, from where, and why nobody does; of a member and of a hub."""

import json

import boto3
import pytest

from alerter import digests
from alerter.table import Item, Put
from alerter.table import Table as HubTable
from gatewatch import registered
from gatewatch.commands import endpoints
from gatewatch.failure import Failed
from probing.wire import to_json
from reasoning.case import RouteClass
from reasoning.inventory import Inventory, Vpc
from reasoning.transition import Digest, DigestPair, EndpointFacts, Health
from tests.unit.checker.conftest import org, world
from tests.unit.checker.org import BUCKET, entry
from tests.unit.checker.world import ACCOUNT, REGION, make_table

__all__ = ["org", "world"]


def test_a_member_tells_who_looks_and_what_it_found(world) -> None:
    world.place(*world.vpcs)
    world.register("there", **{"from": {"vpcs": [world.vpcs[0].replace("0a1", "000000a1")]}})
    world.tick()
    world.look()
    told = registered.of_member(world.table, ACCOUNT, REGION)
    rows = {row.endpoint: row for row in told.rows}
    assert [(one.vpc_id, one.health) for one in rows["orders"].looked_from] == [
        (world.vpcs[0], "good"),
        (world.vpcs[1], "not looked at yet"),
    ]
    assert rows["orders"].why_not == ""
    assert "no VPC here" in rows["there"].why_not and rows["there"].looked_from == ()


def test_a_broken_entry_is_listed_with_what_is_wrong(world, org) -> None:
    world.register("broken", urll="https://x.example.com", owner="shop")
    org(entry("odd", severity="loud"), pause=True)
    told = registered.of_member(world.table, ACCOUNT, REGION)
    rows = {row.endpoint: row for row in told.rows}
    assert rows["broken"].owner == "shop" and "urll: unknown key" in rows["broken"].why_not
    assert "severity" in rows["odd"].why_not
    assert told.paused


def test_a_source_that_cannot_be_read_is_told(world, org) -> None:
    org(entry())
    org(text="[")
    told = registered.of_member(world.table, ACCOUNT, REGION)
    assert "endpoints.yaml" in told.refused["organisation"]


def member(account: str, region: str = REGION, **more) -> registered.Member:
    """One that looks from vpc-000000a1, tagged stage=prod, and knows vpc-000000b2."""
    facts = EndpointFacts(id="orders", url="https://orders.example.com/", host="orders.example.com")
    pair = DigestPair(
        endpoint=facts,
        vpc_id="vpc-000000a1",
        health=Health.GOOD,
        route_class=RouteClass.PUBLIC,
    )
    return registered.Member(
        digest=Digest(
            account=account,
            region=region,
            at=1.0,
            looked={"vpc-000000a1": 1.0},
            labels={"vpc-000000a1": "payments"},
            **more,
        ),
        inventory=Inventory(
            account=account,
            region=region,
            taken_at=1.0,
            vpcs=(
                Vpc(id="vpc-000000a1", tags={"stage": "prod"}),
                Vpc(id="vpc-000000b2", tags={"stage": "test"}),
            ),
        ),
        pairs=(pair,),
    )


ONE, TWO = "111122223333", "444455556666"


@pytest.mark.parametrize(
    ("where", "why"),
    [
        (
            {"accounts": ["999999999999"]},
            "no member is of its accounts and Regions; there are 1111",
        ),
        ({"regions": ["eu-west-1"]}, "no member is of its accounts and Regions"),
        ({"tags": {"stage": "none"}}, "has its tags or ids"),
        ({"tags": {"stage": "test"}}, "have no canary: vpc-000000b2"),
        ({"accounts": "all"}, "not looked at yet"),
    ],
)
def test_an_entry_of_the_organisation_that_nobody_looks_at_says_why(where, why) -> None:
    text = json.dumps({"endpoints": [entry(where=where)]})
    told = registered.of_organisation([member(ONE), member(TWO)], text)
    rows = {row.endpoint: row for row in told.rows}
    assert why in rows["ledger"].why_not
    assert [one.account for one in rows["orders"].looked_from] == [ONE, TWO]


def test_while_paused_and_before_any_member_reports_that_is_the_reason() -> None:
    text = json.dumps({"pause": True, "endpoints": [entry()]})
    told = registered.of_organisation([member(ONE, paused=True)], text)
    assert told.paused
    assert [row.why_not for row in told.rows if row.endpoint == "ledger"] == [
        "all looks are paused"
    ]
    [row] = registered.of_organisation([], text).rows
    assert "no member has reported" in row.why_not


def test_the_hub_is_asked_for_members_and_their_pairs(world) -> None:
    dynamodb = world.clients.dynamodb
    make_table(dynamodb, "hub")
    hub, known = HubTable(dynamodb, "hub"), member(ONE)
    digest, pair = known.digest, known.pairs[0]
    for pk, sk, body in (
        ("members", f"{ONE}#{REGION}", digest),
        (f"inventory#{ONE}#{REGION}", "now", known.inventory),
        (f"pairs#{ONE}#{REGION}", digests.pair_key(digest, pair), pair),
    ):
        hub.put(Put(item=Item(pk=pk, sk=sk, body=to_json(body))))
    assert registered.members(hub) == [known]


def test_a_line_says_it_all(capsys: pytest.CaptureFixture[str]) -> None:
    endpoints.show("organisation", registered.of_organisation([member(ONE)], None))
    assert capsys.readouterr().out.splitlines() == [
        "organisation: 1 entries",
        "  orders https://orders.example.com/: 111122223333/us-east-1 vpc-000000a1 (payments) good",
    ]


def stack(name: str, **outputs: str) -> None:
    """A stack of that name with these outputs, and nothing that matters in it."""
    topic = {"Type": "AWS::SNS::Topic"}
    template = {
        "Resources": {"Topic": topic},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    boto3.client("cloudformation", region_name=REGION).create_stack(
        StackName=name, TemplateBody=json.dumps(template)
    )


def run(capsys: pytest.CaptureFixture[str], name: str) -> tuple[int, dict[str, dict[str, list]]]:
    options = endpoints.Options(stack=name, region=REGION, as_json=True)
    code = endpoints.run(options)
    return code, json.loads(capsys.readouterr().out)


def test_the_command_reads_a_members_stack(world, capsys: pytest.CaptureFixture[str]) -> None:
    stack("gatewatch-member", TableName="member")
    code, told = run(capsys, "gatewatch-member")
    assert code == 0 and list(told) == [f"member {ACCOUNT}/{REGION}"]
    [row] = told[f"member {ACCOUNT}/{REGION}"]["rows"]
    assert (row["endpoint"], row["why_not"]) == ("orders", "")
    world.register("broken", urll="https://x.example.com")
    world.tick()
    assert run(capsys, "gatewatch-member")[0] == 1


def test_the_command_reads_a_hub_and_the_organisations_file(
    world, org, capsys: pytest.CaptureFixture[str]
) -> None:
    org(entry())
    make_table(world.clients.dynamodb, "hub")
    stack("gatewatch", TableName="hub", HubBusArn="arn:x", RegistryBucketName=BUCKET)
    code, told = run(capsys, "gatewatch")
    assert code == 1 and list(told) == ["organisation"]
    [row] = told["organisation"]["rows"]
    assert row["endpoint"] == "ledger" and "no member has reported" in row["why_not"]
    world.clients.s3.delete_object(Bucket=BUCKET, Key="endpoints.yaml")
    assert run(capsys, "gatewatch")[1]["organisation"]["rows"] == []


def test_the_command_finds_the_member_nested_in_a_hub(
    world, org, capsys: pytest.CaptureFixture[str]
) -> None:
    org(entry())
    make_table(world.clients.dynamodb, "hub")
    nested = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"TableName": {"Value": "member"}},
    }
    world.clients.s3.put_object(Bucket=BUCKET, Key="member.json", Body=json.dumps(nested))
    url = f"https://{BUCKET}.s3.amazonaws.com/member.json"
    outputs = {"TableName": "hub", "HubBusArn": "arn:x"}
    hub = {
        "Resources": {
            "Member": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
        },
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    boto3.client("cloudformation", region_name=REGION).create_stack(
        StackName="gatewatch", TemplateBody=json.dumps(hub)
    )
    code, told = run(capsys, "gatewatch")
    assert code == 0 and list(told) == [f"member {ACCOUNT}/{REGION}", "organisation"]
    rows = told[f"member {ACCOUNT}/{REGION}"]["rows"]
    assert [row["endpoint"] for row in rows] == ["ledger", "orders"]


def test_a_stack_that_is_not_there_is_said_so(world) -> None:
    with pytest.raises(Failed, match="--stack names another"):
        endpoints.run(endpoints.Options(stack="nowhere", region=REGION))
