import pytest

from reasoning.cloudtrail import read_record
from reasoning.toolmarks import tool_of
from tests.unit.reasoning.changes.cloudtrail_records import a_record, assumed

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
TERRAFORM = (
    "[APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) "
    "terraform-provider-aws/5.70.0 aws-sdk-go-v2/1.32.2 api/ec2#1.185.0]"
)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (TERRAFORM, "Terraform"),
        ("APN/1.0 Pulumi/1.0 PulumiAWS/6.0 terraform-provider-aws aws-sdk-go-v2/1", "Pulumi"),
        ("APN/1.0 OpenTofu/1.8.2 terraform-provider-aws/5.70.0", "OpenTofu"),
        ("aws-cli/2.18.10 md/command#ec2.create-vpc-endpoint", "AWS CLI"),
        ("aws-cli/1.29.0 Python/3.9 Botocore/1.31", "AWS CLI"),
        ("Boto3/1.35.50 md/Botocore#1.35.50", "AWS SDK for Python"),
        ("aws-sdk-go-v2/1.32.2 os/linux", "AWS SDK for Go"),
        ("aws-sdk-java/2.28.1", "AWS SDK for Java"),
        ("aws-sdk-js/3.670.0 ua/2.1", "AWS SDK for JavaScript"),
        ("APN/1.0 Ansible/2.17 Boto3/1.35", "Ansible"),
        ("aws-cdk/2.160.0", "AWS CDK"),
        (BROWSER, "console"),
        ("console.amazonaws.com", "console"),
        ("AWS Internal", "console"),
        ("ram.amazonaws.com", "ram.amazonaws.com"),
        ("somebody's script", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_tool_is_known_by_its_user_agent(agent, name):
    assert tool_of(read_record(a_record(userAgent=agent))).name == name


@pytest.mark.parametrize("flag", [True, "true"])
def test_a_session_of_the_console_is_the_console(flag):
    record = a_record(userAgent="", sessionCredentialFromConsole=flag)
    assert tool_of(read_record(record)).name == "console"


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("AWSReservedSSO_Admin_0a1b", "CloudFormation"),
        ("cdk-hnb659fds-cfn-exec-role-111122223333-us-east-1", "AWS CDK"),
        ("AWSCloudFormationStackSetExecutionRole", "CloudFormation StackSets"),
        ("stacksets-exec-0a1b2c3d", "CloudFormation StackSets"),
    ],
)
def test_what_stands_behind_cloudformation_is_known_by_the_role(role, name):
    record = a_record(
        userIdentity=assumed(role, "AWSCloudFormation", invokedBy="cloudformation.amazonaws.com"),
        userAgent="cloudformation.amazonaws.com",
    )
    assert tool_of(read_record(record)).name == name


def test_a_service_that_called_for_somebody_is_the_tool():
    record = a_record(
        userIdentity=assumed("a", "b", invokedBy="ram.amazonaws.com"), userAgent="AWS Internal"
    )
    assert tool_of(read_record(record)).name == "ram.amazonaws.com"
