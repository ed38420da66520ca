"""What `gatewatch uninstall` does in which order, and what must go first."""

from dataclasses import replace

import pytest

from gatewatch.operating import removal
from gatewatch.operating.hub_table import Hub
from gatewatch.operating.members import Instance, Member
from gatewatch.operating.stands import Bucket, Stack, Standing
from gatewatch.publishing.plan import Instance as Target
from gatewatch.publishing.plan import Model, Present
from reasoning.placements import Placements, VpcPlaced
from tests.unit.cli.members_made import ACCOUNT, NOW, REGION, STANDS, a_digest, a_member, placed

FAR = "444455556666"
TEMPLATE = {"Parameters": {"Placement": {"Type": "String", "Default": "all"}}}
PRESENT = Present(
    template=TEMPLATE,
    parameters={},
    model=Model.SERVICE,
    auto_deployment=True,
    managed_execution=True,
    instances=frozenset({Target("ou-1", REGION), Target("ou-1", "eu-west-1")}),
)
HUB = Hub(stack="gatewatch", region=REGION, release="1", table="hub")
HUB_STACK = Stack(name="gatewatch", region=REGION, parameters={"Placement": "all"})
NESTED = Stack(name="gatewatch-Member-1", region=REGION, nested=True)
PLAIN = Stack(name="gatewatch-member", region=REGION, parameters={"Placement": "tagged"})


def far(*vpcs: VpcPlaced, mode: str = "all", at: float = NOW - 20) -> Member:
    """A member of another account, with these VPCs."""
    told = Placements(account=FAR, region=REGION, taken_at=NOW - 60, mode=mode, vpcs=vpcs)
    digest = a_digest(account=FAR, at=at)
    return Member(account=FAR, region=REGION, digest=digest, placements=told)


INSTANCE = Instance(account=FAR, region=REGION)


def stands(**fields) -> Standing:
    values = {"account": ACCOUNT, "region": REGION, "now_at": NOW, "stack_set_name": "members"}
    return Standing(**{**values, **fields})


WHOLE = stands(
    stack_set=PRESENT,
    instances=(INSTANCE,),
    hub=HUB,
    hub_stack=HUB_STACK,
    members=(far(STANDS), a_member(placements=placed(STANDS, mode="all"))),
    members_here=(NESTED,),
)
WITHDRAWN = replace(PRESENT, parameters={"Placement": "none"})


CASES = [
    ("nothing", stands(), []),
    (
        "an organisation",
        WHOLE,
        [
            "no placement: StackSet members: Placement=none: placers withdraw canaries",
            "no placement: stack gatewatch (us-east-1): Placement=none: placers withdraw canaries",
            "interfaces: wait for 2 canaries to go: AWS takes 20 to 45 minutes",
            "members: StackSet members: delete the members of ou-1 in eu-west-1, us-east-1",
            "StackSet: delete the StackSet members",
            "hub: delete the hub's stack gatewatch in us-east-1, with the member nested in it",
        ],
    ),
    (
        "cut short while canaries leave",
        stands(
            stack_set=WITHDRAWN,
            instances=(INSTANCE,),
            members=(far(replace(STANDS, act="withdraw"), mode="none"),),
        ),
        [
            "interfaces: wait for 1 canary to go: AWS takes 20 to 45 minutes",
            "members: StackSet members: delete the members of ou-1 in eu-west-1, us-east-1",
            "StackSet: delete the StackSet members",
        ],
    ),
    (
        "cut short before the StackSet went",
        stands(stack_set=replace(WITHDRAWN, instances=frozenset())),
        ["StackSet: delete the StackSet members"],
    ),
    (
        "a canary that was placed by hand",
        stands(
            stack_set=WITHDRAWN,
            instances=(INSTANCE,),
            members=(far(STANDS, mode="none"),),
        ),
        [
            "members: StackSet members: delete the members of ou-1 in eu-west-1, us-east-1",
            "StackSet: delete the StackSet members",
        ],
    ),
    (
        "a member that could not be told",
        stands(
            stack_set=WITHDRAWN,
            instances=(replace(INSTANCE, state="OUTDATED"),),
            members=(far(STANDS),),
        ),
        [
            "members: StackSet members: delete the members of ou-1 in eu-west-1, us-east-1",
            "StackSet: delete the StackSet members",
        ],
    ),
    (
        "an account of its own",
        stands(members_here=(replace(PLAIN, interfaces=2),)),
        [
            "no placement: stack gatewatch-member (us-east-1): Placement=none: placers withdraw "
            "canaries",
            "interfaces: wait for 2 interfaces to go: AWS takes 20 to 45 minutes",
            "member: delete the member's stack gatewatch-member in us-east-1",
        ],
    ),
    (
        "an account of a StackSet kept elsewhere",
        stands(members_here=(replace(PLAIN, of_stack_set=True),)),
        [],
    ),
    (
        "a release without a placer",
        stands(stack_set=replace(PRESENT, template={})),
        [
            "members: StackSet members: delete the members of ou-1 in eu-west-1, us-east-1",
            "StackSet: delete the StackSet members",
        ],
    ),
]


@pytest.mark.parametrize(
    ("standing", "told"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_the_steps_stand_in_the_order_in_which_aws_lets_go(
    standing: Standing, told: list[str]
) -> None:
    found = removal.steps(standing, keep_data=False)
    assert [f"{step.act}: {step.text}" for step in found] == told


def test_the_table_is_backed_up_just_before_the_hub_goes() -> None:
    found = [step.act for step in removal.steps(WHOLE, keep_data=True)]
    assert found[-2:] == ["backup", "hub"]


@pytest.mark.parametrize(
    ("member", "blocks"),
    [
        pytest.param(far(STANDS), True, id="a member of nobody's"),
        pytest.param(far(STANDS, at=NOW - 3600), False, id="one that is silent"),
        pytest.param(a_member(), False, id="one of this account"),
    ],
)
def test_the_hub_waits_for_members_that_others_must_take_away(member: Member, blocks: bool) -> None:
    standing = stands(hub=HUB, hub_stack=HUB_STACK, members=(member,), members_here=(NESTED,))
    assert bool(removal.blockers(standing)) is blocks
    assert removal.blockers(replace(standing, instances=(INSTANCE,))) == ()
    assert removal.blockers(replace(standing, hub=None)) == ()


def test_what_remains_is_said_before() -> None:
    bare = "\n".join(removal.remains(WHOLE, keep_data=False))
    theirs = Bucket(name="gw-us-east-1", region=REGION, ours=False)
    whole = replace(WHOLE, buckets=(theirs,), hub_buckets=("registry-1",))
    kept = "\n".join(removal.remains(whole, keep_data=True))
    assert "bucket registry-1, which the hub's stack retains" in kept
    assert "--keep-data" in bare
    assert "the backup of the hub's table" in kept
    assert "bucket gw-us-east-1" in kept
    assert "buckets" not in [step.act for step in removal.steps(whole, keep_data=False)]
    here = stands(members_here=(replace(PLAIN, of_stack_set=True),))
    assert "uninstall where that StackSet is kept" in "\n".join(
        removal.remains(here, keep_data=False)
    )
