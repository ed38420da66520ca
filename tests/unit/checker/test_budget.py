"""Do no harm: what a look leaves out when the minute's requests run short."""

from tests.unit.checker.stubs import Sight


def test_confirmations_that_the_minute_has_no_room_for_are_left_out(world):
    world.look()
    world.minute(120)
    start = world.clock.now_at()
    for _ in range(10):
        world.minute(1)
    world.sights.inside["orders"] = Sight(status=503)
    world.minute(1)
    assert sum(at >= start - 1 for at, work in world.sights.works for _ in work.probes) == 12
    assert world.last_look().pairs["orders"].state == "failing"
    assert world.pair("orders").state.hard == "good"
