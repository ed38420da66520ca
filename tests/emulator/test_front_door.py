"""Who called, who may call, and what the lab makes fail."""

import pytest
from botocore.exceptions import ClientError

from tests.emulator.process import ACCOUNT, OTHER, REGION


def test_calls_are_recorded_with_their_caller(emulator):
    before = emulator.lab("callers")
    last = before[-1]["n"] if before else 0
    emulator.as_actor("netadmin")("ec2").describe_vpcs()
    call = emulator.lab(f"callers?since={last}")[-1]
    assert call["principal"].endswith("/netadmin@example.com")
    assert (call["service"], call["action"], call["status"]) == ("ec2", "DescribeVpcs", 200)
    assert (call["account"], call["region"]) == (ACCOUNT, REGION)


def test_only_declared_accounts_have_an_administrator_key(emulator):
    assert emulator.client("sts", OTHER).get_caller_identity()["Account"] == OTHER
    with pytest.raises(ClientError, match="security token"):
        emulator.client("ec2", "999999999999").create_vpc(CidrBlock="10.0.0.0/16")


@pytest.mark.parametrize(
    ("service", "action", "given"),
    [
        ("events", "put_events", {"Entries": [{"Source": "a", "DetailType": "b", "Detail": "{}"}]}),
        ("ec2", "describe_vpcs", {}),
        ("sns", "list_topics", {}),
        ("lambda", "list_functions", {}),
        ("sqs", "list_queues", {}),
        ("s3", "list_buckets", {}),
        ("route53", "list_hosted_zones", {}),
        ("cloudwatch", "list_dashboards", {}),
    ],
)
def test_a_fault_refuses_its_service_as_often_as_told(emulator, service, action, given):
    error = {"code": "ThrottlingException", "status": 400, "message": "slow down"}
    signed = {"cloudwatch": "monitoring"}.get(service, service)
    emulator.lab("faults", {"name": "f", "service": signed, "error": error, "times": 1})
    call = getattr(emulator.client(service), action)
    with pytest.raises(ClientError) as refused:
        call(**given)
    assert refused.value.response["Error"]["Code"] == "ThrottlingException"
    call(**given)
    emulator.lab("faults/f", method="DELETE")


def test_a_bus_can_refuse_entries_while_the_call_succeeds(emulator):
    error = {"code": "ThrottlingException", "status": 200, "message": "full"}
    emulator.lab("faults", {"name": "e", "service": "events", "error": error, "times": 1})
    entry = {"Source": "a", "DetailType": "b", "Detail": "{}"}
    answer = emulator.client("events").put_events(Entries=[entry, entry])
    assert answer["FailedEntryCount"] == 2
    assert {one["ErrorCode"] for one in answer["Entries"]} == {"ThrottlingException"}
    emulator.lab("faults/e", method="DELETE")


def test_a_fault_meets_only_its_caller(emulator):
    emulator.lab("faults", {"name": "n", "service": "ec2", "caller": "netadmin",
                            "error": {"code": "InternalError", "status": 500}})  # fmt: skip
    emulator.client("ec2").describe_vpcs()
    with pytest.raises(ClientError):
        emulator.as_actor("netadmin")("ec2").describe_vpcs()
    emulator.lab("faults/n", method="DELETE")


def test_no_default_vpc_stands_beside_the_worlds(emulator):
    vpcs = emulator.client("ec2", region="eu-west-1").describe_vpcs()["Vpcs"]
    assert vpcs == []
