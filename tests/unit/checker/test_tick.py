import json
from dataclasses import replace
from itertools import pairwise

import pytest
from botocore.exceptions import ClientError

from checker import snapshot
from checker.looks import LookMessage, read
from checker.settings import Settings
from checker.sources import discover
from checker.tick import next_at, offset_of
from probing.environment import SettingsError
from reasoning.wire import CHANGE, INVENTORY, PROBLEM
from tests.unit.checker.world import ACCOUNT, SETTINGS


def test_a_vpc_that_was_never_looked_at_is_looked_at_at_once(world):
    world.tick()
    [message] = world.queued()
    assert message["kind"] == "look" and message["vpc_id"] == world.vpc
    assert message["not_before"] == world.clock.now_at()
    assert message["not_after"] == message["not_before"] + 60


def test_looks_of_a_vpc_stand_on_the_same_second_of_every_minute(world):
    world.look()
    due = []
    for _ in range(3):
        world.tick()
        world.minute()
        due += [message["not_before"] for message in world.queued()]
    assert {at % 60 for at in due} == {offset_of(ACCOUNT, world.vpc)}
    assert [b - a for a, b in pairwise(due)] == [60, 60]


@pytest.mark.parametrize(
    "early",
    [
        (0.5, -0.5, 0.5, -0.5, 0.5, -0.5, -0.5, 0.5),
        (-2.0, -2.0, -2.0, -2.0, -2.0, 1.0, 1.0, -2.0),
        (30.0, 29.0, 31.0, 30.0, 30.0, 5.0, 45.0, 30.0),
    ],
    ids=["about its second", "after it", "far from it"],
)
def test_no_minute_is_left_out_or_looked_at_twice_wherever_ticks_fall(world, early):
    first = slot = next_at(world.clock.now_at() + 90, offset_of(ACCOUNT, world.vpc))
    world.clock.sleep_seconds(slot - world.clock.now_at())
    world.look()
    before, waiting = len(world.sights.works), []
    for seconds in early:
        slot += 60
        due = [one for one in waiting if one.not_before < slot - seconds]
        handle(world, due)
        waiting = [one for one in waiting if one not in due]
        world.clock.sleep_until(slot - seconds)
        world.tick()
        late = world.clock.now_at()
        waiting += [read(json.dumps(body)) for body in world.queued()]
        handle(world, [one for one in waiting if one.not_before <= late])
        waiting = [one for one in waiting if one.not_before > late]
    handle(world, [one for one in waiting if one.not_before <= slot])
    began = [at for at, _ in world.sights.works[before:]]
    assert [(at - first) // 60 for at in began] == list(range(1, len(early) + 1))


def handle(world, messages):
    for message in sorted(messages, key=lambda one: one.not_before):
        world.member.look.handle(message)


def test_a_look_of_the_minute_that_comes_late_and_twice_is_taken_once(world):
    world.look()
    before, due = len(world.sights.works), world.clock.now_at() + 60
    message = LookMessage(vpc_id=world.vpc, not_before=due, not_after=due + 60)
    world.clock.sleep_seconds(65)
    handle(world, [message, message])
    assert len(world.sights.works) == before + 1


def test_vpcs_are_spread_over_the_minute():
    offsets = [offset_of(ACCOUNT, f"vpc-{number:04x}") for number in range(600)]
    assert set(offsets) == set(range(60))
    assert max(offsets.count(second) for second in range(60)) < 30


def test_a_broken_entry_becomes_a_problem_and_the_rest_go_on(world):
    world.register("broken", urll="https://x.example.com")
    world.tick()
    [[problem]] = [b for b in world.bus.bodies(PROBLEM) if b[0]["key"].startswith("registry")]
    assert problem["key"] == "registry:ssm:/gatewatch/endpoints/broken" and problem["open"]
    kept = snapshot.load_registry(world.table)
    assert [e.id for e in kept.endpoints] == ["orders"]


def test_a_problem_is_told_once_and_once_more_when_it_is_gone(world):
    world.register("broken", urll="https://x.example.com")
    for _ in range(3):
        world.tick()
    world.clients.ssm.delete_parameter(Name="/gatewatch/endpoints/broken")
    for _ in range(3):
        world.tick()
    told = [p for body in world.bus.bodies(PROBLEM) for p in body]
    assert [p["open"] for p in told if p["key"].startswith("registry")] == [True, False]


def test_a_problem_that_the_bus_refused_is_told_by_the_next_tick(world):
    world.register("broken", urll="https://x.example.com")
    world.bus.refusing = True
    world.tick()
    world.bus.refusing = False
    world.tick()
    assert [p["key"] for body in world.bus.bodies(PROBLEM) for p in body if p["open"]][-1] == (
        "registry:ssm:/gatewatch/endpoints/broken"
    )


@pytest.mark.parametrize(
    "answer",
    [[{}], ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Get")],
    ids=["an answer without its list", "refused"],
)
def test_an_unreadable_registry_keeps_what_was_known_and_is_told(world, answer):
    refused = replace(world.clients, ssm=Refusing(answer))
    world.clients = refused
    world.member = world.new_member()
    world.tick()
    told = [p["key"] for body in world.bus.bodies(PROBLEM) for p in body]
    assert {"registry_refused:ssm", "vantages_refused"} <= set(told)
    kept = snapshot.load_registry(world.table)
    assert [e.id for e in kept.endpoints] == ["orders"]
    assert [m["vpc_id"] for m in world.queued()] == [world.vpc]


class Refusing:
    def __init__(self, answer):
        self._answer = answer

    def get_paginator(self, operation):
        return self

    def paginate(self, **_):
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def test_the_inventory_is_told_when_it_differs_and_daily(world):
    assert len(world.bus.bodies(INVENTORY)) == 1
    world.tick()
    assert len(world.bus.bodies(INVENTORY)) == 1
    world.capture()
    world.tick()
    assert len(world.bus.bodies(INVENTORY)) == 2
    world.clock.sleep_seconds(86_400)
    world.tick()
    assert len(world.bus.bodies(INVENTORY)) == 3


def test_a_change_that_no_event_told_is_inferred_from_the_inventory(world):
    assert world.bus.bodies(CHANGE) == []
    world.capture()
    world.tick()
    [[change]] = world.bus.bodies(CHANGE)
    assert change["event_name"] == "CreateVpcEndpoint" and change["inferred"]
    assert change["actor"] is None


def test_an_endpoint_that_is_gone_is_remembered_for_a_day(world):
    world.capture()
    world.tick()
    world.ec2.endpoints.clear()
    world.tick()
    kept = snapshot.load_inventory(world.table.get(snapshot.INVENTORY))
    assert kept.endpoint("vpce-0abc").deleted_at
    world.clock.sleep_seconds(90_000)
    world.tick()
    kept = snapshot.load_inventory(world.table.get(snapshot.INVENTORY))
    assert kept.endpoint("vpce-0abc") is None


def test_an_inventory_that_the_bus_refused_is_told_again(world):
    world.capture()
    world.bus.refusing = True
    world.tick()
    world.bus.refusing = False
    world.tick()
    assert len(world.bus.bodies(INVENTORY)) == 2 and len(world.bus.bodies(CHANGE)) == 1


def test_a_refused_inventory_is_told_and_stops_no_look(world):
    world.ec2.refused["describe_vpcs"] = "UnauthorizedOperation"
    world.tick()
    told = [p["key"] for body in world.bus.bodies(PROBLEM) for p in body]
    assert "inventory_refused" in told and world.queued()


def test_every_registry_source_has_a_kind_of_its_own_and_can_be_read():
    sources = discover()
    assert "ssm" in sources
    assert all(callable(source.read) for source in sources.values())


def test_settings_name_all_that_is_missing_at_once():
    with pytest.raises(SettingsError, match="TABLE, REGISTRY_PATH"):
        Settings.from_environment(SETTINGS | {"TABLE": "", "REGISTRY_PATH": ""})


def test_a_probe_time_out_that_is_no_number_is_refused():
    with pytest.raises(SettingsError, match="PROBE_TIMEOUT='soon'"):
        Settings.from_environment(SETTINGS | {"PROBE_TIMEOUT": "soon"})


def test_a_rate_of_nothing_is_refused():
    with pytest.raises(SettingsError, match="MAX_RATE is 0"):
        Settings.from_environment(SETTINGS | {"MAX_RATE": "0"})


def test_what_goes_to_the_hub_names_this_account_and_region(world):
    for entry in world.bus.taken:
        detail = json.loads(entry["Detail"])
        assert (detail["account"], detail["region"]) == (ACCOUNT, "us-east-1")
        assert entry["EventBusName"] == SETTINGS["HUB_BUS_ARN"]
