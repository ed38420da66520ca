import pytest
from botocore.exceptions import ClientError

from placer.calls import Calls, PlaceError
from placer.stack import OUTPUTS, Action, MemberOutputs, Placement, Stacks
from probing.clock import Clock

MEMBER = MemberOutputs(
    canary_role_arn="arn:aws:iam::123456789012:role/canary",
    canary_layer_arn="arn:aws:lambda:us-east-1:123456789012:layer:canary:1",
    probing_layer_arn="arn:aws:lambda:us-east-1:123456789012:layer:probing:1",
    service_role_arn="arn:aws:iam::123456789012:role/service",
    release="r1",
)
TEMPLATE = "the text of vpc.yaml"
HERE = Placement(vpc_id="vpc-0a1", subnet_ids=("subnet-1", "subnet-2"))


class CloudFormation:
    """Stacks by name. Each call is answered by a stack at rest, or one step before it."""

    def __init__(self):
        self.stacks, self.coming = {}, []

    def describe_stacks(self, StackName):
        if StackName not in self.stacks:
            raise refused("ValidationError", f"Stack with id {StackName} does not exist")
        if self.coming:
            return {"Stacks": [self.stacks[StackName] | {"StackStatus": self.coming.pop(0)}]}
        return {"Stacks": [self.stacks[StackName]]}

    def create_stack(self, StackName, **asked):
        self.stacks[StackName] = asked | {
            "StackId": StackName,
            "StackStatus": "CREATE_COMPLETE",
            "Outputs": [{"OutputKey": "Function", "OutputValue": StackName}],
        }
        self.coming = ["CREATE_IN_PROGRESS"]

    def update_stack(self, StackName, **asked):
        if asked["Parameters"] == self.stacks[StackName]["Parameters"]:
            raise refused("ValidationError", "No updates are to be performed.")
        self.stacks[StackName] |= asked | {"StackStatus": "UPDATE_COMPLETE"}

    def delete_stack(self, StackName, **asked):
        del self.stacks[StackName]

    def describe_stack_resource(self, StackName, LogicalResourceId):
        if "nested" not in self.stacks[StackName]:
            raise refused("ValidationError", "Resource Member does not exist")
        return {"StackResourceDetail": {"PhysicalResourceId": self.stacks[StackName]["nested"]}}


def refused(code, message):
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


@pytest.fixture
def client():
    return CloudFormation()


@pytest.fixture
def stacks(client):
    return Stacks(calls=Calls(cloudformation=client), clock=Clock(scale=1000.0))


def test_a_vpc_gets_one_stack_named_after_it_with_the_members_outputs(stacks, client):
    placed = stacks.place(HERE, MEMBER, TEMPLATE)
    assert (placed.stack, placed.action) == ("gatewatch-canary-vpc-0a1", Action.CREATED)
    [stack] = client.stacks.values()
    given = {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}
    assert given["SubnetIds"] == "subnet-1,subnet-2"
    assert given["CanaryLayerArn"] == MEMBER.canary_layer_arn
    assert stack["RoleARN"] == MEMBER.service_role_arn


def test_placing_again_updates_the_same_stack(stacks, client):
    stacks.place(HERE, MEMBER, TEMPLATE)
    moved = Placement(vpc_id="vpc-0a1", subnet_ids=("subnet-3",))
    assert stacks.place(moved, MEMBER, TEMPLATE).action is Action.UPDATED
    assert len(client.stacks) == 1


def test_a_stack_that_is_as_asked_is_left_alone(stacks):
    stacks.place(HERE, MEMBER, TEMPLATE)
    assert stacks.place(HERE, MEMBER, TEMPLATE).action is Action.UNCHANGED


def test_unplacing_removes_the_stack_and_nothing_when_there_is_none(stacks, client):
    stacks.place(HERE, MEMBER, TEMPLATE)
    assert stacks.unplace("vpc-0a1", MEMBER.service_role_arn).action is Action.REMOVED
    assert not client.stacks
    assert stacks.unplace("vpc-0a1", MEMBER.service_role_arn).action is Action.ABSENT


class Refusing(CloudFormation):
    def create_stack(self, **_):
        raise refused("AccessDenied", "not authorized to perform iam:PassRole")


def test_a_refusal_is_told_with_what_was_refused_and_which_right_is_missing():
    stacks = Stacks(calls=Calls(cloudformation=Refusing()), clock=Clock())
    with pytest.raises(PlaceError, match=r"CreateStack of gatewatch-canary-vpc-0a1.*PassRole"):
        stacks.place(HERE, MEMBER, TEMPLATE)


class Failing(CloudFormation):
    """Its stacks roll back."""

    def create_stack(self, StackName, **asked):
        self.stacks[StackName] = {"StackStatus": "ROLLBACK_COMPLETE", "StackId": StackName}

    def describe_stack_events(self, StackName):
        failed = {
            "LogicalResourceId": "Canary",
            "ResourceStatus": "CREATE_FAILED",
            "ResourceStatusReason": "The subnet ID 'subnet-1' does not exist",
        }
        rolled_back = {"LogicalResourceId": "x", "ResourceStatus": "ROLLBACK_COMPLETE"}
        return {"StackEvents": [rolled_back, failed]}


def test_a_stack_that_rolls_back_says_which_resource_failed_and_why():
    stacks = Stacks(calls=Calls(cloudformation=Failing()), clock=Clock())
    with pytest.raises(PlaceError, match="Canary: The subnet ID 'subnet-1' does not exist"):
        stacks.place(HERE, MEMBER, TEMPLATE)


class Again(CloudFormation):
    """An update failed long ago, a deletion just now; the newest events come first."""

    def describe_stack_events(self, StackName):
        def event(what, status, reason):
            told = {"LogicalResourceId": what, "ResourceStatus": status}
            return {**told, "ResourceStatusReason": reason}

        return {
            "StackEvents": [
                event("SecurityGroup", "DELETE_FAILED", "has a dependent object"),
                event(StackName, "DELETE_IN_PROGRESS", "User Initiated"),
                event("Canary", "UPDATE_FAILED", "no such layer"),
                event(StackName, "UPDATE_IN_PROGRESS", "User Initiated"),
            ]
        }


def test_a_failure_is_told_by_the_events_of_the_last_operation_alone():
    calls = Calls(cloudformation=Again())
    assert calls.reasons("canary") == ("SecurityGroup: has a dependent object",)


def test_a_stack_that_rolled_back_is_removed_and_made_again(stacks, client):
    client.stacks["gatewatch-canary-vpc-0a1"] = {
        "StackStatus": "ROLLBACK_COMPLETE",
        "StackId": "gatewatch-canary-vpc-0a1",
    }
    assert stacks.place(HERE, MEMBER, TEMPLATE).action is Action.CREATED


def with_outputs(*names, **more):
    outputs = [{"OutputKey": name, "OutputValue": f"value of {name}"} for name in names]
    return {"StackStatus": "CREATE_COMPLETE", "Outputs": outputs} | more


def test_the_members_outputs_are_read_from_its_stack(stacks, client):
    client.stacks["member"] = with_outputs(*OUTPUTS.values())
    assert stacks.member("member").service_role_arn == "value of CanaryServiceRoleArn"


def test_the_outputs_of_a_member_nested_in_the_hubs_stack_are_found(stacks, client):
    client.stacks["gatewatch"] = with_outputs("Dashboard", nested="gatewatch-Member-1")
    client.stacks["gatewatch-Member-1"] = with_outputs(*OUTPUTS.values())
    assert stacks.member("gatewatch").canary_layer_arn == "value of CanaryLayerArn"


def test_a_stack_without_the_members_outputs_is_refused_naming_them(stacks, client):
    client.stacks["other"] = with_outputs("Release")
    with pytest.raises(PlaceError, match="CanaryLayerArn, CanaryRoleArn, CanaryServiceRoleArn"):
        stacks.member("other")


def test_a_stack_that_is_not_there_is_refused(stacks):
    with pytest.raises(PlaceError, match="deploy Gatewatch first"):
        stacks.member("gatewatch")
