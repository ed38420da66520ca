"""The estate as AWS tells it (moto, in this process), and with calls denied."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.ec2 import ec2_backends

from placer.decision import Act
from placer.estate import Clients, Memory, first_seen, read
from placer.facts import Estate, Part, WayOut
from placer.plan import plan
from placer.subnets import choose
from tests.support.estates import MEMBER, TERMS
from tests.support.fake_account import Denying, Formation, Functions

ACCOUNT, REGION = "123456789012", "us-east-1"
NOW = 1_800_000_000.0
DENIABLE = {
    Part.VPCS: "describe_vpcs",
    Part.SUBNETS: "describe_subnets",
    Part.ROUTES: "describe_route_tables",
    Part.ACLS: "describe_network_acls",
    Part.INTERFACES: "describe_network_interfaces",
    Part.STACKS: "list_stacks",
    Part.CONCURRENCY: "get_account_settings",
    Part.FUNCTIONS: "get_function_configuration",
}


@pytest.fixture(scope="module")
def ec2() -> Iterator[Any]:
    """EC2 without a VPC. Made once: that takes moto its time."""
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    with mock_aws():
        ec2 = boto3.client("ec2", region_name=REGION, **keys)
        cleared(ec2)
        yield ec2


@pytest.fixture
def clients(ec2: Any) -> Iterator[Clients]:
    yield Clients(ec2=ec2, cloudformation=Formation(), functions=Functions())
    cleared(ec2)


def cleared(ec2: Any) -> None:
    ec2_backends[ACCOUNT][REGION].reset()
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=ec2.describe_vpcs()["Vpcs"][0]["VpcId"])


@pytest.fixture
def vpc_id(clients: Clients) -> str:
    """A VPC with a subnet of two workloads and no way out, and one behind an internet gateway."""
    ec2 = clients.ec2
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "payments"}]}]
    vpc_id: str = ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"]
    private, public = (
        ec2.create_subnet(VpcId=vpc_id, CidrBlock=cidr, AvailabilityZone=f"{REGION}a")["Subnet"][
            "SubnetId"
        ]
        for cidr in ("10.1.0.0/24", "10.1.1.0/24")
    )
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=public)
    for _ in range(2):
        ec2.create_network_interface(SubnetId=private)
    return vpc_id


def now(clients: Clients, memory: Memory | None = None) -> Estate:
    return read(clients, ACCOUNT, REGION, memory or Memory(), NOW)


def placed(clients: Clients, vpc_id: str, suffix: str = "", **told: Any) -> tuple[str, ...]:
    """A canary in the VPC, where the command would put it; the subnets that it stands in."""
    standing = choose(clients.ec2, vpc_id)
    name = f"gatewatch-canary-{vpc_id}{suffix}"
    values = {
        "SubnetIds": ",".join(standing.subnet_ids),
        "Zones": ",".join(standing.zones),
        "NotRepresentative": standing.not_representative,
        "Release": MEMBER.release,
        "CanaryRoleArn": MEMBER.canary_role_arn,
        "CanaryLayerArn": MEMBER.canary_layer_arn,
        "ProbingLayerArn": MEMBER.probing_layer_arn,
    }
    clients.cloudformation.stacks[name] = {
        "StackName": name,
        "StackId": f"id-of-{name}",
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": datetime.fromtimestamp(NOW - 86400, UTC),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in values.items()
        ],
        "Outputs": [{"OutputKey": "SecurityGroupId", "OutputValue": "sg-1"}],
        "Tags": [{"Key": "gatewatch:placed-by", "Value": "placer"}],
        **told,
    }
    configuration = {"VpcConfig": {"SubnetIds": list(standing.subnet_ids)}, "State": "Active"}
    clients.functions.configurations[name] = configuration
    return standing.subnet_ids


def test_a_vpc_is_read_with_its_subnets_and_who_is_in_them(clients: Clients, vpc_id: str) -> None:
    (vpc,) = now(clients).vpcs
    private, public = sorted(vpc.subnets, key=lambda subnet: subnet.way_out, reverse=True)
    assert (vpc.vpc_id, vpc.name, vpc.owner) == (vpc_id, "payments", ACCOUNT)
    assert (private.way_out, public.way_out) == (WayOut.NONE, WayOut.INTERNET_GATEWAY)
    assert private.route_table != public.route_table
    assert private.network_acl.startswith("acl-")
    assert private.others == 2
    assert public.others == 0


def test_our_own_interface_is_never_use(clients: Clients, vpc_id: str) -> None:
    (subnet, *_) = choose(clients.ec2, vpc_id).subnet_ids
    text = f"AWS Lambda VPC ENI-gatewatch-canary-{vpc_id}-0a1b"
    clients.ec2.create_network_interface(SubnetId=subnet, Description=text)
    (vpc,) = now(clients).vpcs
    assert sum(one.others for one in vpc.subnets) == 2


def test_a_canary_is_read_as_its_stack_tells_it(clients: Clients, vpc_id: str) -> None:
    subnets = placed(clients, vpc_id)
    (stack,) = now(clients).stacks
    assert (stack.vpc_id, stack.canary, stack.subnets) == (vpc_id, "", subnets)
    assert (stack.since, stack.groups, stack.drift) == (NOW - 86400, ("sg-1",), "")
    assert not stack.by_hand
    assert stack.parameters["Release"] == MEMBER.release


def test_what_is_read_of_a_covered_vpc_is_kept(clients: Clients, vpc_id: str) -> None:
    placed(clients, vpc_id)
    (decision,) = plan(now(clients), TERMS, NOW)
    assert decision.act is Act.KEEP, decision


def test_a_further_canary_is_told_from_the_first(clients: Clients, vpc_id: str) -> None:
    placed(clients, vpc_id, "-3fa2b1")
    (stack,) = now(clients).stacks
    assert (stack.vpc_id, stack.canary) == (vpc_id, "3fa2b1")


def test_a_stack_that_says_nothing_of_the_placer_was_made_by_hand(
    clients: Clients, vpc_id: str
) -> None:
    placed(clients, vpc_id, Tags=[])
    assert now(clients).stacks[0].by_hand


@pytest.mark.parametrize(
    ("configuration", "drift"),
    [
        pytest.param(None, "is gone", id="gone"),
        pytest.param(
            {"State": "Failed", "StateReason": "ENILimitReached"}, "ENILimit", id="failed"
        ),
        pytest.param({"VpcConfig": {"SubnetIds": ["s-9"]}}, "other subnets", id="moved by others"),
    ],
)
def test_a_canary_that_is_not_as_its_stack_made_it_is_told(
    configuration: dict[str, Any] | None, drift: str, clients: Clients, vpc_id: str
) -> None:
    placed(clients, vpc_id)
    name = f"gatewatch-canary-{vpc_id}"
    del clients.functions.configurations[name]
    if configuration:
        clients.functions.configurations[name] = configuration
    assert drift in now(clients).stacks[0].drift


def test_why_a_stack_failed_is_read_of_its_events(clients: Clients, vpc_id: str) -> None:
    placed(clients, vpc_id, StackStatus="ROLLBACK_COMPLETE")
    clients.cloudformation.events = [
        {
            "LogicalResourceId": "Canary",
            "ResourceStatus": "CREATE_FAILED",
            "ResourceStatusReason": "no free address",
        }
    ]
    assert now(clients).stacks[0].why == "Canary: no free address"


def test_only_what_ec2_denies_to_exist_is_gone(clients: Clients, vpc_id: str) -> None:
    subnets = placed(clients, vpc_id)
    assert now(clients).gone == frozenset()
    for interface in clients.ec2.describe_network_interfaces()["NetworkInterfaces"]:
        clients.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    for subnet in subnets:
        clients.ec2.delete_subnet(SubnetId=subnet)
    assert now(clients).gone == set(subnets)
    blind = replace(clients, ec2=Denying(clients.ec2, "describe_subnets"))
    assert now(blind).gone == frozenset()


@pytest.mark.parametrize("part", DENIABLE)
def test_a_denied_call_is_told_and_withdraws_nothing(
    part: Part, clients: Clients, vpc_id: str
) -> None:
    placed(clients, vpc_id)
    operation = DENIABLE[part]
    denied = Clients(
        ec2=Denying(clients.ec2, operation),
        cloudformation=Denying(clients.cloudformation, operation),
        functions=Denying(clients.functions, operation),
    )
    seen = now(denied)
    assert seen.unreadable == {part: f"{operation} was refused: UnauthorizedOperation"}
    decisions = plan(seen, TERMS, NOW)
    assert {one.act for one in decisions} <= {Act.KEEP, Act.SKIP}
    if part is not Part.FUNCTIONS:
        assert all("not readable" in one.reason for one in decisions)


@pytest.mark.parametrize("part", DENIABLE)
def test_a_denied_call_places_nothing(part: Part, clients: Clients, vpc_id: str) -> None:
    operation = DENIABLE[part]
    denied = Clients(
        ec2=Denying(clients.ec2, operation),
        cloudformation=Denying(clients.cloudformation, operation),
        functions=Denying(clients.functions, operation),
    )
    acts = [one.act for one in plan(now(denied), TERMS, NOW)]
    free = {Part.VPCS: [], Part.FUNCTIONS: [Act.PLACE]}  # none is known of; none is there yet
    assert acts == free.get(part, [Act.SKIP])


def test_vpcs_of_the_first_run_are_old_and_those_of_a_later_one_new(
    clients: Clients, vpc_id: str
) -> None:
    first = now(clients)
    assert first_seen(first) == {vpc_id: 0.0}
    later = clients.ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    second = now(clients, Memory(seen=first_seen(first)))
    assert first_seen(second) == {vpc_id: 0.0, later: NOW}
