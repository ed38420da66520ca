"""What members and the hub say to each other: read back as written, refused where it lies."""

from typing import Any

import pytest

from probing.wire import WireError
from reasoning.change import Actor, Change, Tool
from reasoning.placements import CanaryPlaced, Left, Placements, VpcPlaced
from reasoning.transition import Digest, MemberProblem
from reasoning.wire import CHANGE, DIGEST, LEFT, PLACEMENTS, PROBLEM, Envelope, read, write

ACCOUNT, REGION = "123456789012", "us-east-1"
MADE = Change(
    id="5f0c",
    kind="vpc_endpoint_created",
    event_name="CreateVpcEndpoint",
    event_source="ec2.amazonaws.com",
    at=1_790_000_000.0,
    account=ACCOUNT,
    region=REGION,
    resource_ids=("vpce-0abc",),
    scope={"vpc_id": "vpc-0a1", "names": ["*.execute-api.us-east-1.amazonaws.com"]},
    actor=Actor(name="netadmin@example.com", type="sso"),
    tool=Tool(name="Terraform"),
)
PLACED = Placements(
    account=ACCOUNT,
    region=REGION,
    taken_at=1.0,
    release="1.2.3",
    mode="all",
    vpcs=(
        VpcPlaced(
            vpc_id="vpc-0a1",
            label="payments-prod",
            act="keep",
            reason="stands as it should",
            canaries=(
                CanaryPlaced(
                    function="gatewatch-canary-vpc-0a1",
                    subnets=("subnet-1",),
                    release="1.2.3",
                    state="UPDATE_COMPLETE",
                ),
            ),
            unseen=("rtb-1/acl-2",),
        ),
        VpcPlaced(vpc_id="vpc-0b2", act="skip", reason="tagged gatewatch:place=no"),
    ),
)


def sent(detail_type: str, *records: Any, account: str = ACCOUNT) -> dict[str, Any]:
    """An event as the hub's queue holds it; EventBridge sets the envelope's `account`."""
    detail = write(detail_type, records, account=ACCOUNT, region=REGION, sent_at=1.0)
    return {"detail-type": detail_type, "account": account, "detail": detail}


@pytest.mark.parametrize(
    ("detail_type", "record"),
    [
        (CHANGE, MADE),
        (DIGEST, Digest(account=ACCOUNT, region=REGION, at=1.0, looked={"vpc-0a1": 1.0})),
        (PROBLEM, MemberProblem(key="no_trail", what="no trail", mend="make one", at=1.0)),
        (PLACEMENTS, PLACED),
        (LEFT, Left(account=ACCOUNT, region=REGION, at=1.0)),
    ],
)
def test_what_is_written_is_read_back(detail_type: str, record: Any) -> None:
    assert read(sent(detail_type, record)) == Envelope(
        detail_type=detail_type, account=ACCOUNT, region=REGION, sent_at=1.0, records=(record,)
    )


def test_a_member_that_speaks_for_another_account_is_refused() -> None:
    with pytest.raises(WireError, match="refused"):
        read(sent(CHANGE, MADE, account="999999999999"))


def test_a_version_that_we_do_not_read_is_refused() -> None:
    event = sent(CHANGE, MADE)
    event["detail"]["version"] = 99
    with pytest.raises(WireError, match="99"):
        read(event)


def test_a_kind_of_message_that_we_do_not_know_is_refused() -> None:
    with pytest.raises(WireError, match="Gossip"):
        read(sent(CHANGE, MADE) | {"detail-type": "Gossip"})


def test_keys_of_a_later_release_are_ignored() -> None:
    event = sent(CHANGE, MADE)
    event["detail"]["hint"] = "later"
    event["detail"]["body"][0]["mood"] = "later"
    assert read(event).records == (MADE,)
