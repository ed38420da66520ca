"""What is decided about a VPC, and the reason that its owner reads."""

import pytest

from placer.decision import Act
from placer.facts import TAG, Concurrency, Estate
from tests.support.estates import NOW, decided, estate, subnet, vpc

YES, NO = {TAG: "yes"}, {TAG: "no"}
S = subnet("subnet-1", workloads=3, others=3)


@pytest.mark.parametrize(
    ("whole", "act", "reason"),
    [
        pytest.param(estate(vpc(S)), Act.PLACE, "3 workload interfaces", id="a VPC"),
        pytest.param(estate(vpc(S, tags=NO)), Act.SKIP, "gatewatch:place=no", id="tagged no"),
        pytest.param(estate(vpc(S, tags={TAG: "x"})), Act.SKIP, "neither yes nor no", id="tag x"),
        pytest.param(estate(vpc(S, dedicated=True)), Act.SKIP, "dedicated", id="dedicated"),
        pytest.param(estate(vpc(S, since=NOW - 60)), Act.SKIP, "1 min old", id="young"),
        pytest.param(estate(vpc(S, since=NOW, tags=YES)), Act.PLACE, "", id="young, tagged yes"),
        pytest.param(estate(vpc()), Act.SKIP, "no subnet", id="no subnet"),
        pytest.param(
            estate(vpc(subnet("s", free=7))), Act.SKIP, "7 free addresses, 8", id="too full"
        ),
        pytest.param(
            estate(vpc(subnet("s"), is_default=True)), Act.SKIP, "nobody uses", id="default"
        ),
        pytest.param(estate(vpc(S, is_default=True)), Act.PLACE, "", id="default, used by others"),
        pytest.param(
            estate(vpc(subnet("s", ipv6_only=True))), Act.SKIP, "IPv6-only", id="IPv6-only"
        ),
        pytest.param(
            estate(vpc(S, owner="999988887777")), Act.SKIP, "shared by account 9999", id="shared"
        ),
        pytest.param(
            estate(vpc(S, owner="999988887777", tags=YES)), Act.PLACE, "", id="shared, tagged"
        ),
        pytest.param(
            estate(vpc(S, canaries_of=("9999",))), Act.SKIP, "9999 looks from", id="a participant's"
        ),
        pytest.param(
            estate(vpc(S), concurrency=Concurrency(limit=10, unreserved=7)),
            Act.SKIP,
            "7 unreserved concurrent executions",
            id="other functions would be throttled",
        ),
        pytest.param(
            estate(vpc(S), concurrency=Concurrency(limit=10, unreserved=10)),
            Act.PLACE,
            "",
            id="a fresh account",
        ),
    ],
)
def test_a_vpc_without_a_canary(whole: Estate, act: Act, reason: str) -> None:
    decision = decided(whole)
    assert decision.act is act, decision
    assert reason in decision.reason
