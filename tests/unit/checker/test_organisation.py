"""The organisation's file: who takes which entry, what stands against what, and defaults."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from reasoning.wire import PROBLEM
from tests.unit.checker.org import entry, ids, known, open_problems


@pytest.mark.parametrize(
    ("where", "looked"),
    [
        ({"accounts": "all"}, True),
        ({"accounts": ["123456789012"]}, True),
        ({"accounts": ["999999999999"]}, False),
        ({"regions": ["us-east-1", "eu-west-1"]}, True),
        ({"regions": ["eu-west-1"]}, False),
        ({"tags": {"stage": "prod"}}, True),
        ({"tags": {"stage": ["test", "prod"], "Name": "*"}}, True),
        ({"tags": {"stage": "prod", "team": "*"}}, False),
        ({"accounts": "all", "except": {"tags": {"stage": "prod"}}}, False),
        ({"accounts": "all", "except": {"accounts": ["123456789012"]}}, False),
        ({"accounts": "all", "except": {"accounts": ["999999999999"]}}, True),
        ({"vpcs": ["vpc-000000a1"]}, True),
        ({"vpcs": ["vpc-000000a2"]}, False),
        ({"accounts": "all", "except": {"vpcs": ["vpc-000000a1"], "tags": {"x": "y"}}}, False),
    ],
)
def test_a_vpc_looks_when_it_is_meant(world, org, where, looked):
    world.vpc = "vpc-000000a1"
    world.place(world.vpc)
    world.clients.ssm.delete_parameter(Name="/gatewatch/vantages/vpc-0a1")
    tags = [{"Key": "stage", "Value": "prod"}, {"Key": "Name", "Value": "payments"}]
    world.ec2.vpcs = [{"VpcId": world.vpc, "CidrBlock": "10.0.0.0/16", "Tags": tags}]
    world.tick()
    org(entry(where=where))
    assert ("ledger" in ids(world)) is looked
    world.look()
    assert ("ledger" in world.last_look().pairs) is looked


def test_only_the_vpcs_that_are_meant_look(world, org):
    world.place(*world.vpcs)
    world.ec2.vpcs = [
        {"VpcId": vpc, "CidrBlock": "10.0.0.0/16", "Tags": [{"Key": "side", "Value": side}]}
        for vpc, side in zip(world.vpcs, "ab", strict=True)
    ]
    world.tick()
    org(entry(where={"tags": {"side": "b"}}))
    for vpc in world.vpcs:
        world.look(vpc)
    assert "ledger" not in world.last_look(world.vpcs[0]).pairs
    assert "ledger" in world.last_look(world.vpcs[1]).pairs


def test_an_entry_that_no_vpc_here_fits_is_kept_with_the_reason(world, org):
    org(entry(where={"tags": {"stage": "prod"}}))
    [nowhere] = known(world).nowhere
    assert nowhere.endpoint == "ledger" and "no VPC here" in nowhere.why


def test_a_parameter_that_means_other_accounts_is_kept_with_the_reason(world):
    world.register("elsewhere", **{"from": {"accounts": ["999999999999"]}})
    world.tick()
    [nowhere] = known(world).nowhere
    assert nowhere.endpoint == "elsewhere" and "other accounts" in nowhere.why


def test_an_entry_without_from_is_a_problem_of_its_owner_and_the_rest_go_on(world, org):
    lacking = entry("lacking", owner="billing")
    del lacking["from"]
    org(entry(), lacking)
    assert ids(world) == ["ledger", "orders"]
    told = open_problems(world)["registry:organisation:endpoints.yaml#lacking"]
    assert told["owner"] == "billing" and "from: is missing" in told["what"]


def test_defaults_of_the_file_go_into_every_entry_that_says_nothing_else(world, org):
    lacking = entry("lacking")
    del lacking["from"]
    own = entry("own", owner="payments", page_after="5m")
    org(lacking, own, defaults={"owner": "platform", "from": {"accounts": "all"}})
    found = {e.id: (e.owner, e.page_after_seconds) for e in known(world).endpoints}
    assert found["lacking"] == ("platform", 120.0)
    assert found["own"] == ("payments", 300.0)


def test_a_broken_default_is_one_problem_and_its_entries_go_on(world, org):
    org(entry("a"), entry("b"), defaults={"severity": "loud", "owner": "platform"})
    assert ids(world) == ["a", "b", "orders"]
    assert {e.owner for e in known(world).endpoints if e.id != "orders"} == {"platform"}
    assert (
        "defaults.severity" in open_problems(world)["registry:organisation:endpoints.yaml"]["what"]
    )


def test_defaults_of_a_member_are_a_parameter_for_each_source(world):
    world.clients.ssm.put_parameter(
        Name="/gatewatch/defaults/ssm", Value="owner: payments\nseverity: warning", Type="String"
    )
    world.clients.ssm.put_parameter(Name="/gatewatch/defaults/sms", Value="owner: x", Type="String")
    world.register("own", owner="shop")
    world.tick()
    assert {e.id: (e.owner, e.severity) for e in known(world).endpoints} == {
        "orders": ("payments", "warning"),
        "own": ("shop", "warning"),
    }
    assert "names no source" in open_problems(world)["registry:ssm:/gatewatch/defaults/sms"]["what"]


def test_defaults_that_cannot_be_read_stay_as_they_were_and_are_told_once(world):
    world.clients.ssm.put_parameter(
        Name="/gatewatch/defaults/ssm", Value="owner: payments\npage_after: 5m", Type="String"
    )
    world.tick()
    ssm = world.clients.ssm
    world.clients = replace(world.clients, ssm=WithoutDefaults(ssm))
    world.member = world.new_member()
    world.register("own", owner="shop")
    world.tick()
    assert {e.id: (e.owner, e.page_after_seconds) for e in known(world).endpoints} == {
        "orders": ("payments", 300.0),
        "own": ("shop", 300.0),
    }
    assert "stays in force" in open_problems(world)["registry_refused:defaults"]["what"]
    reported = len(world.bus.bodies(PROBLEM))
    world.clock.sleep_seconds(60)
    world.tick()
    assert len(world.bus.bodies(PROBLEM)) == reported, "told once, not every minute"


class WithoutDefaults:
    """SSM, which throttles whoever asks for defaults."""

    def __init__(self, ssm):
        self.ssm = ssm

    def get_paginator(self, operation):
        return Throttled(self.ssm.get_paginator(operation))

    def __getattr__(self, name):
        return getattr(self.ssm, name)


class Throttled:
    def __init__(self, pages):
        self.pages = pages

    def paginate(self, **arguments):
        if arguments["Path"].startswith("/gatewatch/defaults"):
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "Get")
        return self.pages.paginate(**arguments)


def test_of_one_name_the_parameter_stands_and_the_files_owner_is_told(world, org):
    org(entry("orders", owner="platform"), entry())
    assert ids(world) == ["ledger", "orders"]
    assert {e.source for e in known(world).endpoints if e.id == "orders"} == {
        "ssm:/gatewatch/endpoints/orders"
    }
    told = open_problems(world)["registry:organisation:endpoints.yaml#orders"]
    assert told["owner"] == "platform" and "ssm:/gatewatch/endpoints/orders" in told["what"]


def test_a_name_that_the_file_gives_twice_is_a_problem_of_the_second(world, org):
    org(entry("twin", owner="one"), entry("twin", owner="two"))
    assert ids(world) == ["orders", "twin"]
    [told] = [t for t in open_problems(world).values() if "twin" in t["what"]]
    assert told["owner"] == "two"
