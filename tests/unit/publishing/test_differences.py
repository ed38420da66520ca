"""Two templates held against each other: what people read before they say yes."""

import pytest

from gatewatch.publishing.differences import of_templates, of_values

ROLE = {"Type": "AWS::IAM::Role", "Properties": {"Path": "/", "Policies": [1]}}


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        pytest.param({}, {}, (), id="alike"),
        pytest.param({}, {"Resources": {"A": ROLE}}, ("+ AWS::IAM::Role A",), id="new"),
        pytest.param({"Resources": {"A": ROLE}}, {}, ("- AWS::IAM::Role A",), id="gone"),
        pytest.param(
            {"Resources": {"A": ROLE}},
            {"Resources": {"A": ROLE | {"Properties": {"Path": "/", "Policies": [2]}}}},
            ("~ AWS::IAM::Role A: Policies",),
            id="a property",
        ),
        pytest.param(
            {"Resources": {"A": ROLE}},
            {"Resources": {"A": ROLE | {"DeletionPolicy": "Retain"}}},
            ("~ AWS::IAM::Role A: DeletionPolicy",),
            id="an attribute",
        ),
        pytest.param(
            {"Parameters": {"P": {"Default": 1}}},
            {"Parameters": {"P": {"Default": 2}}},
            ("~ parameter P: Default",),
            id="a parameter's default",
        ),
        pytest.param(
            {"Metadata": {"a": 1}}, {"Metadata": {"a": 2}}, (), id="what changes no resource"
        ),
    ],
)
def test_a_template_is_compared_by_what_it_makes(old, new, lines):
    assert of_templates(old, new) == lines


def test_values_are_told_before_and_after():
    lines = of_values({"A": "1", "B": "2", "C": "3"}, {"A": "1", "B": "4", "D": "5"})
    assert lines[0] == "~ B: 2 -> 4" and lines[1].startswith("- C") and lines[2] == "+ D = 5"
