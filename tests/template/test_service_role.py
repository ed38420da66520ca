"""The role that CloudFormation makes, changes and removes canary stacks with."""

import pytest

from tests.template.documents import arn_of, as_list, load, statements

ROLE = load("member.yaml")["Resources"]["CanaryServiceRole"]["Properties"]
VPC = load("vpc.yaml")
ACTIONS = {a for s in statements(ROLE) for a in as_list(s["Action"])}

# What CloudFormation calls for each kind, as far as vpc.yaml uses it: `handlers` of the resource
# schemas (docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html).
HANDLERS = {
    "AWS::EC2::SecurityGroup": """ec2:AuthorizeSecurityGroupEgress ec2:CreateSecurityGroup
        ec2:CreateTags ec2:DeleteSecurityGroup ec2:DeleteTags ec2:DescribeInstances
        ec2:DescribeSecurityGroups ec2:RevokeSecurityGroupEgress""",
    "AWS::Lambda::Function": """ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups
        ec2:DescribeSubnets ec2:DescribeVpcs iam:PassRole lambda:CreateFunction
        lambda:DeleteFunction lambda:GetFunction lambda:GetFunctionCodeSigningConfig
        lambda:GetLayerVersion lambda:GetRuntimeManagementConfig lambda:ListTags
        lambda:TagResource lambda:UntagResource lambda:UpdateFunctionCode
        lambda:UpdateFunctionConfiguration""",
    "AWS::Logs::LogGroup": """logs:AssociateKmsKey logs:DisassociateKmsKey
        logs:CreateLogGroup logs:DeleteLogGroup logs:DescribeLogGroups
        logs:DeleteRetentionPolicy logs:GetDataProtectionPolicy logs:ListTagsForResource
        logs:PutRetentionPolicy logs:TagResource logs:UntagResource""",
    "AWS::SSM::Parameter": """ssm:AddTagsToResource ssm:DeleteParameter ssm:GetParameters
        ssm:PutParameter ssm:RemoveTagsFromResource""",
}


def test_the_service_role_serves_canary_stacks_alone():
    [trust] = ROLE["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "cloudformation.amazonaws.com"}
    source = trust["Condition"]["ArnLikeIfExists"]["aws:SourceArn"]["Fn::Sub"]
    assert ":stack/gatewatch-canary-*" in source
    assert not {"ArnLike", "StringEquals"} & set(trust["Condition"])
    passed = [s for s in statements(ROLE) if "iam:PassRole" in as_list(s["Action"])]
    assert [s["Resource"] for s in passed] == [arn_of("CanaryRole")]
    assert {a for a in ACTIONS if a.startswith("iam:")} == {"iam:PassRole"}


@pytest.mark.parametrize("kind", sorted({r["Type"] for r in VPC["Resources"].values()}))
def test_the_service_role_may_make_change_and_remove_every_resource_of_a_vpc(kind):
    assert set(HANDLERS[kind].split()) <= ACTIONS


def test_the_service_role_may_list_log_groups_which_is_asked_of_all_of_them():
    [listing] = [s for s in statements(ROLE) if "logs:DescribeLogGroups" in as_list(s["Action"])]
    [resource] = as_list(listing["Resource"])
    assert resource["Fn::Sub"].endswith(":log-group:*")
