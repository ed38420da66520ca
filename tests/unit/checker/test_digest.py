"""What the digest of a minute tells the hub."""

from reasoning import blind
from reasoning.wire import DIGEST


def test_a_vpc_that_no_look_ever_reached_is_told_with_since_when_it_has_a_canary(world):
    began_at = world.clock.now_at()
    for _ in range(6):
        world.tick()
        world.clock.sleep_seconds(60)
    [digest] = world.bus.bodies(DIGEST)[-1]
    assert digest["looked"] == {world.vpc: began_at}
    assert blind.silent_vantages(digest["looked"], world.clock.now_at(), 300) == (world.vpc,)
    world.look()
    world.tick()
    [digest] = world.bus.bodies(DIGEST)[-1]
    assert digest["looked"] == {world.vpc: world.clock.now_at()}


def test_a_digest_tells_what_differs_and_everything_every_fifteen_minutes(world):
    world.look()
    world.tick()
    told = [[p["endpoint"]["id"] for p in body[0]["pairs"]] for body in world.bus.bodies(DIGEST)]
    assert told == [[], ["orders"]]
    world.look()
    world.tick()
    assert world.bus.bodies(DIGEST)[-1][0]["pairs"] == []
    world.clock.sleep_seconds(900)
    world.look()
    world.tick()
    last = world.bus.bodies(DIGEST)[-1][0]
    assert last["whole"] and [p["endpoint"]["id"] for p in last["pairs"]] == ["orders"]


def test_a_digest_that_the_bus_refused_is_told_with_the_next(world):
    world.look()
    world.bus.refusing = True
    world.tick()
    world.bus.refusing = False
    world.tick()
    assert [p["endpoint"]["id"] for p in world.bus.bodies(DIGEST)[-1][0]["pairs"]] == ["orders"]


def test_a_digest_counts_vantages_and_times_by_phase(world):
    world.place(*world.vpcs)
    world.tick()
    for vpc_id in world.vpcs:
        world.look(vpc_id)
    world.clock.sleep_seconds(60)
    world.tick()
    digest = world.bus.bodies(DIGEST)[-1][0]
    assert set(digest["looked"]) == set(world.vpcs)
    [row] = digest["endpoints"]
    assert (row["good"], row["failing"], row["unknown"]) == (2, 0, 0)
    assert row["phases"]["http"] == {"sum_ms": 40.0, "max_ms": 20.0, "count": 2}


def test_a_digest_says_which_pairs_are_gone(world):
    world.look()
    world.tick()
    world.clients.ssm.delete_parameter(Name="/gatewatch/endpoints/orders")
    world.tick()
    assert world.bus.bodies(DIGEST)[-1][0]["gone"] == [f"orders@{world.vpc}"]
