import pytest

from reasoning.explain import explain
from tests.unit.reasoning.changes.cloudtrail_records import a_record, sample

FIRST, SECOND, THIRD = "vpce-0a1b2c3d4e5f60718", "vpce-0b2c3d4e5f6071829", "vpce-0c2c3d4e5f607182a"


def deleted(unsuccessful, request=None):
    request = request or {"VpcEndpointId": [{"tag": n, "content": one} for n, one in
                                            enumerate((FIRST, SECOND), 1)]}  # fmt: skip
    return explain(
        a_record(
            "ec2.DeleteVpcEndpoints",
            requestParameters={"DeleteVpcEndpointsRequest": request},
            responseElements={"DeleteVpcEndpointsResponse": {"unsuccessful": unsuccessful}},
        )
    )


@pytest.mark.parametrize(
    ("name", "ids"),
    [("", (FIRST,)), (".many", (FIRST, SECOND)), (".flat", (FIRST, SECOND))],
)
def test_each_deleted_endpoint_is_a_subject(name, ids):
    change = explain(sample(f"ec2.DeleteVpcEndpoints{name}")).change
    assert change.kind == "delete_vpc_endpoints"
    assert change.resource_ids == ids
    assert change.after == {"state": "deleted"}


@pytest.mark.parametrize(
    "unsuccessful",
    [
        {"item": {"resourceId": SECOND, "error": {"code": "x", "message": SECOND}}},
        {"item": [{"resourceId": SECOND}]},
        {"items": [{"ResourceId": SECOND}]},
        [{"resourceId": SECOND}],
        {"item": {"what": {"id": SECOND}}},
    ],
)
def test_what_could_not_be_deleted_is_no_part_of_the_change(unsuccessful):
    assert deleted(unsuccessful).change.resource_ids == (FIRST,)


@pytest.mark.parametrize("nothing", ["", None, {}, [], {"item": []}])
def test_an_empty_list_of_failures_in_any_form_means_all_are_gone(nothing):
    assert deleted(nothing).change.resource_ids == (FIRST, SECOND)


def test_a_call_that_deleted_nothing_is_no_change():
    failed = {"item": [{"resourceId": FIRST}, {"resourceId": SECOND}]}
    explained = deleted(failed)
    assert explained.change is None
    assert "none of" in explained.ignored


@pytest.mark.parametrize("listed", [THIRD, {"tag": 1, "content": THIRD}, [THIRD], {"item": THIRD}])
def test_a_list_of_one_may_come_in_any_layout(listed):
    assert deleted("", {"VpcEndpointId": listed}).change.resource_ids == (THIRD,)
