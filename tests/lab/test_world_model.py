"""World files: what is read, and how clearly a wrong one is refused."""

import json

import pytest

from lab.world.model import WorldError, from_document, load, to_json
from lab.world.parts import RINGS, ApiKind, Member, WayOut
from placer import rings

TEXT = """
scale: 5
delays: {cloudtrail: 20}
vpcs:
  a: {cidr: 10.0.0.0/16, label: payments-prod, way_out: igw}
apis:
  - {name: orders-api, id: o1, kind: edge, key: "k-1"}
dns_alternates: {every: query, seconds: 120}
actors:
  netadmin: {type: sso, user: netadmin@example.com, role: NetworkAdministrator, tool: terraform}
records:
  - {name: orders.example.com, type: CNAME, value: d-1.execute-api.us-east-1.amazonaws.com}
"""


def test_a_world_file_is_read_with_defaults_for_what_it_leaves_out(tmp_path):
    file = tmp_path / "world.yaml"
    file.write_text(TEXT)
    world = load(file)
    assert (world.scale, world.region, world.trail) == (5, "us-east-1", True)
    assert (world.delays.cloudtrail, world.delays.dns_after_create) == (20, 75)
    assert world.vpcs["a"].way_out is WayOut.IGW
    assert (world.dns_alternates.every, world.dns_alternates.seconds) == (0, 120)
    assert (world.apis[0].kind, world.apis[0].stage) == (ApiKind.EDGE, "prod")
    assert world.actors["netadmin"].user == "netadmin@example.com"


def test_a_world_survives_the_way_through_json(tmp_path):
    file = tmp_path / "world.yaml"
    file.write_text(TEXT)
    world = load(file)
    dump = tmp_path / "world.json"
    dump.write_text(to_json(world))
    assert load(dump) == world
    assert json.loads(dump.read_text())["vpcs"]["a"]["way_out"] == "igw"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "w: want keys and values"),
        ({"skale": 5}, "unknown key 'skale': did you mean 'scale'"),
        ({"zzz": 5}, "unknown key 'zzz': known are scale"),
        ({"scale": 0}, "scale: want more than 0"),
        ({"dns_alternates": {"every": "often", "seconds": 9}}, "dns_alternates.every: want a num"),
        ({"dns_alternates": {"every": 30}}, "dns_alternates: missing 1 required"),
        ({"scale": "fast"}, "scale: want a number, have 'fast'"),
        ({"trail": "yes"}, "trail: want true or false"),
        ({"account": 111122223333}, "account: want text, have 111122223333: put it in quotes"),
        ({"vpcs": {"a": {"cidr": "10.0.0.1/16"}}}, r"vpcs\.a\.cidr: 10\.0\.0\.1/16 has host bits"),
        ({"vpcs": {"a": {}}}, r"vpcs\.a: missing .*'cidr'"),
        (
            {"vpcs": {"a": {"cidr": "10.0.0.0/16", "ring": 5}}},
            r"vpcs\.a\.ring: want 0 to 4, have 5",
        ),
        ({"vpcs": {"a": {"cidr": "10.0.0.0/16", "tables": 0}}}, r"vpcs\.a\.tables: want 1 or more"),
        ({"vpcs": {"a": {"cidr": "10.0.0.0/16", "way_out": "vpn"}}}, "'vpn' is none of nat, igw"),
        ({"delays": {"cloudtrail": None}}, r"delays\.cloudtrail: want a number"),
        ({"apis": {"a": 1}}, "apis: want a list"),
        ({"apis": [{"name": "a", "id": "b"}]}, r"apis\[0\]: missing .*'kind'"),
        (
            {"apis": [{"name": n, "id": "b", "kind": "http"} for n in "cd"]},
            r"apis\[1\]: 'b' is taken",
        ),
        ({"actors": {"x": {"type": "robot"}}}, "'robot' is none of sso, ci"),
        ({"concurrency": 1.5}, "concurrency: want a whole number, have 1.5"),
        ({"accounts": "111122223333"}, "accounts: want a list"),
        ({"accounts": ["999900001111"]}, "account: '111122223333' is none of 999900001111"),
        ({"regions": ["eu-west-1"]}, "region: 'us-east-1' is none of eu-west-1"),
        (
            {"vpcs": {"a": {"cidr": "10.0.0.0/16", "account": "999900001111"}}},
            r"a\.account: '999900001111' is none of 111122223333",
        ),
        (
            {"vpcs": {"a": {"cidr": "10.0.0.0/16", "shared_with": ["1"]}}},
            r"a\.shared_with: '1' is none of 111122223333",
        ),
        (
            {"vpcs": {"a": {"cidr": "10.0.0.0/16", "tags": {"team": 1}}}},
            r"vpcs\.a\.tags\.team: want text, have 1",
        ),
        ({"no_member": ["999900001111/us-east-1"]}, "no_member: '999900001111/us-east-1' is none"),
    ],
)
def test_a_wrong_world_is_refused_with_place_and_remedy(document, said):
    with pytest.raises(WorldError, match=said):
        from_document(document, "w")


def test_each_account_has_a_member_in_each_region_but_where_the_world_says_none():
    alone = from_document({}, "w")
    assert alone.members == (Member("111122223333", "us-east-1"),)
    world = from_document(
        {
            "accounts": ["111122223333", "222233334444"],
            "regions": ["eu-west-1", "us-east-1"],
            "no_member": ["111122223333/eu-west-1"],
        },
        "w",
    )
    assert [str(one) for one in world.members] == [
        "111122223333/us-east-1",
        "222233334444/eu-west-1",
        "222233334444/us-east-1",
    ]


@pytest.mark.parametrize(("name", "text"), [("w.yaml", "a: ["), ("w.json", "{")])
def test_a_file_that_does_not_parse_is_named(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(WorldError, match=name):
        load(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WorldError, match="cannot be read: No such file"):
        load(tmp_path / "none.yaml")


def test_a_world_has_as_many_rings_as_the_placer():
    assert RINGS == rings.RINGS
