"""A Join in a condition is compared by its text."""

from lab.emulator.conditions import joined

PARAMS = {"Groups": {"Value": ""}, "Two": {"Value": "sg-1, sg-2"}}


def test_an_empty_list_parameter_joins_to_nothing() -> None:
    equals = {"Fn::Equals": [{"Fn::Join": ["", {"Ref": "Groups"}]}, ""]}
    assert joined(equals, PARAMS) == {"Fn::Equals": ["", ""]}


def test_a_join_inside_a_not_is_resolved() -> None:
    expression = {"Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["+", {"Ref": "Two"}]}, ""]}]}
    assert joined(expression, PARAMS) == {"Fn::Not": [{"Fn::Equals": ["sg-1+sg-2", ""]}]}


def test_texts_and_parameters_join_in_order() -> None:
    assert joined({"Fn::Join": ["-", ["a", {"Ref": "Two"}]]}, PARAMS) == "a-sg-1-sg-2"
