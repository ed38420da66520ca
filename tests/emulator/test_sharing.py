"""VPCs that another account sees, and how many addresses their subnets have left."""

import pytest
from botocore.exceptions import ClientError

from tests.emulator.process import ACCOUNT, OTHER, make_network


@pytest.fixture
def shared(emulator, network):
    emulator.lab("vpcs", {"vpc": network.vpc, "shared_with": [OTHER]})
    return network


def only(network):
    return [{"Name": "vpc-id", "Values": [network.vpc]}]


def test_a_participant_sees_the_owners_vpc_and_subnets_and_not_its_tags(emulator, network):
    owner, participant = emulator.client("ec2"), emulator.client("ec2", OTHER)
    owner.create_tags(Resources=[network.vpc], Tags=[{"Key": "gatewatch:place", "Value": "no"}])
    assert participant.describe_vpcs(Filters=only(network))["Vpcs"] == []
    emulator.lab("vpcs", {"vpc": network.vpc, "shared_with": [OTHER]})
    (vpc,) = participant.describe_vpcs(Filters=only(network))["Vpcs"]
    subnets = participant.describe_subnets(Filters=only(network))["Subnets"]
    assert {vpc["OwnerId"], *(one["OwnerId"] for one in subnets)} == {ACCOUNT}
    assert {one["SubnetId"] for one in subnets} == set(network.subnets)
    assert vpc.get("Tags", []) == []
    (table,) = participant.describe_route_tables(Filters=only(network))["RouteTables"]
    assert table["OwnerId"] == ACCOUNT


def test_an_interface_of_a_participant_stands_in_the_owners_way(emulator, shared):
    owner, participant = emulator.client("ec2"), emulator.client("ec2", OTHER)
    group = participant.create_security_group(
        VpcId=shared.vpc, GroupName="theirs", Description="of the participant"
    )["GroupId"]
    made = participant.create_network_interface(SubnetId=shared.subnets[0], Groups=[group])
    eni = made["NetworkInterface"]["NetworkInterfaceId"]
    (seen,) = owner.describe_network_interfaces(Filters=only(shared))["NetworkInterfaces"]
    assert (seen["NetworkInterfaceId"], seen["OwnerId"]) == (eni, OTHER)
    with pytest.raises(ClientError, match="DependencyViolation"):
        owner.delete_subnet(SubnetId=shared.subnets[0])
    participant.delete_network_interface(NetworkInterfaceId=eni)
    owner.delete_subnet(SubnetId=shared.subnets[0])
    left = participant.describe_subnets(Filters=only(shared))["Subnets"]
    assert [one["SubnetId"] for one in left] == [shared.subnets[1]]


def test_a_participant_deletes_nothing_of_a_shared_vpc(emulator, shared):
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        emulator.client("ec2", OTHER).delete_subnet(SubnetId=shared.subnets[0])


def test_free_addresses_are_counted(emulator):
    network = make_network(emulator)
    ec2 = emulator.client("ec2")
    made = ec2.create_subnet(VpcId=network.vpc, CidrBlock="10.0.9.0/28")["Subnet"]
    assert made["AvailableIpAddressCount"] == 11
    for _ in range(4):
        ec2.create_network_interface(SubnetId=made["SubnetId"])
    (left,) = ec2.describe_subnets(SubnetIds=[made["SubnetId"]])["Subnets"]
    assert left["AvailableIpAddressCount"] == 7


def test_a_vpc_can_be_marked_as_the_default_one(emulator, network):
    emulator.lab("vpcs", {"vpc": network.vpc, "default": True})
    (vpc,) = emulator.client("ec2").describe_vpcs(VpcIds=[network.vpc])["Vpcs"]
    assert vpc["IsDefault"] is True
    assert network.vpc in emulator.lab("state")["vpcs"]
