"""Which layer versions a run of the placer removes, and when it leaves all of them alone."""

import pytest

from tests.unit.placer.member_stand import ACCOUNT, REGION
from tests.unit.placer.runs import network, run

PROBING = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:gatewatch-probing"
UNNAMED = 2


@pytest.fixture
def layered(stand):
    """A canary, and a layer version that nobody names any more; the VPC's id."""
    vpc, subnet = network(stand)
    stand.stack(
        f"gatewatch-canary-{vpc}",
        SubnetIds=subnet,
        Zones="us-east-1a",
        Ipv6="false",
        Release="r2",
        CanaryRoleArn=stand.settings.canary_role_arn,
        CanaryLayerArn=stand.settings.canary_layer_arn,
        ProbingLayerArn=stand.settings.probing_layer_arn,
    )
    functions = stand.clients.lambda_
    functions.pages["list_functions"] = lambda: {"Functions": []}
    functions.pages["list_layer_versions"] = lambda: {
        "LayerVersions": [
            {
                "LayerVersionArn": f"{PROBING}:{number}",
                "Version": number,
                "CreatedDate": "2020-01-01T00:00:00.0+0000",
            }
            for number in (1, UNNAMED)
        ]
    }
    functions.instead["delete_layer_version"] = lambda **_: {}
    return vpc


def gone(stand):
    return {call["VersionNumber"] for call in stand.clients.lambda_.of("delete_layer_version")}


def states(stand, **of):
    """CloudFormation tells these stacks as at work."""
    inner = stand.clients.cloudformation.inner

    def describe(StackName):
        answer = inner.describe_stacks(StackName=StackName)
        for one in answer["Stacks"]:
            one["StackStatus"] = of.get(one["StackName"].replace("-", "_"), one["StackStatus"])
        return answer

    stand.clients.cloudformation.instead["describe_stacks"] = describe


def test_what_nobody_names_goes_while_all_stacks_rest(stand, layered):
    run(stand)
    assert gone(stand) == {UNNAMED}


@pytest.mark.parametrize(
    "status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "CREATE_IN_PROGRESS"]
)
def test_nothing_goes_while_a_canary_stack_is_at_work(stand, layered, status):
    """It may roll back to a version that neither its function nor its parameters name now."""
    name = f"gatewatch-canary-{layered}"
    states(stand, **{name.replace("-", "_"): status})
    run(stand)
    assert gone(stand) == set()
    states(stand)
    run(stand, later=300)
    assert gone(stand) == {UNNAMED}


def test_nothing_goes_while_the_members_own_stack_is_at_work(stand, layered):
    states(stand, member="UPDATE_IN_PROGRESS")
    run(stand)
    run(stand, later=300)
    assert gone(stand) == set()
    states(stand)
    run(stand, later=300)
    assert gone(stand) == {UNNAMED}
