"""A failing pair that nobody looks at for a while, and that is looked at again: the hub closed its
incident meanwhile, so it must be told anew what still fails."""

import pytest

from checker import forgetting, pairs
from reasoning.wire import DIGEST
from tests.unit.checker.stubs import Sight
from tests.unit.checker.test_look import failing

PARAMETERS = {"deregistered": "/gatewatch/endpoints/orders", "unplaced": "/gatewatch/vantages/{}"}


@pytest.fixture(params=PARAMETERS)
def back(world, request):
    """Fails, is told as gone, and is there again."""
    failing(world)
    world.tick()
    name = PARAMETERS[request.param].format(world.vpc)
    world.clock.sleep_seconds(60)
    world.clients.ssm.delete_parameter(Name=name)
    world.tick()
    assert world.bus.bodies(DIGEST)[-1][0]["gone"] == [f"orders@{world.vpc}"]
    world.clock.sleep_seconds(360)
    world.register("orders")
    world.place(world.vpc)
    world.tick()
    return world


def test_what_fails_still_when_it_is_looked_at_again_is_told_again(back):
    gone_at = back.clock.now_at() - 360
    told = len(back.transitions())
    back.minute()
    assert len(back.transitions()) == told + 1
    last = back.bus.bodies("Gatewatch Transitions")[-1][-1]
    assert (last["before"], last["after"]) == ("good", "failing")
    assert last["seq"] > gone_at * 1000, "a late word of what was gone must not end it"
    assert last["last_good_at"] < last["first_bad_at"] < gone_at


def test_what_is_good_when_it_is_looked_at_again_is_no_news(back):
    told = len(back.transitions())
    back.sights.inside["orders"] = Sight()
    back.minute()
    back.minute()
    assert len(back.transitions()) == told
    assert back.last_look().pairs["orders"].health == "good"


def test_a_pair_that_a_look_writes_meanwhile_is_to_be_told_as_gone_once_more(world):
    failing(world)
    name, key = f"orders@{world.vpc}", pairs.key("orders", world.vpc)
    overtaken = Overtaken(world.table, key)
    now_at = world.clock.now_at()
    assert forgetting.forget(overtaken, [name, "other@vpc-0a1"], now_at) == (name,)
    assert world.pair("orders").state.health == "failing"
    assert forgetting.forget(world.table, [name], now_at) == ()
    assert world.pair("orders").state.health == "good"


class Overtaken:
    """The member table, where a look writes the pair right after it was read."""

    def __init__(self, table, key):
        self.table, self.key = table, key

    def get_many(self, keys):
        found = self.table.get_many(keys)
        pairs.save(self.table, "orders", "vpc-0a1", pairs.load(found[self.key]))
        return found

    def __getattr__(self, name):
        return getattr(self.table, name)
