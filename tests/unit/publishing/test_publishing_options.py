"""What is typed after `gatewatch publish`, and each mistake: what is wrong and what is wanted."""

from dataclasses import replace

import pytest

from gatewatch.failure import USAGE, Failed
from gatewatch.publishing.request import Kind, Request, call_as, wanted
from gatewatch.publishing.surroundings import Surroundings
from gatewatch.publishing.template import Rendered, check_prefix, load
from gatewatch.publishing.terms import MOST_EXCLUDED
from gatewatch.words import publishing_options as options


def test_places_may_stand_apart_or_with_commas():
    assert options.parts(["ou-a, ou-b", "ou-c"]) == ("ou-a", "ou-b", "ou-c")


def test_a_value_may_hold_an_equals_sign():
    assert options.pairs("--parameter", ["A=b=c"]) == {"A": "b=c"}


def test_the_pace_is_read():
    found = options.pace(["concurrency=25", "tolerance=5", "mode=soft", "regions=parallel"])
    asked = found.as_asked(("us-east-1",))
    assert asked == {
        "RegionConcurrencyType": "PARALLEL",
        "RegionOrder": ["us-east-1"],
        "MaxConcurrentPercentage": 25,
        "FailureTolerancePercentage": 5,
        "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
    }


@pytest.mark.parametrize(
    ("read", "told"),
    [
        pytest.param(lambda: options.pairs("--parameter", ["A"]), "NAME=VALUE", id="no value"),
        pytest.param(lambda: options.pace(["speed=9"]), "want one of concurrency", id="pace"),
        pytest.param(lambda: options.pace(["concurrency=0"]), "from 1 to 100", id="nobody"),
        pytest.param(lambda: options.pace(["tolerance=101"]), "from 0 to 100", id="percent"),
        pytest.param(lambda: options.pace(["mode=hard"]), "strict or soft", id="mode"),
        pytest.param(lambda: options.roles(["admin=x"]), "administration, execution", id="role"),
        pytest.param(lambda: options.one_of("--kind", "x", Kind), "plain", id="kind"),
        pytest.param(lambda: check_prefix("-a"), "small letters", id="prefix"),
        pytest.param(lambda: check_prefix("a" * 60), "3 to 48 characters", id="long prefix"),
    ],
)
def test_a_mistake_names_the_option_and_what_it_takes(read, told):
    with pytest.raises(Failed, match=told) as refused:
        read()
    assert refused.value.code == USAGE


@pytest.mark.parametrize(
    ("kind", "management", "expected"),
    [
        (Kind.ORGANISATION, "111122223333", {"CallAs": "SELF"}),
        (Kind.ORGANISATION, "999988887777", {"CallAs": "DELEGATED_ADMIN"}),
        (Kind.ORGANISATION, "", {"CallAs": "SELF"}),
        (Kind.DELEGATED, "", {"CallAs": "DELEGATED_ADMIN"}),
        (Kind.MANAGEMENT, "999988887777", {"CallAs": "SELF"}),
        (Kind.SELF_MANAGED, "999988887777", {}),
    ],
)
def test_who_asks_is_found_out_or_said(kind, management, expected):
    around = Surroundings(
        account="111122223333", partition="aws", region="eu-west-1", management=management
    )
    assert call_as(Request(kind=kind), around) == expected


def test_more_accounts_than_a_tag_holds_are_refused_with_a_way_out():
    many = Request(excluded=tuple(str(111122220000 + n) for n in range(MOST_EXCLUDED + 1)))
    around = Surroundings(account="1", partition="aws", region="eu-west-1", organization="o-1")
    document = {"Parameters": {"HubBusArn": {}}, "Resources": {}}
    request = replace(many, waves=(("r-1",),), parameters={"HubBusArn": "bus"})
    with pytest.raises(Failed, match="a unit of their own"):
        wanted(request, Rendered(document=document, release="r"), around, None)


def test_a_transform_is_refused_before_cloudformation_refuses_it(tmp_path):
    file = tmp_path / "member.yaml"
    file.write_text("Transform: AWS::Serverless-2016-10-31\nResources: {}\n")
    with pytest.raises(Failed, match="Transform"):
        load(file)


def test_a_date_of_a_policy_stays_text(tmp_path):
    file = tmp_path / "member.yaml"
    file.write_text("Resources: {A: {Version: 2012-10-17, B: !GetAtt A.B.C, C: !Ref A}}\n")
    assert load(file)["Resources"]["A"] == {
        "Version": "2012-10-17",
        "B": {"Fn::GetAtt": ["A", "B.C"]},
        "C": {"Ref": "A"},
    }
