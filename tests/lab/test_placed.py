"""What the step `placed` takes for placed, and whose placements it asks."""

import json

import pytest

from lab.looks import NotSeen
from lab.steps import placed
from tests.lab.worlds import live

MADE = {"function": "gatewatch-canary-vpc-0a", "state": "CREATE_COMPLETE", "release": "1.0"}
KEPT = {"vpc_id": "vpc-0a", "act": "keep", "reason": "as it shall be", "canaries": [MADE]}
LEFT = {"vpc_id": "vpc-0b", "act": "skip", "reason": "tagged gatewatch:place=no", "canaries": []}
OTHERS = {"vpc_id": "vpc-0a", "act": "skip", "reason": "shared by 111122223333", "canaries": []}


class Table:
    """The hub's table: placements of two members."""

    def __init__(self, held):
        self._held = held

    def get_item(self, Key, **more):
        vpcs = self._held.get(Key["pk"]["S"])
        return {"Item": {"body": {"S": json.dumps({"vpcs": vpcs})}}} if vpcs else {}


HELD = {
    "placements#111122223333#us-east-1": [KEPT],
    "placements#222233334444#us-east-1": [LEFT, OTHERS],
}


def run(vpcs, held=HELD):
    world = live({("dynamodb", "111122223333"): Table(held)})
    placed.run(world, {"vpcs": vpcs, "within_looks": 0})


@pytest.mark.parametrize(
    "wanted",
    [
        {"a": {"covered": True}},
        {"a": {"canaries": 1, "release": "1.0"}, "b": {"canaries": 0}},
        {"a": {"act": "keep"}, "b": {"covered": False, "act": "skip", "reason": "place=no"}},
        {"a@222233334444": {"act": "skip", "reason": "shared by"}},
    ],
)
def test_what_the_hub_holds_of_each_vpc_is_seen(wanted):
    run(wanted)


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        ({"a": {"covered": False}}, HELD),
        ({"b": {"covered": True}}, HELD),
        ({"a": {"act": "place"}}, HELD),
        ({"b": {"reason": "too few"}}, HELD),
        ({"a": {"canaries": 2}}, HELD),
        ({"a": {"release": "2.0"}}, HELD),
        ({"b": {"release": "1.0"}}, HELD),
        ({"a": {}, "b": {"act": "keep"}}, HELD),
        ({"a": {}}, {}),
        ({"a": {"covered": True}}, {"placements#111122223333#us-east-1": [
            KEPT | {"canaries": [MADE | {"state": "CREATE_IN_PROGRESS"}]}
        ]}),
    ],
)  # fmt: skip
def test_anything_else_is_told_with_what_there_is(wanted, held):
    with pytest.raises(NotSeen, match="placements"):
        run(wanted, held)
