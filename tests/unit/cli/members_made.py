"""Members as the hub knows them, for tests of what is told of them."""

from gatewatch.operating.members import Member
from reasoning.placements import CanaryPlaced, Placements, VpcPlaced
from reasoning.transition import Digest
from tests.unit.cli.hub_made import REGION

ACCOUNT, NOW = "111122223333", 1_800_000_000.0
STANDS = VpcPlaced(
    vpc_id="vpc-0a1",
    label="payments-prod",
    act="keep",
    reason="stands as it should",
    canaries=(CanaryPlaced(function="gatewatch-canary-vpc-0a1", state="CREATE_COMPLETE"),),
    unseen=("rtb-9/acl-1",),
)
TAGGED = VpcPlaced(vpc_id="vpc-0b2", act="skip", reason="tagged gatewatch:place=no")
FULL = VpcPlaced(vpc_id="vpc-0c3", act="skip", reason="no room", problem="no free address")


def a_digest(**fields) -> Digest:
    values = {
        "account": ACCOUNT,
        "region": REGION,
        "at": NOW - 20,
        "looked": {"vpc-0a1": NOW - 30},
        "release": "1.4.0",
        **fields,
    }
    return Digest(**values)


def placed(*vpcs: VpcPlaced, **fields) -> Placements:
    return Placements(account=ACCOUNT, region=REGION, taken_at=NOW - 600, vpcs=vpcs, **fields)


def a_member(**fields) -> Member:
    values = {
        "account": ACCOUNT,
        "region": REGION,
        "digest": a_digest(),
        "placements": placed(STANDS),
        **fields,
    }
    return Member(**values)
