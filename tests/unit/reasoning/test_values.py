import pytest

from reasoning.cloudtrail import parameters
from reasoning.values import account_id, find, items, leaves, seconds, text, texts, truth


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("a", ("a",)),
        (["a", "b", "a"], ("a", "b")),
        ({"tag": 1, "content": "a"}, ("a",)),
        ([{"tag": 1, "content": "a"}, {"content": "b", "tag": 2}], ("a", "b")),
        ({"item": "a"}, ("a",)),
        ({"item": ["a", "b"]}, ("a", "b")),
        ({"item": {"groupId": "a", "groupName": "x"}}, ("a",)),
        ({"items": [{"groupId": "a"}, {"groupId": "b"}]}, ("a", "b")),
        ('["a", "b"]', ("a", "b")),
        (7, ("7",)),
        ("", ()),
        (None, ()),
        ({}, ()),
        ({"items": []}, ()),
        ({"tag": 1}, ()),
    ],
)
def test_a_list_is_read_in_every_layout(layout, said):
    assert texts(layout, "groupId") == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, True), ("true", True), ("TRUE", True), (1, True), ({"value": True}, True),
        ({"content": "true", "tag": 1}, True), (False, False), ("false", False), (0, False),
        (None, None), ("", None), ("yes", None), ([], None), (2, None),
    ],
)  # fmt: skip
def test_a_boolean_is_read_in_every_layout_and_nothing_else_is_one(value, said):
    assert truth(value) is said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"CreateVpcEndpointRequest": {"VpcId": "v"}}, {"VpcId": "v"}),
        ({"DelTGwVpcAttachReq": {"A": "v"}}, {"A": "v"}),
        ({"createRestApiInput": {"name": "v"}}, {"name": "v"}),
        ({"CreateDefaultVpcRequest": ""}, {}),
        ({"vpcSet": {"items": []}}, {"vpcSet": {"items": []}}),
        ({"VpcEndpointId": {"tag": 1, "content": "v"}},
         {"VpcEndpointId": {"tag": 1, "content": "v"}}),
        ({"VpcEndpointId": "v"}, {"VpcEndpointId": "v"}),
        ({"vpcId": "v", "dryRun": False}, {"vpcId": "v", "dryRun": False}),
        ('{"XRequest": {"VpcId": "v"}}', {"VpcId": "v"}),
        (None, {}), ("", {}), ("cut {", {}), ([], {}), (3, {}),
    ],
)  # fmt: skip
def test_a_wrapper_is_known_by_its_shape(value, said):
    assert parameters(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(111122223333, "111122223333"), ("0123", "000000000123"), (42, "000000000042"),
     ("x", ""), ("1" * 13, ""), (-1, ""), (None, ""), (1.5, ""), (True, "")],
)  # fmt: skip
def test_an_account_has_twelve_digits(value, said):
    assert account_id(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [("1970-01-01T00:01:00Z", 60), ("1970-01-01T00:01:00", 60), ("1970-01-01T01:01:00+01:00", 60),
     ("1970-01-01T00:01:00.000Z", 60), ("1969-12-31T23:59:59Z", None), ("0001-01-01", None),
     ("today", None), (None, None), ({}, None), (float("nan"), None)],
)  # fmt: skip
def test_a_time_is_iso_8601(value, said):
    assert seconds(value) == said


def test_text_is_clean_and_of_scalars_only():
    assert text(" a\n\u202eb\ud800 ") == "a b?"
    assert [text(one) for one in ({}, [], None, float("inf"), 10**400)] == [""] * 5
    assert [text(one) for one in (True, 1.0, 1.5, 12)] == ["true", "1", "1.5", "12"]


def test_leaves_open_json_inside_strings_and_keep_the_order():
    assert list(leaves({"b": '{"x": [1]}', "a": None})) == [(("b", "x", "[]"), 1), (("a",), None)]
    assert find({"a": {"VpcId": {"value": 3}}}, "vpcid") == 3
    assert items([[["a"]]]) == ("a",)
