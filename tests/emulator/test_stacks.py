"""CloudFormation and Lambda: VPC configuration, interfaces of functions, deletions that wait."""

import io
import json
import zipfile

import pytest
from botocore.exceptions import ClientError

from tests.emulator.deploying import TRUST, deploy, parameters, status
from tests.emulator.process import ACCOUNT, REGION, make_network, until

FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "ReservedConcurrentExecutions": 2,
        "Code": {"ZipFile": "def handler(event, context): return event"},
        "VpcConfig": {
            "SubnetIds": [{"Ref": "Subnet"}],
            "SecurityGroupIds": [{"Ref": "Group"}],
        },
    },
}


def vpc_template(name: str) -> str:
    function = json.loads(json.dumps(FUNCTION))
    function["Properties"]["FunctionName"] = name
    return json.dumps(
        {
            "Parameters": {"Vpc": {"Type": "String"}, "Subnet": {"Type": "String"}},
            "Resources": {
                "Role": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {"AssumeRolePolicyDocument": TRUST},
                },
                "Group": {
                    "Type": "AWS::EC2::SecurityGroup",
                    "Properties": {"GroupDescription": "canary", "VpcId": {"Ref": "Vpc"}},
                },
                "Function": function,
            },
            "Outputs": {"Group": {"Value": {"Ref": "Group"}}},
        }
    )


def function_interfaces(emulator, vpc: str) -> list[dict]:
    return emulator.lab("state")["vpcs"][vpc]["function_interfaces"]


def test_a_stacks_function_keeps_its_vpc_and_has_an_interface(emulator, network):
    deploy(emulator, "vpc-kept", vpc_template("kept"), Vpc=network.vpc, Subnet=network.subnets[0])
    config = emulator.client("lambda").get_function_configuration(FunctionName="kept")
    assert config["VpcConfig"]["VpcId"] == network.vpc
    assert config["VpcConfig"]["SubnetIds"] == [network.subnets[0]]
    concurrency = emulator.client("lambda").get_function_concurrency(FunctionName="kept")
    assert concurrency["ReservedConcurrentExecutions"] == 2
    (interface,) = function_interfaces(emulator, network.vpc)
    assert interface["address"].startswith("10.0.0.")
    assert interface["function"] == "kept"
    found = emulator.client("ec2").describe_network_interfaces(
        Filters=[{"Name": "description", "Values": ["AWS Lambda VPC ENI-kept-*"]}]
    )["NetworkInterfaces"]
    assert found[0]["InterfaceType"] == "lambda"


def test_a_stack_update_moves_the_function(emulator, network):
    given = {"Vpc": network.vpc, "Subnet": network.subnets[0]}
    deploy(emulator, "vpc-moved", vpc_template("moved"), **given)
    cfn = emulator.client("cloudformation")
    cfn.update_stack(
        StackName="vpc-moved", UsePreviousTemplate=True, Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=parameters(Vpc=network.vpc, Subnet=network.subnets[1]),
    )  # fmt: skip
    until(lambda: status(cfn, "vpc-moved") == "UPDATE_COMPLETE")
    config = emulator.client("lambda").get_function_configuration(FunctionName="moved")
    assert config["VpcConfig"]["SubnetIds"] == [network.subnets[1]]
    subnets = {one["subnet"] for one in function_interfaces(emulator, network.vpc)}
    assert subnets == set(network.subnets)
    until(lambda: len(function_interfaces(emulator, network.vpc)) == 1)


def test_nothing_of_the_vpc_goes_while_the_interface_stands(emulator, network):
    ec2 = emulator.client("ec2")
    given = {"Vpc": network.vpc, "Subnet": network.subnets[0]}
    group = deploy(emulator, "vpc-held", vpc_template("held"), **given)["Group"]
    for call, given in (
        (ec2.delete_subnet, {"SubnetId": network.subnets[0]}),
        (ec2.delete_security_group, {"GroupId": group}),
        (ec2.delete_vpc, {"VpcId": network.vpc}),
    ):
        with pytest.raises(ClientError) as refused:
            call(**given)
        assert refused.value.response["Error"]["Code"] == "DependencyViolation"
    cfn = emulator.client("cloudformation")
    cfn.delete_stack(StackName="vpc-held")
    assert status(cfn, "vpc-held") == "DELETE_IN_PROGRESS"
    until(lambda: len(function_interfaces(emulator, network.vpc)) == 1)
    until(lambda: status(cfn, "vpc-held") == "DELETE_COMPLETE")
    assert function_interfaces(emulator, network.vpc) == []
    for subnet in network.subnets:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=network.vpc)


def test_a_function_made_by_the_api_has_an_interface_too(emulator, network):
    role = emulator.client("iam").create_role(
        RoleName="by-api", AssumeRolePolicyDocument=json.dumps(TRUST)
    )["Role"]["Arn"]
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): return event")
    functions = emulator.client("lambda")
    group = emulator.client("ec2").describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [network.vpc]}]
    )["SecurityGroups"][0]["GroupId"]
    functions.create_function(
        FunctionName="by-api", Runtime="python3.13", Role=role, Handler="index.handler",
        Code={"ZipFile": data.getvalue()},
        VpcConfig={"SubnetIds": list(network.subnets), "SecurityGroupIds": [group]},
    )  # fmt: skip
    assert len(function_interfaces(emulator, network.vpc)) == 2
    functions.delete_function(FunctionName="by-api")
    assert len(function_interfaces(emulator, network.vpc)) == 2
    until(lambda: function_interfaces(emulator, network.vpc) == [])


def test_an_endpoint_of_a_stack_is_one_of_ec2s(emulator):
    network = make_network(emulator)
    template = {
        "Resources": {
            "Door": {
                "Type": "AWS::EC2::VPCEndpoint",
                "Properties": {
                    "VpcId": network.vpc, "VpcEndpointType": "Interface",
                    "ServiceName": f"com.amazonaws.{REGION}.execute-api",
                    "SubnetIds": list(network.subnets), "PrivateDnsEnabled": True,
                },
            }
        }
    }  # fmt: skip
    deploy(emulator, "door", json.dumps(template))
    (endpoint,) = emulator.lab("state")["vpcs"][network.vpc]["endpoints"]
    assert endpoint["private_dns"] is True
    assert len(endpoint["interfaces"]) == 2
    told = emulator.records("CreateVpcEndpoint")[-1]["detail"]
    assert told["requestParameters"]["CreateVpcEndpointRequest"]["PrivateDnsEnabled"] is True
    answer = told["responseElements"]["CreateVpcEndpointResponse"]["vpcEndpoint"]
    assert answer["vpcEndpointId"] == endpoint["id"]
    assert told["userIdentity"]["invokedBy"] == "cloudformation.amazonaws.com"


def test_what_a_service_role_makes_is_told_as_that_roles(emulator, network):
    role = f"arn:aws:iam::{ACCOUNT}:role/canary-service"
    emulator.client("iam").create_role(
        RoleName="canary-service", AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    group = {"GroupDescription": "g", "VpcId": network.vpc}
    resource = {"Type": "AWS::EC2::SecurityGroup", "Properties": group}
    cfn = emulator.client("cloudformation")
    template = json.dumps({"Resources": {"Group": resource}})
    cfn.create_stack(StackName="by-role", TemplateBody=template, RoleARN=role)
    until(lambda: status(cfn, "by-role") == "CREATE_COMPLETE")
    who = emulator.records("CreateSecurityGroup")[-1]["detail"]["userIdentity"]
    assert who["arn"].endswith(":assumed-role/canary-service/AWSCloudFormation")
    assert who["invokedBy"] == "cloudformation.amazonaws.com"
