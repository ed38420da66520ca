"""Looks whose Describe calls are refused."""

from tests.unit.checker.test_look import failing


def test_a_refused_describe_is_told_and_stops_nothing(world):
    world.ec2.refused["describe_vpc_endpoints"] = "UnauthorizedOperation"
    failing(world)
    [*_, last] = world.bus.bodies("Gatewatch Transitions")[-1]
    assert last["after"] == "failing"
    assert last["facts"]["describe_refused"] == "DescribeVpcEndpoints: UnauthorizedOperation"


def test_a_diagnosis_made_while_describe_was_refused_is_made_anew_when_it_answers(world):
    endpoint_id = world.capture()
    world.ec2.refused["describe_vpc_endpoints"] = "RequestLimitExceeded"
    failing(world)
    told = world.bus.bodies("Gatewatch Transitions")[-1][-1]
    assert told["diagnosis"]["cause"] == "unexplained"
    heard = len(world.transitions())
    world.minute()
    assert len(world.transitions()) == heard
    world.ec2.refused.clear()
    for _ in range(6):
        world.minute()
    again = world.bus.bodies("Gatewatch Transitions")[heard:]
    assert len(again) == 1, "once: what was found is told, and not looked for again"
    last = again[0][-1]
    assert (last["before"], last["after"]) == ("failing", "failing")
    assert last["seq"] == told["seq"] + 1
    assert last["diagnosis"]["subject"] == endpoint_id and last["diagnosis"]["proof"]
    assert (last["first_bad_at"], last["structural"]) == (told["first_bad_at"], True)
