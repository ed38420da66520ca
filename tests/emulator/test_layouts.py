"""How CloudTrail's records of calls look: parameters, answers, errors, actors."""

import pytest
from botocore.exceptions import ClientError

from tests.emulator.process import REGION, Emulator

EXECUTE_API = f"com.amazonaws.{REGION}.execute-api"


def record(emulator: Emulator, event_name: str) -> dict:
    """The newest record of that name."""
    return emulator.records(event_name)[-1]["detail"]


def make_endpoint(ec2, network, **more):
    return ec2.create_vpc_endpoint(
        VpcId=network.vpc, ServiceName=EXECUTE_API, VpcEndpointType="Interface",
        SubnetIds=[network.subnets[0]], **more,
    )["VpcEndpoint"]["VpcEndpointId"]  # fmt: skip


def test_an_endpoints_creation_is_wrapped_and_names_the_sso_user(emulator, network):
    ec2 = emulator.as_actor("netadmin")("ec2")
    vpce = make_endpoint(ec2, network)
    told = record(emulator, "CreateVpcEndpoint")
    asked = told["requestParameters"]["CreateVpcEndpointRequest"]
    assert asked["VpcId"] == network.vpc
    assert asked["SubnetId"] == {"tag": 1, "content": network.subnets[0]}
    assert "PrivateDnsEnabled" not in asked
    answer = told["responseElements"]["CreateVpcEndpointResponse"]
    assert answer["vpcEndpoint"]["vpcEndpointId"] == vpce
    assert answer["vpcEndpoint"]["state"] == "pending"
    assert answer["vpcEndpoint"]["privateDnsEnabled"] is True
    assert answer["vpcEndpoint"]["routeTableIdSet"] == ""
    assert answer["vpcEndpoint"]["subnetIdSet"] == {"item": network.subnets[0]}
    who = told["userIdentity"]
    assert who["type"] == "AssumedRole"
    assert who["arn"].endswith("/netadmin@example.com")
    issuer = who["sessionContext"]["sessionIssuer"]["userName"]
    assert issuer.startswith("AWSReservedSSO_NetworkAdministrator_")
    assert "Terraform/" in told["userAgent"]
    assert told["sourceIPAddress"] == "198.51.100.7"


def test_modify_and_delete_of_an_endpoint_are_wrapped(emulator, network):
    ec2 = emulator.client("ec2")
    vpce = make_endpoint(ec2, network)
    ec2.modify_vpc_endpoint(VpcEndpointId=vpce, PrivateDnsEnabled=False)
    told = record(emulator, "ModifyVpcEndpoint")
    wanted = {"VpcEndpointId": vpce, "PrivateDnsEnabled": False}
    assert told["requestParameters"] == {"ModifyVpcEndpointRequest": wanted}
    assert told["responseElements"]["ModifyVpcEndpointResponse"]["return"] is True
    ec2.delete_vpc_endpoints(VpcEndpointIds=[vpce])
    told = record(emulator, "DeleteVpcEndpoints")
    asked = told["requestParameters"]["DeleteVpcEndpointsRequest"]
    assert asked == {"VpcEndpointId": {"tag": 1, "content": vpce}}
    assert told["responseElements"]["DeleteVpcEndpointsResponse"]["unsuccessful"] == ""


def test_old_actions_are_flat_with_items(emulator, network):
    ec2 = emulator.client("ec2")
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=network.vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
             "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
        ],
    )  # fmt: skip
    told = record(emulator, "AuthorizeSecurityGroupIngress")
    permission = told["requestParameters"]["ipPermissions"]["items"][0]
    assert told["requestParameters"]["groupId"] == group
    assert permission["fromPort"] == 443
    assert permission["ipRanges"] == {"items": [{"cidrIp": "10.0.0.0/8"}]}
    assert permission["groups"] == {}
    assert told["responseElements"]["_return"] is True
    ec2.create_tags(Resources=[group], Tags=[{"Key": "a", "Value": "b"}])
    told = record(emulator, "CreateTags")["requestParameters"]
    assert told["resourcesSet"] == {"items": [{"resourceId": group}]}
    assert told["tagSet"] == {"items": [{"key": "a", "value": "b"}]}
    ec2.modify_vpc_attribute(VpcId=network.vpc, EnableDnsSupport={"Value": False})
    told = record(emulator, "ModifyVpcAttribute")["requestParameters"]
    assert told == {"vpcId": network.vpc, "enableDnsSupport": {"value": False}}


def test_routes_gateways_and_acls_are_told(emulator, network):
    ec2 = emulator.client("ec2")
    table = ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"]
    assert record(emulator, "CreateRouteTable")["responseElements"]["routeTable"]["vpcId"] == (
        network.vpc
    )
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    assert record(emulator, "CreateRoute")["requestParameters"] == {
        "routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway,
    }  # fmt: skip
    nat = ec2.create_nat_gateway(SubnetId=network.subnets[0], ConnectivityType="private")
    ec2.delete_nat_gateway(NatGatewayId=nat["NatGateway"]["NatGatewayId"])
    told = record(emulator, "DeleteNatGateway")["requestParameters"]
    assert told["DeleteNatGatewayRequest"]["NatGatewayId"] == nat["NatGateway"]["NatGatewayId"]
    acl = ec2.create_network_acl(VpcId=network.vpc)["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=50, Protocol="6", RuleAction="deny", Egress=False,
        CidrBlock="0.0.0.0/0", PortRange={"From": 443, "To": 443},
    )  # fmt: skip
    told = record(emulator, "CreateNetworkAclEntry")["requestParameters"]
    assert told["portRange"] == {"from": 443, "to": 443}
    assert told["egress"] is False


def test_refused_calls_are_told_with_their_error(emulator, network):
    ec2 = emulator.client("ec2")
    with pytest.raises(ClientError):
        ec2.modify_vpc_endpoint(VpcEndpointId="vpce-00000000000000001", PrivateDnsEnabled=True)
    told = record(emulator, "ModifyVpcEndpoint")
    assert told["errorCode"] == "Client.InvalidVpcEndpointId.NotFound"
    assert told["responseElements"] is None
    with pytest.raises(ClientError):
        make_endpoint(ec2, network, DryRun=True)
    assert record(emulator, "CreateVpcEndpoint")["errorCode"] == "Client.DryRunOperation"


@pytest.mark.parametrize(
    ("service", "action", "given", "expected"),
    [
        ("s3", "create_bucket", {"Bucket": "decoy"}, {"bucketName": "decoy"}),
        ("sqs", "create_queue", {"QueueName": "decoy"}, {"queueName": "decoy"}),
        ("sns", "create_topic", {"Name": "decoy"}, {"name": "decoy"}),
        ("ssm", "put_parameter", {"Name": "/d", "Value": "x", "Type": "SecureString"},
         {"name": "/d", "type": "SecureString", "value": "HIDDEN_DUE_TO_SECURITY_REASONS"}),
        ("logs", "create_log_group", {"logGroupName": "decoy"}, {"logGroupName": "decoy"}),
        ("apigateway", "create_rest_api", {"name": "decoy"},
         {"createRestApiInput": {"name": "decoy"}}),
        ("route53", "create_hosted_zone", {"Name": "d.example", "CallerReference": "1",
         "VPC": {"VPCRegion": "us-east-1", "VPCId": "vpc-1"}},
         {"name": "d.example", "callerReference": "1",
          "vPC": {"vPCRegion": "us-east-1", "vPCId": "vpc-1"}}),
        ("elbv2", "create_target_group", {"Name": "decoy", "Protocol": "TCP", "Port": 443},
         {"name": "decoy", "protocol": "TCP", "port": 443}),
        ("cloudwatch", "put_dashboard", {"DashboardName": "d", "DashboardBody": "{}"},
         {"dashboardName": "d", "dashboardBody": "{}"}),
        ("iam", "create_user", {"UserName": "decoy"}, {"userName": "decoy"}),
    ],
)  # fmt: skip
def test_other_services_are_told_in_lower_camel_case(emulator, service, action, given, expected):
    client = emulator.client(service)
    getattr(client, action)(**given)
    name = client.meta.method_to_api_mapping[action]
    told = record(emulator, name)
    assert told["requestParameters"] == expected
    assert told["eventSource"].endswith(".amazonaws.com")
    assert "errorCode" not in told


def test_a_function_update_carries_the_api_date(emulator):
    with pytest.raises(ClientError):
        emulator.client("lambda").update_function_configuration(FunctionName="no", Timeout=3)
    told = record(emulator, "UpdateFunctionConfiguration20150331v2")
    assert told["requestParameters"] == {"functionName": "no", "timeout": 3}
    assert told["errorCode"] == "ResourceNotFoundException"


def test_pipelines_and_cloudformation_are_named(emulator):
    emulator.as_actor("deployer")("ec2").create_vpc(CidrBlock="10.6.0.0/16")
    told = record(emulator, "CreateVpc")
    assert told["userIdentity"]["arn"].endswith(":assumed-role/deploy-pipeline/run-4711")
    assert told["userIdentity"]["invokedBy"] == told["userAgent"] == "cloudformation.amazonaws.com"
    user = {"type": "user", "user": "alice", "role": None, "session": None, "tool": "console"}
    emulator.as_actor(user)("ec2").create_vpc(CidrBlock="10.5.0.0/16")
    told = record(emulator, "CreateVpc")
    assert (told["userIdentity"]["type"], told["userIdentity"]["userName"]) == ("IAMUser", "alice")
    assert told["sessionCredentialFromConsole"] == "true"
    emulator.client("ec2").create_vpc(CidrBlock="10.4.0.0/16")
    assert record(emulator, "CreateVpc")["userIdentity"]["type"] == "Root"
