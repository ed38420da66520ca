"""A canary that cannot stand where the workload stands: judged by route alone, and says so."""

import json

import pytest

from probing.outcome import View
from reasoning.case import RouteClass
from tests.unit.checker.stubs import Sight
from tests.unit.checker.world import HOST

WHY = "behind an internet gateway a canary has no public address"
SILENT = Sight(status=None)
"""Public address, and no way there: a connect time-out."""
CAPTURED = Sight(address="10.0.0.91", status=403)


@pytest.fixture
def aside(world):
    world.clients.ssm.put_parameter(
        Name=f"/gatewatch/vantages/{world.vpc}",
        Value=json.dumps(
            {"function": "gatewatch-canary", "subnets": "subnet-1", "not_representative": WHY}
        ),
        Type="String",
        Overwrite=True,
    )
    world.sights.inside["orders"] = SILENT
    world.sights.pinned["orders"] = SILENT
    world.tick()
    return world


def newest(world):
    return world.bus.bodies("Gatewatch Transitions")[-1][-1]


def test_what_the_canary_cannot_reach_is_good_while_its_name_leads_where_it_did(aside):
    aside.look()
    for _ in range(20):
        aside.minute()
    assert aside.transitions() == [[("orders", "never_good", "good")]]
    assert len(aside.sights.probes(View.INSIDE)) == 21, "nothing to confirm"


def test_capture_is_proven_without_a_pinned_look_which_is_not_tried(aside):
    aside.look()
    endpoint_id = aside.capture()
    aside.sights.inside["orders"] = CAPTURED
    aside.minute()
    last = newest(aside)
    assert (last["before"], last["after"]) == ("good", "failing")
    assert last["diagnosis"]["subject"] == endpoint_id and last["diagnosis"]["proof"]
    assert last["diagnosis"]["facts"]["private_api"] is False
    assert set(last["looks"]) == {"inside", "outside"}
    assert aside.sights.probes(View.PINNED) == []
    aside.sights.inside["orders"] = SILENT
    aside.minute(400)
    assert newest(aside)["after"] == "good"


def test_how_long_nobody_answered_is_no_latency_of_the_api(aside):
    aside.look()
    row = aside.last_look().pairs["orders"]
    assert (row.route_class, set(row.phases)) == (RouteClass.PUBLIC, {"resolve"})


def test_a_capture_is_seen_though_no_look_from_there_ever_showed_the_credential_to_work(aside):
    """The key is as new as the installation; only the outside has seen it accepted."""
    name = "/gatewatch/secrets/orders"
    aside.clients.ssm.put_parameter(Name=name, Value="s3cret", Type="SecureString")
    made = aside.clients.ssm.get_parameter(Name=name)["Parameter"]["LastModifiedDate"]
    aside.clock.time.at = made.timestamp() + 5
    shown = {"header": {"name": "x-api-key", "secret": f"ssm:{name}"}}
    aside.clients.ssm.delete_parameter(Name="/gatewatch/endpoints/orders")
    aside.register("orders", url=f"https://{HOST}/orders", auth=shown)
    aside.tick()
    aside.look()
    aside.capture()
    aside.sights.inside["orders"] = CAPTURED
    aside.minute()
    assert aside.pair("orders").state.hard == "failing"
