"""What could not be read holds things as they are."""

from dataclasses import replace

import pytest

from placer.decision import Act, Mode
from placer.facts import TAG, Part
from placer.plan import plan
from tests.support.estates import (
    ACCOUNT,
    NOW,
    TERMS,
    estate,
    stack,
    subnet,
    vpc,
)

YES, NO = {TAG: "yes"}, {TAG: "no"}
S = subnet("s", workloads=3, others=3)


@pytest.mark.parametrize("part", [part for part in Part if part is not Part.FUNCTIONS])
@pytest.mark.parametrize("mode", [Mode.ALL, Mode.TAGGED])
@pytest.mark.parametrize("owner", [ACCOUNT, "999988887777"])
def test_missing_data_never_withdraws(part: Part, mode: Mode, owner: str) -> None:
    """A subnet's tag asks for this canary; what is not read is as AWS would leave it out."""
    vpcs = () if part is Part.VPCS else (vpc(owner=owner),)
    if part is not Part.SUBNETS and vpcs:
        vpcs = (vpc(replace(S, tags=YES), owner=owner),)
    stacks = () if part is Part.STACKS else (stack(S),)
    whole = estate(*vpcs, stacks=stacks, unreadable={part: "DescribeX was refused"})
    for decision in plan(whole, replace(TERMS, mode=mode), NOW):
        assert decision.act in (Act.KEEP, Act.SKIP)
        assert "DescribeX was refused" in decision.reason


@pytest.mark.parametrize(
    ("why", "todo"),
    [
        ("DescribeSubnets was refused: UnauthorizedOperation", "let the placer's role read them"),
        ("ListStacks was refused: AccessDenied", "let the placer's role read them"),
        ("DescribeSubnets was refused: RequestLimitExceeded", "asked again within five minutes"),
        ("Read timeout on endpoint URL", "asked again within five minutes"),
    ],
)
def test_what_to_do_about_what_was_not_read(why: str, todo: str) -> None:
    whole = estate(vpc(S), unreadable={Part.SUBNETS: why})
    (decision,) = plan(whole, TERMS, NOW)
    assert decision.reason.endswith(todo) and decision.problem
