import pytest

from reasoning.actors import actor_of
from reasoning.cloudtrail import read_record
from tests.unit.reasoning.changes.cloudtrail_records import ACCOUNT, a_record, assumed

SSO = "AWSReservedSSO_NetworkAdministrator_3f1c2d4e5a6b7c8d"
CLOUDFORMATION = {"invokedBy": "cloudformation.amazonaws.com"}


def actor(identity, **changed):
    return actor_of(read_record(a_record(userIdentity=identity, **changed)))


@pytest.mark.parametrize(
    ("identity", "name", "kind"),
    [
        (assumed(SSO, "netadmin@example.com"), "netadmin@example.com", "sso"),
        (assumed("deploy", "alice"), "deploy/alice", "role"),
        (assumed("deploy", "i-0a1b2c3d4e5f60718"), "deploy/i-0a1b2c3d4e5f60718", "role"),
        (assumed("deploy", "GitHubActions"), "GitHub Actions job deploy/GitHubActions", "role"),
        (assumed("deploy", "gitlab-42-1"), "GitLab CI job deploy/gitlab-42-1", "role"),
        (assumed("d", "AWSCodeBuild-0c1d"), "CodeBuild job d/AWSCodeBuild-0c1d", "role"),
        (assumed("d", "1732183371", invokedBy="codepipeline.amazonaws.com"),
         "CodePipeline job d/1732183371", "role"),
        (assumed("d", "jenkins-network-42"), "Jenkins job d/jenkins-network-42", "role"),
        (assumed("d", "s", sessionContext={"sessionIssuer": {"userName": "d"},
                                           "sourceIdentity": "alice"}), "alice (as d/s)", "role"),
        ({"type": "AssumedRole", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/bob"},
         "ops/bob", "role"),
        ({"type": "IAMUser", "userName": "operator", "accountId": ACCOUNT}, "operator", "user"),
        ({"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/it/operator"},
         "operator", "user"),
        ({"type": "Root", "accountId": ACCOUNT}, "account root", "root"),
        ({"type": "Root", "userName": "example-prod"}, "account root (example-prod)", "root"),
        ({"type": "FederatedUser", "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/carol",
          "sessionContext": {"sessionIssuer": {"type": "IAMUser", "userName": "broker"}}},
         "carol (federated by broker)", "user"),
        ({"type": "IdentityCenterUser", "onBehalfOf": {"userId": "94482488-3041"}},
         "Identity Center user 94482488-3041", "sso"),
        ({"type": "SAMLUser", "userName": "dave@example.com"}, "dave@example.com", "user"),
        ({"type": "WebIdentityUser", "principalId": "accounts.google.com:a:b"},
         "accounts.google.com:a:b", "user"),
        ({"type": "AWSService", "invokedBy": "ram.amazonaws.com"}, "ram.amazonaws.com", "service"),
        ({"type": "AWSAccount", "accountId": 22223333, "principalId": "AIDAEXAMPLE"},
         "account 000022223333 (principal AIDAEXAMPLE)", "account"),
        ({"type": "Directory", "principalId": "d-1234567890"}, "d-1234567890", "unknown"),
        ({"type": "Unknown", "accountId": ACCOUNT}, f"somebody of account {ACCOUNT}", "unknown"),
        ({}, "an actor that is not named", "unknown"),
        (None, "an actor that is not named", "unknown"),
        ({"type": "AssumedRole"}, "an actor that is not named", "unknown"),
        ('{"type": "IAMUser", "userName": "operator"}', "operator", "user"),
    ],
)  # fmt: skip
def test_an_actor_is_named_as_a_person_would(identity, name, kind):
    told = actor(identity)
    assert (told.name, told.type) == (name, kind)


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        (assumed(SSO, "netadmin@example.com", **CLOUDFORMATION),
         "CloudFormation stack payments, run by netadmin@example.com"),
        (assumed("deploy", "GitHubActions", **CLOUDFORMATION),
         "CloudFormation stack payments, run by GitHub Actions job deploy/GitHubActions"),
        (assumed("cfn-service", "AWSCloudFormation", **CLOUDFORMATION),
         "CloudFormation stack payments with role cfn-service"),
        (assumed("stacksets-exec-0a1b2c3d", "AWSCloudFormation", **CLOUDFORMATION),
         "CloudFormation StackSet instance payments with role stacksets-exec-0a1b2c3d"),
        ({"type": "IAMUser", "userName": "operator", **CLOUDFORMATION},
         "CloudFormation stack payments, run by operator"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("many", [False, True])
def test_a_stack_is_named_with_who_ran_it(identity, name, many):
    tag = {"tag": 1, "Key": "aws:cloudformation:stack-name", "Value": "payments"}
    tags = [{"tag": 2, "Key": "team", "Value": "x"}, tag] if many else tag
    request = {"TagSpecification": {"tag": 1, "ResourceType": "vpc-endpoint", "Tag": tags}}
    told = actor(identity, requestParameters={"CreateVpcEndpointRequest": request})
    assert (told.name, told.type) == (name, "stack")


def test_role_session_and_account_are_kept_beside_the_name():
    told = actor(assumed(SSO, "netadmin@example.com"))
    assert (told.role, told.session, told.account) == (SSO, "netadmin@example.com", ACCOUNT)
