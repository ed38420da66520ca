"""Executions of Lambda: a fresh account has ten, and everything of Gatewatch must fit in them."""

from tests.template.documents import load, of_type

MEMBER = load("member.yaml")


def at_once(*templates):
    """Executions that the event sources of these templates hold at most; a look holds two."""
    mappings = {
        name: mapping["ScalingConfig"]["MaximumConcurrency"]
        for template in templates
        for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping").items()
    }
    assert mappings.pop("CheckerQueue") == {"Ref": "LookConcurrency"}
    return 2 * templates[-1]["Parameters"]["LookConcurrency"]["Default"] + sum(mappings.values())


def test_a_member_fits_in_the_ten_executions_of_a_fresh_account():
    assert at_once(MEMBER) <= 10


def test_hub_and_member_together_fit_in_them_with_one_look_less():
    hub = load("template.yaml")
    assert at_once(MEMBER, hub) <= 10
    given = hub["Resources"]["Member"]["Properties"]["Parameters"]
    assert given["LookConcurrency"] == {"Ref": "LookConcurrency"}
