"""Whether changes are recorded at all: asked of CloudTrail, told to the hub."""

import boto3
from botocore.exceptions import ClientError

from checker import reports
from checker.packed import pack
from checker.trail import Trail
from reasoning.wire import PROBLEM


def test_no_trail_is_told_and_told_again_when_there_is_one(world):
    def told():
        found = [p for body in world.bus.bodies(PROBLEM) for p in body]
        return [p["open"] for p in found if p["key"] == "no_trail"]

    assert told() == [True]
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="trail")
    world.clients.cloudtrail.create_trail(Name="all", S3BucketName="trail")
    world.clients.cloudtrail.put_event_selectors(
        TrailName="all",
        EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}],
    )
    world.clients.cloudtrail.start_logging(Name="all")
    world.tick()
    assert told() == [True, False]


def test_no_trail_that_the_bus_refused_is_told_by_the_next_tick(world):
    world.table.put(reports.KEY, {"body": {"B": pack({})}})
    world.bus.taken.clear()
    world.bus.refusing = True
    world.tick()
    world.bus.refusing = False
    world.tick()
    assert "no_trail" in [p["key"] for body in world.bus.bodies(PROBLEM) for p in body]


class Trails:
    """CloudTrail with an organisation's trail, which refuses to be read here, and one that records
    management events by `selectors`."""

    def __init__(self, **selectors):
        self.selectors = selectors

    def describe_trails(self, includeShadowTrails):
        return {"trailList": [{"TrailARN": "theirs"}, {"TrailARN": "ours"}]}

    def get_trail_status(self, Name):
        if Name == "theirs":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Get")
        return {"IsLogging": True}

    def get_event_selectors(self, TrailName):
        return self.selectors


def test_a_trail_that_cannot_be_read_does_not_hide_one_that_records():
    recording = [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]
    assert not Trail(cloudtrail=Trails(EventSelectors=recording)).check(0.0).open
    found = Trail(cloudtrail=Trails(EventSelectors=[])).check(0.0)
    assert found.open and "could not be told" in found.what
