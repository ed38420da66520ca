import copy

import pytest

from reasoning.explain import could_break, explain
from tests.unit.reasoning.changes.cloudtrail_records import a_record, sample

NAMES = ["execute-api.us-east-1.amazonaws.com", "*.execute-api.us-east-1.amazonaws.com"]
SUBJECT = ("vpce-0a1b2c3d4e5f60718",)


def changed(request=None, endpoint=None):
    """The sample with members of its request and of the endpoint in its answer replaced."""
    record = a_record()
    asked = record["requestParameters"]["CreateVpcEndpointRequest"]
    made = record["responseElements"]["CreateVpcEndpointResponse"]["vpcEndpoint"]
    for holder, values in ((asked, request or {}), (made, endpoint or {})):
        for key, value in values.items():
            holder.pop(key, None)
            if value is not ...:
                holder[key] = value
    return explain(record).change


@pytest.mark.parametrize(
    "name", ["", ".flat", ".terraform", ".cloudformation", ".no_private_dns_key", ".truncated"]
)
def test_every_serialisation_tells_endpoint_vpc_service_and_names(name):
    change = explain(sample(f"ec2.CreateVpcEndpoint{name}")).change
    assert change.kind == "create_vpc_endpoint"
    assert change.resource_ids == SUBJECT
    assert change.scope["vpc_id"] == "vpc-0a1b2c3d4e5f6a7b8"
    assert change.scope["service"] == "com.amazonaws.us-east-1.execute-api"
    assert change.scope["names"] == NAMES
    assert change.after["private_dns"] is True
    assert could_break(change).startswith("yes")
    assert change.typed


def test_an_absent_private_dns_key_counts_as_on_and_says_so():
    change = explain(sample("ec2.CreateVpcEndpoint.no_private_dns_key")).change
    assert change.after["private_dns_assumed"] is True
    assert "assumed" in change.summary


def test_the_answer_is_believed_before_the_request():
    change = changed(request={"PrivateDnsEnabled": ...}, endpoint={"privateDnsEnabled": False})
    assert change.after["private_dns"] is False
    assert change.scope["names"] == []
    assert could_break(change) == ""


@pytest.mark.parametrize("said", [True, "true", "True", 1, "1"])
def test_a_boolean_may_come_as_text(said):
    change = changed(request={"PrivateDnsEnabled": said}, endpoint={"privateDnsEnabled": ...})
    assert change.after["private_dns"] is True
    assert "private_dns_assumed" not in change.after


def test_an_endpoint_service_has_no_private_dns_by_default():
    service = {"ServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f60718"}
    change = changed(
        request={**service, "PrivateDnsEnabled": ...},
        endpoint={"serviceName": service["ServiceName"], "privateDnsEnabled": ...},
    )
    assert change.after["private_dns"] is False


def test_a_gateway_endpoint_takes_no_names():
    change = explain(sample("ec2.CreateVpcEndpoint.gateway")).change
    assert change.scope["names"] == []
    assert "private_dns" not in change.after
    assert change.scope["route_table_ids"] == ["rtb-0c1d2e3f405162738"]
    assert could_break(change).startswith("perhaps")


def test_names_that_a_resource_endpoint_chose_are_told():
    change = changed(
        request={
            "VpcEndpointType": "Resource",
            "DnsOptions": {"PrivateDnsSpecifiedDomain": {"tag": 1, "content": "api.example.com"}},
        },
        endpoint={"vpcEndpointType": "Resource", "serviceName": ...},
    )
    assert "api.example.com" in change.scope["names"]


def test_the_endpoint_that_the_call_came_through_is_not_the_subject():
    change = explain(a_record(vpcEndpointId="vpce-0fedcba9876543210")).change
    assert change.resource_ids == SUBJECT


def test_subnets_and_groups_are_scope_and_not_subject():
    change = explain(sample("ec2.CreateVpcEndpoint")).change
    assert change.scope["subnet_ids"] == ["subnet-0aa1b2c3d4e5f6071", "subnet-0bb1b2c3d4e5f6072"]
    assert change.scope["security_group_ids"] == ["sg-0f1e2d3c4b5a69788"]


def test_an_account_that_became_a_number_is_twelve_digits_again():
    event = copy.deepcopy(sample("ec2.CreateVpcEndpoint"))
    event["account"] = "000022223333"
    event["detail"]["recipientAccountId"] = 22223333
    assert explain(event).change.account == "000022223333"
