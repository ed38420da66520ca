"""The built-in pack: which names it looks at, off by default, and how it is tuned."""

from dataclasses import replace

import botocore.session
import pytest

from checker import snapshot
from checker.partition import dns_suffix
from checker.sources import aws_basics
from reasoning.wire import PROBLEM


@pytest.fixture
def basics(world):
    world.settings = replace(world.settings, aws_basics="on")
    world.member = world.new_member()
    world.tick()
    return world


def packed(world):
    found = snapshot.load_registry(world.table).endpoints
    return {e.id: e for e in found if e.source.startswith("aws-basics:")}


def test_it_is_off_unless_it_is_asked_for(world):
    assert packed(world) == {}
    world.look()
    assert world.sights.works[0][1].sentinels == ("execute-api.us-east-1.amazonaws.com",)


def test_every_service_is_looked_at_by_tls_without_a_credential(basics):
    found = packed(basics)
    assert set(found) == {f"aws-{name}" for name in aws_basics.LABELS}
    assert {e.kind for e in found.values()} == {"tls"}
    assert not any(e.auth for e in found.values())
    assert found["aws-ecr-dkr"].host == "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    assert found["aws-sqs"].host == "sqs.us-east-1.amazonaws.com"


def test_a_sentinel_is_asked_where_private_dns_takes_a_wildcard(basics):
    basics.look()
    _, work = basics.sights.works[0]
    assert work.sentinels == (
        "execute-api.us-east-1.amazonaws.com",
        "dkr.ecr.us-east-1.amazonaws.com",
        "s3.us-east-1.amazonaws.com",
    )


def test_an_entry_of_ones_own_takes_the_place_of_one_of_the_pack_without_a_problem(basics):
    basics.register("aws-sqs", url="tls://sqs.us-east-1.amazonaws.com", owner="payments")
    basics.tick()
    assert "aws-sqs" not in packed(basics)
    told = [p["key"] for body in basics.bus.bodies(PROBLEM) for p in body]
    assert not [key for key in told if key.startswith("registry")]


def test_its_defaults_are_a_parameter(basics):
    basics.clients.ssm.put_parameter(
        Name="/gatewatch/defaults/aws-basics", Value="owner: platform", Type="String"
    )
    basics.tick()
    assert {e.owner for e in packed(basics).values()} == {"platform"}


def test_names_end_as_their_partition_has_it():
    partitions = botocore.session.get_session().get_data("partitions")["partitions"]
    known = {
        region: partition["outputs"]["dnsSuffix"]
        for partition in partitions
        for region in partition["regions"]
        if not region.endswith("-global")
    }
    assert len(known) > 30
    assert {region: dns_suffix(region) for region in known} == known
