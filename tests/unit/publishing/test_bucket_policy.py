"""An artefact bucket's policy, and one that S3 gives back in another form."""

import json

import pytest

from gatewatch.publishing.bucket_policy import Readers, enough, policy

ORGANISATION = Readers(organization="o-abcde12345")
ACCOUNTS = Readers(accounts=("111122223333", "444455556666"))


def test_a_partition_of_its_own_has_its_own_arns():
    found = json.dumps(policy("code-cn-north-1", "aws-cn", ACCOUNTS))
    assert "arn:aws-cn:iam::111122223333:root" in found and "arn:aws:" not in found


@pytest.mark.parametrize("readers", [ORGANISATION, ACCOUNTS, Readers(accounts=("111122223333",))])
def test_what_s3_gives_back_in_another_order_is_the_same(readers):
    wanted = policy("code", "aws", readers)
    changed = json.loads(json.dumps(wanted))
    changed["Statement"].reverse()
    changed["Statement"][1]["Resource"].reverse()
    principal = changed["Statement"][0]["Principal"]
    if readers.accounts:
        principal["AWS"].reverse()
        if len(principal["AWS"]) == 1:
            principal["AWS"] = principal["AWS"][0]
    assert enough(changed, wanted, readers)


@pytest.mark.parametrize(
    "found",
    [
        {},
        policy("code", "aws", Readers(organization="o-other12345")),
        policy("code", "aws", ACCOUNTS),
    ],
)
def test_another_policy_is_not_enough(found):
    assert not enough(found, policy("code", "aws", ORGANISATION), ORGANISATION)


def test_for_no_reader_in_particular_nobody_is_shut_out():
    wanted = policy("code", "aws", Readers())
    assert enough(policy("code", "aws", ACCOUNTS), wanted, Readers())
    assert not enough({"Statement": []}, wanted, Readers())
