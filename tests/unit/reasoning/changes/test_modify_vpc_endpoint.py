import pytest

from reasoning.explain import could_break, explain
from tests.unit.reasoning.changes.cloudtrail_records import a_record, sample

SUBJECT = ("vpce-0a1b2c3d4e5f60718",)


def modified(request):
    return explain(
        a_record("ec2.ModifyVpcEndpoint.private_dns_on", requestParameters=request)
    ).change


@pytest.mark.parametrize(
    ("name", "private"), [("private_dns_on", True), ("private_dns_off", False), ("flat", True)]
)
def test_private_dns_switched_is_told_with_its_direction(name, private):
    change = explain(sample(f"ec2.ModifyVpcEndpoint.{name}")).change
    assert change.kind == "modify_vpc_endpoint"
    assert change.resource_ids == SUBJECT
    assert change.after == {"private_dns": private}
    assert change.before["private_dns"] is not private
    assert could_break(change).startswith("yes")


def test_the_layout_is_not_typed_because_no_event_of_it_is_recorded():
    assert not explain(sample("ec2.ModifyVpcEndpoint.private_dns_on")).change.typed


def test_an_endpoint_named_in_a_policy_is_not_the_subject():
    change = explain(sample("ec2.ModifyVpcEndpoint.policy")).change
    assert change.resource_ids == SUBJECT
    assert change.after == {"policy": "replaced"}


@pytest.mark.parametrize(
    "request_parameters",
    [
        {"ModifyVpcEndpointRequest": {"VpcEndpointId": {"tag": 1, "content": SUBJECT[0]},
                                      "PrivateDnsEnabled": {"value": "true"}}},
        {"Anything": {"deeper": [{"still": {"vpcEndpointId": SUBJECT[0]}}],
                      "options": {"privateDnsEnabled": {"value": True}}}},
        '{"ModifyVpcEndpointRequest": {"VpcEndpointId": "vpce-0a1b2c3d4e5f60718",'
        ' "PrivateDnsEnabled": "true"}}',
        {"ModVpceReq": {"VpcEndpointId": SUBJECT[0], "PrivateDnsEnabled": 1}},
    ],
)  # fmt: skip
def test_a_layout_that_nobody_foresaw_is_read_at_any_depth(request_parameters):
    change = modified(request_parameters)
    assert change.resource_ids == SUBJECT
    assert change.after["private_dns"] is True


def test_lists_added_and_removed_are_told():
    change = modified(
        {"ModifyVpcEndpointRequest": {
            "VpcEndpointId": SUBJECT[0],
            "RemoveSubnetId": [{"tag": 1, "content": "subnet-0aa1b2c3d4e5f6071"}],
            "AddSecurityGroupId": {"tag": 1, "content": "sg-0f1e2d3c4b5a69788"},
        }}
    )  # fmt: skip
    assert change.after == {
        "subnets_removed": ["subnet-0aa1b2c3d4e5f6071"],
        "security_groups_added": ["sg-0f1e2d3c4b5a69788"],
    }
    assert could_break(change).startswith("perhaps")


@pytest.mark.parametrize("lost", [None, "", {}, "cut off here {", {"omitted": True}])
def test_lost_parameters_leave_a_change_that_may_have_set_anything(lost):
    change = modified(lost)
    assert change.after == {}
    assert could_break(change).startswith("perhaps")
