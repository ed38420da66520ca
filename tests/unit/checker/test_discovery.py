"""APIs found by their tag: which stages, under which names, from where, and at what pace."""

from dataclasses import replace

import boto3
import pytest
from botocore.stub import Stubber

from checker import snapshot
from checker.sources import apigateway
from reasoning.wire import PROBLEM
from tests.unit.checker.world import REGION

SUFFIX = f"execute-api.{REGION}.amazonaws.com"


class Api:
    """The API Gateway of one account: REST and newer APIs as lists, and how often it was asked."""

    def __init__(self):
        self.rest, self.newer, self.stages, self.asked = [], [], {}, 0

    def get_rest_apis(self, limit, position="0"):
        self.asked += 1
        start = int(position)
        more = {"position": str(start + 2)} if start + 2 < len(self.rest) else {}
        return {"items": self.rest[start : start + 2], **more}

    def get_apis(self, MaxResults, NextToken=""):
        self.asked += 1
        return {"Items": self.newer}

    def get_stages(self, restApiId="", ApiId="", NextToken=""):
        self.asked += 1
        found = self.stages.get(restApiId or ApiId, [])
        if restApiId:
            return {"item": [{"stageName": name, "tags": tags} for name, tags in found]}
        return {"Items": [{"StageName": name, "Tags": tags} for name, tags in found]}

    def add(self, api_id, name, *stages, private=None, **tags):
        stands = {"types": ["PRIVATE"], "vpcEndpointIds": private} if private is not None else {}
        tags = {f"gatewatch:{key}": value for key, value in tags.items()}
        self.rest.append(
            {"id": api_id, "name": name, "tags": tags, "endpointConfiguration": stands}
        )
        self.stages[api_id] = [s if isinstance(s, tuple) else (s, {}) for s in stages]


@pytest.fixture
def api(world):
    made = Api()
    world.settings = replace(world.settings, discover_apis="on")
    world.clients = replace(world.clients, apigateway=made, apigatewayv2=made)
    world.member = world.new_member()
    return made


def found(world):
    """Discovered endpoints by name, after a tick."""
    world.tick()
    kept = snapshot.load_registry(world.table).endpoints
    return {e.id: e for e in kept if e.source.startswith("apigateway:")}


def problems(world):
    told = [p for body in world.bus.bodies(PROBLEM) for p in body]
    return {p["key"]: p for p in told if p["open"] and p["key"].startswith("registry")}


def test_every_stage_of_a_tagged_api_is_looked_at_on_its_path(world, api):
    api.add("a1", "Orders API", "prod", "beta", monitor="yes", path="/health", owner="payments")
    api.add("a2", "Other", "prod")
    api.add("a3", "Not this one", "prod", monitor="no")
    endpoints = found(world)
    assert {e.url for e in endpoints.values()} == {
        f"https://a1.{SUFFIX}/prod/health",
        f"https://a1.{SUFFIX}/beta/health",
    }
    assert set(endpoints) == {"Orders-API-prod-a1", "Orders-API-beta-a1"}
    assert {e.owner for e in endpoints.values()} == {"payments"}


def test_without_a_path_any_answer_that_is_no_fault_is_well(world, api):
    api.add("a1", "", "prod", monitor="true")
    [endpoint] = found(world).values()
    assert (endpoint.id, endpoint.url) == ("prod-a1", f"https://a1.{SUFFIX}/prod/")
    assert endpoint.expect.status == ((100, 499),)


def test_a_stage_says_no_for_itself_and_has_tags_of_its_own(world, api):
    quiet = ("quiet", {"gatewatch:monitor": "off"})
    loud = ("loud", {"gatewatch:path": "/live", "gatewatch:severity": "critical"})
    api.add("a1", "x", quiet, loud, monitor="yes", path="/health")
    [endpoint] = found(world).values()
    assert endpoint.url.endswith("/loud/live") and endpoint.severity == "critical"


def test_http_and_websocket_apis_have_no_stage_in_a_default_path(world, api):
    tags = {"gatewatch:monitor": "yes"}
    api.newer = [
        {"ApiId": "h1", "Name": "http", "ProtocolType": "HTTP", "Tags": tags},
        {"ApiId": "w1", "Name": "ws", "ProtocolType": "WEBSOCKET", "Tags": tags},
    ]
    api.stages = {"h1": [("$default", {})], "w1": [("live", {})]}
    assert {e.url for e in found(world).values()} == {
        f"https://h1.{SUFFIX}/",
        f"wss://w1.{SUFFIX}/live",
    }


def test_a_private_api_is_looked_at_through_its_endpoints_from_their_vpcs(world, api):
    world.vpc = "vpc-000000a1"
    world.place(world.vpc)
    world.capture()
    world.ec2.endpoints[0]["VpcEndpointId"] = "vpce-00000abc"
    world.tick()
    api.add("p1", "ledger", "prod", private=["vpce-00000abc", "vpce-00000def"], monitor="yes")
    api.add("p2", "plain", "prod", private=[], monitor="yes")
    world.clock.sleep_seconds(301)
    endpoints = found(world)
    alias = endpoints["ledger-prod-p1-vpce-00000abc"]
    assert alias.url == f"https://p1-vpce-00000abc.{SUFFIX}/prod/"
    assert alias.expect.resolves_to == "vpce-00000abc" and alias.from_vpcs == (world.vpc,)
    # An endpoint of an account that is not seen from here: it may stand in any VPC.
    assert endpoints["ledger-prod-p1-vpce-00000def"].from_vpcs == ()
    assert endpoints["plain-prod-p2"].from_vpcs == (world.vpc,)
    assert endpoints["plain-prod-p2"].expect.resolves_to == "private"


def test_it_is_read_every_five_minutes_page_by_page(world, api):
    for number in range(5):
        api.add(f"a{number}", "x", "prod", monitor="yes")
    assert len(found(world)) == 5
    asked = api.asked
    assert asked == 3 + 1 + 5
    world.clock.sleep_seconds(240)
    assert len(found(world)) == 5 and api.asked == asked
    world.clock.sleep_seconds(61)
    assert len(found(world)) == 5 and api.asked == 2 * asked


def test_more_apis_than_may_be_read_are_told_and_the_first_are_looked_at(world, api):
    for number in range(apigateway.MOST_CALLS):
        api.add(f"a{number:03}", "x", "prod", monitor="yes")
    endpoints = found(world)
    assert api.asked == apigateway.MOST_CALLS and 0 < len(endpoints) < apigateway.MOST_CALLS
    assert "calls can read" in problems(world)["registry:apigateway"]["what"]


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"monitor": "maybe"}, "the tag says 'maybe'"),
        ({"monitor": "yes", "severity": "loud"}, "severity: 'loud' is not known"),
        ({"monitor": "yes", "path": "/a b"}, "url: "),
    ],
)
def test_a_tag_that_cannot_be_read_is_told_to_the_apis_owner(world, api, tags, told):
    api.add("a1", "x", "prod", owner="payments", **tags)
    api.add("a2", "y", "prod", monitor="yes")
    assert set(found(world)) == {"y-prod-a2"}
    [problem] = problems(world).values()
    assert told in problem["what"] and problem["owner"] == "payments"


def test_an_api_without_its_default_name_is_told(world, api):
    api.add("a1", "x", "prod", monitor="yes")
    api.rest[0]["disableExecuteApiEndpoint"] = True
    assert found(world) == {}
    assert "custom domain" in problems(world)["registry:apigateway:a1"]["mend"]


def test_a_gateway_that_refuses_keeps_what_it_said(world, api):
    api.add("a1", "x", "prod", monitor="yes")
    found(world)
    api.get_apis = None
    world.clock.sleep_seconds(301)
    assert set(found(world)) == {"x-prod-a1"}
    assert "registry_refused:apigateway" in problems(world)


def test_answers_of_the_form_that_aws_has_are_read(world, api):
    """botocore's Stubber holds requests and answers against AWS's own model."""
    rest = boto3.client("apigateway", region_name=REGION)
    newer = boto3.client("apigatewayv2", region_name=REGION)
    yes = {"gatewatch:monitor": "yes"}
    stands = {"types": ["REGIONAL"], "ipAddressType": "ipv4"}
    listed = {"id": "a1", "name": "orders", "tags": yes, "endpointConfiguration": stands}
    with Stubber(rest) as old, Stubber(newer) as new:
        old.add_response("get_rest_apis", {"items": [listed], "position": "p2"}, {"limit": 500})
        old.add_response("get_rest_apis", {"items": []}, {"limit": 500, "position": "p2"})
        # Without any, the answer holds no list at all.
        new.add_response("get_apis", {}, {"MaxResults": "500"})
        old.add_response("get_stages", {"item": [{"stageName": "prod"}]}, {"restApiId": "a1"})
        world.clients = replace(world.clients, apigateway=rest, apigatewayv2=newer)
        world.member = world.new_member()
        assert [e.url for e in found(world).values()] == [f"https://a1.{SUFFIX}/prod/"]
        old.assert_no_pending_responses()
