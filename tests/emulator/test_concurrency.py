"""What an account's functions share, and who is refused when it is used up."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from tests.emulator.deploying import deploy
from tests.emulator.process import ACCOUNT, OTHER, REGION, WORLD, start, until

SLOW = "import time\ndef handler(event, context):\n    time.sleep(event)\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """An emulator whose accounts may run three functions at once."""
    process, running = start(tmp_path_factory.mktemp("small"), WORLD | {"concurrency": 3})
    yield running
    process.terminate()
    process.wait(timeout=60)


def make(emulator, name, key=ACCOUNT):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", SLOW)
    trust = {"Version": "2012-10-17", "Statement": []}
    role = emulator.client("iam", key).create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(trust)
    )
    emulator.client("lambda", key).create_function(
        FunctionName=name, Runtime="python3.13", Role=role["Role"]["Arn"],
        Handler="index.handler", Code={"ZipFile": packed.getvalue()}, Timeout=20,
    )  # fmt: skip


def invoke(emulator, name, seconds, key=ACCOUNT):
    """Says `ran`, or the code it was refused with, or what the function ended with."""
    try:
        answer = emulator.client("lambda", key).invoke(
            FunctionName=name, Payload=json.dumps(seconds)
        )
    except ClientError as error:
        return error.response["Error"]["Code"]
    return answer.get("FunctionError", "ran")


def test_functions_of_an_account_share_its_limit_and_other_accounts_have_their_own(small):
    make(small, "ours")
    make(small, "theirs")
    make(small, "elsewhere", OTHER)
    assert invoke(small, "ours", 0) == "ran"
    with ThreadPoolExecutor(max_workers=5) as pool:
        # Long enough for the last of them to begin, on any machine, before the first one ends.
        ours = [pool.submit(invoke, small, "ours", 10) for _ in range(3)]
        until(lambda: small.lab("concurrency")["peaks"][f"{ACCOUNT}:{REGION}"] == 3)
        assert invoke(small, "theirs", 0) == "TooManyRequestsException"
        assert invoke(small, "elsewhere", 0, OTHER) == "ran"
        assert {one.result() for one in ours} == {"ran"}
    assert invoke(small, "theirs", 0) == "ran"
    told = small.lab("concurrency")
    assert told["limit"] == 3
    assert told["throttled"] == {f"{ACCOUNT}:{REGION}:theirs": 1}


def test_an_account_says_its_limit_and_reserves_nothing_of_a_small_one(small):
    client = small.client("lambda")
    assert client.get_account_settings()["AccountLimit"]["ConcurrentExecutions"] == 3
    make(small, "reserving")
    with pytest.raises(ClientError, match="below its minimum value"):
        client.put_function_concurrency(FunctionName="reserving", ReservedConcurrentExecutions=1)


def test_a_function_of_the_same_name_elsewhere_ends_no_execution(small):
    make(small, "same")
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(invoke, small, "same", 3)
        until(lambda: small.lab("concurrency")["running"] == {f"{ACCOUNT}:{REGION}:same": 1})
        template = {
            "Resources": {
                "Function": {
                    "Type": "AWS::Lambda::Function",
                    "Properties": {
                        "FunctionName": "same",
                        "Runtime": "python3.13",
                        "Handler": "index.handler",
                        "Role": f"arn:aws:iam::{OTHER}:role/none",
                        "Code": {"ZipFile": SLOW},
                    },
                }
            }
        }
        deploy(small, "same", json.dumps(template), OTHER)
        assert running.result() == "ran"


def test_an_update_of_a_function_ends_no_execution(small):
    make(small, "renewed")
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(invoke, small, "renewed", 3)
        until(lambda: small.lab("concurrency")["running"] == {f"{ACCOUNT}:{REGION}:renewed": 1})
        small.client("lambda").update_function_configuration(
            FunctionName="renewed", Environment={"Variables": {"RELEASE": "2"}}
        )
        assert running.result() == "ran"
    assert invoke(small, "renewed", 0) == "ran"


def test_an_execution_that_outlives_its_function_makes_no_log_group_anew(small):
    make(small, "brief")
    assert invoke(small, "brief", 0) == "ran"
    logs, group = small.client("logs"), "/aws/lambda/brief"
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(invoke, small, "brief", 3)
        until(lambda: small.lab("concurrency")["running"] == {f"{ACCOUNT}:{REGION}:brief": 1})
        small.client("lambda").delete_function(FunctionName="brief")
        logs.delete_log_group(logGroupName=group)
        running.result()
    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"] == []
