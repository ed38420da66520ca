"""What docs/install.md says that publishing needs, held by an emulator that enforces IAM: it is
enough, and each action of it is missed."""

import json
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest
import requests

from gatewatch.commands import publish
from gatewatch.failure import Failed
from gatewatch.preflight.actions import PUBLISH
from gatewatch.publishing.request import HubAt, Request
from lab.organisation import Organisation
from tests.publishing.standing import HUB_BUS, member

pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse .* moto:UserWarning")
ALWAYS = ("sts:GetCallerIdentity", "cloudformation:DescribeStacks")


LATER = (
    "cloudformation:DeleteStackInstances",
    "cloudformation:ListStackInstances",
    "cloudformation:ListStackSetOperations",
    "cloudformation:UpdateStackSet",
    "s3:GetBucketPolicy",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
)
"""Asked for where something is there already."""
UNENFORCED = (
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetObject",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPublicAccessBlock",
)
"""The emulator takes four of them for other actions; with GetObject CloudFormation reads the
template by the caller's right, and the emulator does not ask for it."""


@pytest.fixture
def publish_as(
    here: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """`publish_as(actions, later)`: by a user who may do these, and nothing else; `later` after
    an administrator has published, and with something to update and to remove."""

    def request(*units: str, **changed: object) -> Request:
        waves = (tuple(here.units[unit] for unit in units),)
        return Request(hub=HubAt(bus_arn=HUB_BUS), waves=waves, **changed)

    def run(actions: tuple[str, ...], later: bool) -> int:
        if later:
            publish.run(request("workloads", "sandbox"), yes=True, member=member(tmp_path))
        iam = boto3.client("iam")
        iam.create_user(UserName="publisher")
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        iam.put_user_policy(
            UserName="publisher",
            PolicyName="publishing",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )
        key = iam.create_access_key(UserName="publisher")["AccessKey"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        requests.post(f"{here.endpoint}/moto-api/reset-auth", data=b"0", timeout=30)
        asked = request("sandbox", remove=True)
        code = "second" if later else "first"
        try:
            return publish.run(asked, yes=True, member=member(tmp_path, code))
        finally:
            requests.post(f"{here.endpoint}/moto-api/reset-auth", data=b"inf", timeout=30)

    return run


@pytest.mark.parametrize("later", [False, True])
def test_it_is_enough(publish_as, later):
    assert publish_as((*ALWAYS, *PUBLISH), later) == 0


@pytest.mark.parametrize("action", [one for one in PUBLISH if one not in UNENFORCED])
def test_without_it_the_refusal_names_it(publish_as, action):
    with pytest.raises(Failed, match=action):
        publish_as((*ALWAYS, *(one for one in PUBLISH if one != action)), action in LATER)
