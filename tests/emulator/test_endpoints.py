"""Interface endpoints as EC2 answers them."""

import pytest
from botocore.exceptions import ClientError

from tests.emulator.process import REGION, Emulator, Network, make_network, until

EXECUTE_API = f"com.amazonaws.{REGION}.execute-api"


def endpoint(emulator: Emulator, network: Network, **more):
    ec2 = emulator.client("ec2")
    given = {"VpcEndpointType": "Interface", "SubnetIds": list(network.subnets), **more}
    answer = ec2.create_vpc_endpoint(VpcId=network.vpc, ServiceName=EXECUTE_API, **given)
    return answer["VpcEndpoint"]


def state_of(emulator: Emulator, vpce: str) -> str:
    found = emulator.client("ec2").describe_vpc_endpoints(
        Filters=[{"Name": "vpc-endpoint-id", "Values": [vpce]}]
    )["VpcEndpoints"]
    return found[0]["State"] if found else "gone"


def test_an_endpoint_is_pending_then_available(emulator, network):
    made = endpoint(emulator, network)
    assert made["State"] == "pending"
    until(lambda: state_of(emulator, made["VpcEndpointId"]) == "available")


def test_private_dns_is_on_when_the_caller_omits_it(emulator, network):
    made = endpoint(emulator, network)
    assert made["PrivateDnsEnabled"] is True
    names = [one["DnsName"] for one in made["DnsEntries"]]
    assert f"*.execute-api.{REGION}.amazonaws.com" in names
    assert "CreationTimestamp" in made


def test_interfaces_stand_in_the_subnets_with_the_default_group(emulator, network):
    ec2 = emulator.client("ec2")
    made = endpoint(emulator, network)
    vpce = made["VpcEndpointId"]
    found = ec2.describe_network_interfaces(
        Filters=[{"Name": "description", "Values": [f"VPC Endpoint Interface {vpce}"]}]
    )["NetworkInterfaces"]
    assert {one["SubnetId"] for one in found} == set(network.subnets)
    assert {one["PrivateIpAddress"][:7] for one in found} == {"10.0.0.", "10.0.1."}
    assert {one["InterfaceType"] for one in found} == {"vpc_endpoint"}
    groups = {group["GroupName"] for one in found for group in one["Groups"]}
    assert groups == {"default"}


@pytest.mark.parametrize(
    "name",
    ["vpc-id", "subnet-id", "private-ip-address", "addresses.private-ip-address",
     "network-interface-id", "interface-type", "status", "group-id", "vpc-endpoint-id"],
)  # fmt: skip
def test_every_interface_filter_selects_and_excludes(emulator, network, name):
    ec2 = emulator.client("ec2")
    made = endpoint(emulator, network)
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])
    eni = found["NetworkInterfaces"][0]
    value = {
        "vpc-id": eni["VpcId"],
        "subnet-id": eni["SubnetId"],
        "private-ip-address": eni["PrivateIpAddress"],
        "addresses.private-ip-address": eni["PrivateIpAddress"],
        "network-interface-id": eni["NetworkInterfaceId"],
        "interface-type": "vpc_endpoint",
        "status": "in-use",
        "group-id": eni["Groups"][0]["GroupId"],
        "vpc-endpoint-id": made["VpcEndpointId"],
    }[name]

    def selected(wanted: str) -> list[str]:
        answer = ec2.describe_network_interfaces(Filters=[{"Name": name, "Values": [wanted]}])
        return [one["NetworkInterfaceId"] for one in answer["NetworkInterfaces"]]

    assert eni["NetworkInterfaceId"] in selected(value)
    assert selected("nothing-like-it") == []


def test_a_second_private_dns_owner_is_refused(emulator, network):
    endpoint(emulator, network)
    with pytest.raises(ClientError, match="conflicting DNS domain for"):
        endpoint(emulator, network)
    assert endpoint(emulator, network, PrivateDnsEnabled=False)["PrivateDnsEnabled"] is False


def test_private_dns_needs_the_dns_attributes_of_the_vpc(emulator):
    with pytest.raises(ClientError, match="enableDnsSupport and enableDnsHostnames"):
        endpoint(emulator, make_network(emulator, dns=False))


def test_modify_switches_private_dns_policy_subnets_and_groups(emulator, network):
    ec2 = emulator.client("ec2")
    vpce = endpoint(emulator, network, SubnetIds=[network.subnets[0]])["VpcEndpointId"]
    group = ec2.create_security_group(GroupName="own", Description="own", VpcId=network.vpc)
    ec2.modify_vpc_endpoint(
        VpcEndpointId=vpce,
        PrivateDnsEnabled=False,
        PolicyDocument='{"Statement": []}',
        AddSubnetIds=[network.subnets[1]],
        RemoveSubnetIds=[network.subnets[0]],
        AddSecurityGroupIds=[group["GroupId"]],
    )
    now = ec2.describe_vpc_endpoints(VpcEndpointIds=[vpce])["VpcEndpoints"][0]
    assert now["PrivateDnsEnabled"] is False
    assert now["PolicyDocument"] == '{"Statement": []}'
    assert now["SubnetIds"] == [network.subnets[1]]
    assert group["GroupId"] in {one["GroupId"] for one in now["Groups"]}
    assert len(now["NetworkInterfaceIds"]) == 1


def test_delete_goes_through_deleting_and_names_what_it_could_not(emulator, network):
    ec2 = emulator.client("ec2")
    vpce = endpoint(emulator, network)["VpcEndpointId"]
    answer = ec2.delete_vpc_endpoints(VpcEndpointIds=[vpce, "vpce-00000000000000000"])
    assert [one["ResourceId"] for one in answer["Unsuccessful"]] == ["vpce-00000000000000000"]
    assert state_of(emulator, vpce) == "deleting"
    until(lambda: state_of(emulator, vpce) == "gone")
    kept = emulator.lab("state")["vpcs"][network.vpc]["endpoints"][0]
    assert kept["deleted_at"] and len(kept["interfaces"]) == 2


def test_dry_run_makes_nothing(emulator, network):
    with pytest.raises(ClientError) as refused:
        endpoint(emulator, network, DryRun=True)
    assert refused.value.response["Error"]["Code"] == "DryRunOperation"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert emulator.lab("state")["vpcs"][network.vpc]["endpoints"] == []


def test_the_state_tells_way_out_groups_and_private_dns(emulator, network):
    ec2 = emulator.client("ec2")
    nat = ec2.create_nat_gateway(SubnetId=network.subnets[1])["NatGateway"]["NatGatewayId"]
    table = ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=network.subnets[0])
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    revision = emulator.lab("state")["revision"]
    vpce = endpoint(emulator, network)["VpcEndpointId"]
    told = emulator.lab(f"state?wait={revision}&seconds=5")
    vpc = told["vpcs"][network.vpc]
    assert told["revision"] > revision
    assert vpc["way_out"] == {network.subnets[0]: "nat", network.subnets[1]: "none"}
    assert [one["id"] for one in vpc["endpoints"]] == [vpce]
    assert vpc["endpoints"][0]["private_dns_changed_by"] == "create"
    with pytest.raises(ClientError, match="RouteAlreadyExists"):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    ec2.delete_nat_gateway(NatGatewayId=nat)
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert [one["State"] for one in routes] == ["active", "blackhole"]
    way_out = emulator.lab("state")["vpcs"][network.vpc]["way_out"]
    assert way_out[network.subnets[0]] == "none"
