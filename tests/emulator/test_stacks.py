"""CloudFormation and Lambda: VPC configuration, interfaces of functions, deletions that wait."""

import io
import json
import zipfile

import pytest
from botocore.exceptions import ClientError

from tests.emulator.process import ACCOUNT, OTHER, REGION, make_network, until

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
         "Action": "sts:AssumeRole"}
    ],
}  # fmt: skip
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


def parameters(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()]


def status(cfn, stack: str) -> str:
    try:
        return cfn.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError:
        return "DELETE_COMPLETE"


def deploy(
    emulator, stack: str, template: str, key: str = ACCOUNT, **values: str
) -> dict[str, str]:
    cfn = emulator.client("cloudformation", key)
    cfn.create_stack(
        StackName=stack, TemplateBody=template, Parameters=parameters(**values),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )  # fmt: skip
    until(lambda: status(cfn, stack) != "CREATE_IN_PROGRESS")
    assert status(cfn, stack) == "CREATE_COMPLETE", cfn.describe_stack_events(StackName=stack)
    outputs = cfn.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    return {one["OutputKey"]: one["OutputValue"] for one in outputs}


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


TYPES = {
    "Resources": {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "typed"}},
        "Admit": {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "StatementId": "members",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": OTHER},
                    "Action": "events:PutEvents",
                    "Resource": {"Fn::GetAtt": ["Bus", "Arn"]},
                    "Condition": {"StringEquals": {"events:source": "gatewatch"}},
                },
            },
        },
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "typed"}},
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "EventPattern": {"source": ["gatewatch"]},
                "Targets": [{"Id": "q", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}],
            },
        },
    }
}


def put(emulator, source: str, key: str = OTHER, region: str = REGION) -> dict:
    bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/typed"
    entry = {"Source": source, "DetailType": "Digest", "Detail": "{}", "EventBusName": bus}
    return emulator.client("events", key, region).put_events(Entries=[entry])


def received(emulator, queue: str) -> list[dict]:
    sqs = emulator.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(one["Body"]) for one in got]


def test_a_bus_admits_whom_its_policy_names(emulator):
    deploy(emulator, "types", json.dumps(TYPES))
    assert put(emulator, "gatewatch")["FailedEntryCount"] == 0
    (event,) = until(lambda: received(emulator, "typed"))
    assert (event["account"], event["source"]) == (OTHER, "gatewatch")
    with pytest.raises(ClientError) as refused:
        put(emulator, "forged")
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert put(emulator, "gatewatch", ACCOUNT, "eu-west-1")["FailedEntryCount"] == 0
    (event,) = until(lambda: received(emulator, "typed"))
    assert (event["account"], event["region"]) == (ACCOUNT, "eu-west-1")


def test_a_rule_forwards_to_the_bus_of_another_account(emulator):
    events = emulator.client("events", OTHER)
    bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/forwarded"
    hub = emulator.client("events")
    hub.create_event_bus(Name="forwarded")
    url = emulator.client("sqs").create_queue(QueueName="forwarded")["QueueUrl"]
    assert url
    hub.put_rule(Name="all", EventBusName="forwarded", EventPattern='{"source": ["app"]}')
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:forwarded"
    hub.put_targets(Rule="all", EventBusName="forwarded", Targets=[{"Id": "q", "Arn": queue}])
    events.put_rule(Name="up", EventPattern='{"source": ["app"]}')
    role = f"arn:aws:iam::{OTHER}:role/forwarder"
    events.put_targets(Rule="up", Targets=[{"Id": "b", "Arn": bus, "RoleArn": role}])
    entry = {"Source": "app", "DetailType": "x", "Detail": "{}"}
    events.put_events(Entries=[entry])
    assert received(emulator, "forwarded") == []
    hub.put_permission(EventBusName="forwarded", StatementId="m", Principal=OTHER,
                       Action="events:PutEvents")  # fmt: skip
    events.put_events(Entries=[entry])
    (event,) = until(lambda: received(emulator, "forwarded"))
    assert event["account"] == OTHER


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
