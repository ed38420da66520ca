"""What a refusal is about: by the texts that CloudFormation passes on of Lambda, EC2 and IAM."""

import pytest

from placer.facts import RefusalKind
from placer.refusals import kind_of, refusal

SUBNET, POLICY, QUOTA, OTHER = RefusalKind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            'Canary: Resource handler returned message: "User: arn:aws:sts::1:assumed-role/x is '
            "not authorized to perform: lambda:CreateFunction with an explicit deny in a service "
            'control policy"',
            POLICY,
        ),
        ("Canary: AccessDeniedException", POLICY),
        ("CreateStack of x was refused: AccessDenied", POLICY),
        (
            "Canary: Lambda was not able to create an ENI in the VPC because subnet subnet-0a1 has "
            "no free IP addresses: SubnetOutOfIPAddresses",
            SUBNET,
        ),
        (
            "Canary: The provided subnet subnet-0a1 is in availability zone us-east-1e, which "
            "Lambda does not support",
            SUBNET,
        ),
        ("Canary: The subnet ID 'subnet-0a1' does not exist", SUBNET),
        ("Canary: ENILimitReachedException", QUOTA),
        ("SecurityGroup: The maximum number of security groups has been reached", QUOTA),
        ("Canary: Code storage limit exceeded: CodeStorageExceededException", QUOTA),
        ("Canary: not enough free addresses", SUBNET),
        ("LogGroup: something else", OTHER),
    ],
)
def test_a_refusal_is_told_by_its_text(text: str, kind: RefusalKind) -> None:
    assert kind_of(text) is kind


@pytest.mark.parametrize(
    ("text", "subnets"),
    [
        pytest.param("subnet subnet-b has no free address", ("subnet-b",), id="named"),
        pytest.param("not enough free addresses", ("subnet-a", "subnet-b"), id="not named"),
    ],
)
def test_the_subnets_that_are_named_are_avoided_or_all(text: str, subnets: tuple[str, ...]) -> None:
    one = refusal(text, "vpc-1", "", ("subnet-a", "subnet-b"), 5.0)
    assert (one.subnets, one.at, one.why) == (subnets, 5.0, text)
