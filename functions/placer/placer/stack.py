"""One canary stack for one VPC: deployed, updated and removed with the member's service role.

Decided here: how a stack `gatewatch-canary-<vpc-id>` comes and goes, and how refusals are told.
Not decided here: which VPCs get one and in which subnets (the command, the placer function).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from placer.calls import GONE, PREFIX, Calls, PlaceError, outputs_of
from probing.clock import Clock

MEMBER = "Member"
"""Logical id of the member's stack in the hub's stack, for a stand-alone install."""
POLL_SECONDS = 2.0
WAIT_SECONDS = 2700.0
"""Lambda releases the interfaces of a removed function within 20 to 45 minutes."""
DONE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"})
BROKEN = frozenset({
    "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED",
    "UPDATE_ROLLBACK_FAILED",
})  # fmt: skip
"""States that no update leads out of: the stack is removed and made again."""
ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE"
PART, PLACED_BY = "gatewatch:part", "gatewatch:placed-by"
"""Tags of a canary's stack, and so of what is in it; the second says `hand` or `placer`."""
OUTPUTS = {
    "canary_role_arn": "CanaryRoleArn",
    "canary_layer_arn": "CanaryLayerArn",
    "probing_layer_arn": "ProbingLayerArn",
    "service_role_arn": "CanaryServiceRoleArn",
    "release": "Release",
}
"""Fields of MemberOutputs by the outputs of member.yaml."""
KEY_OUTPUT, NO_KEY = "KmsKeyArn", "none"
"""Members of an earlier release have no such output; one without a customer key says `none`."""


class Action(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberOutputs:
    """What a canary stack needs of the member's stack."""

    canary_role_arn: str
    canary_layer_arn: str
    probing_layer_arn: str
    service_role_arn: str
    release: str
    kms_key_arn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where the canary of a VPC stands. Without `security_groups` it gets an own one.

    `canary` is the suffix of the name of a further canary of the VPC, "" for the first. With `ipv6`
    it has IPv6 addresses too. `by_hand` marks one that the placer leaves where it was put.
    `parameters` are further parameters of vpc.yaml (MemorySize, LogRetentionDays).
    """

    vpc_id: str
    subnet_ids: tuple[str, ...]
    canary: str = ""
    zones: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    not_representative: str = ""
    ipv6: bool = False
    by_hand: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What was done to which stack. `outputs` are the stack's ("" for one that is gone)."""

    stack: str
    action: Action
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacks:
    """Canary stacks of one account and Region."""

    calls: Calls
    clock: Clock

    def member_stack(self, stack: str) -> dict[str, Any]:
        """The member's stack as it is described: `stack`, or the one nested in it.

        Raises PlaceError when there is no such stack, or it lacks outputs.
        """
        found = self.calls.described(stack)
        if found is None:
            raise PlaceError(f"there is no stack {stack} here: deploy Gatewatch first")
        if not set(OUTPUTS.values()) <= set(outputs_of(found)):
            nested = self.calls.resource(stack, MEMBER)
            found = (self.calls.described(nested) if nested else None) or found
        missing = sorted(set(OUTPUTS.values()) - set(outputs_of(found)))
        if missing:
            raise PlaceError(
                f"stack {stack} has no outputs {', '.join(missing)}: name the stack of "
                "member.yaml, or the hub's stack that it is nested in"
            )
        return found

    def member(self, stack: str) -> MemberOutputs:
        """The outputs of the member's stack. Raises PlaceError as `member_stack` does."""
        return outputs_for(self.member_stack(stack))

    def place(self, placement: Placement, member: MemberOutputs, template: str) -> Placed:
        """Make or update the VPC's stack from `template` (the text of vpc.yaml) and wait for it.

        Raises PlaceError with the reasons that CloudFormation gives.
        """
        name = stack_name(placement.vpc_id, placement.canary)
        found = self.calls.described(name)
        if found is not None and found["StackStatus"] in BROKEN:
            self.unplace(placement.vpc_id, member.service_role_arn, placement.canary)
        action = self.begin(placement, member, template)
        if action is Action.UNCHANGED:
            return Placed(stack=name, action=action, outputs=outputs_of(found or {}))
        return self._settled(name, action)

    def begin(self, placement: Placement, member: MemberOutputs, template: str) -> Action:
        """Begin to make or update the VPC's stack, and wait for nothing. Raises PlaceError; for a
        stack that no update leads out of, too: it must `leave` first."""
        name = stack_name(placement.vpc_id, placement.canary)
        arguments = {
            "StackName": name,
            "TemplateBody": template,
            "RoleARN": member.service_role_arn,
            "Parameters": _parameters(placement, member),
            "Tags": _tags(placement),
        }
        if self.calls.described(name) is None:
            self.calls.call("create_stack", **arguments, OnFailure="ROLLBACK")
            return Action.CREATED
        return Action.UPDATED if self._updates(arguments) else Action.UNCHANGED

    def unplace(self, vpc_id: str, service_role_arn: str, canary: str = "") -> Placed:
        """Remove the VPC's stack and wait until it is gone. Raises PlaceError."""
        return self.gone(vpc_id, self.leave(vpc_id, service_role_arn, canary), canary)

    def leave(self, vpc_id: str, service_role_arn: str, canary: str = "") -> str | None:
        """Begin to remove the VPC's stack; its id for `gone`, None when there is none.

        Apart from the wait, because a VPC's interface takes its time and several can take it
        together. Raises PlaceError.
        """
        found = self.calls.described(stack_name(vpc_id, canary))
        if found is None:
            return None
        self.calls.call("delete_stack", StackName=found["StackId"], RoleARN=service_role_arn)
        return str(found["StackId"])

    def gone(self, vpc_id: str, stack_id: str | None, canary: str = "") -> Placed:
        """Wait until the stack that `leave` began to remove is gone. Raises PlaceError."""
        name = stack_name(vpc_id, canary)
        if stack_id is None:
            return Placed(stack=name, action=Action.ABSENT)
        # By id: a stack that is gone is no longer found by name.
        status = self._wait(stack_id)
        if status not in GONE:
            raise PlaceError(self._why(stack_id, f"stack {name} was not removed ({status})"))
        return Placed(stack=name, action=Action.REMOVED)

    def _updates(self, arguments: dict[str, Any]) -> bool:
        """Start an update; False when there is nothing to update."""
        try:
            self.calls.call("update_stack", **arguments)
        except PlaceError as error:
            # An error by which CloudFormation says that all is as asked.
            if "No updates are to be performed" in str(error):
                return False
            raise
        return True

    def _settled(self, name: str, action: Action) -> Placed:
        status = self._wait(name)
        if status not in DONE:
            raise PlaceError(self._why(name, f"stack {name} was not {action} ({status})"))
        found = self.calls.described(name)
        return Placed(stack=name, action=action, outputs=outputs_of(found or {}))

    def _wait(self, name: str) -> str:
        """The status that the stack comes to rest in. Raises PlaceError when it never does."""
        until = self.clock.monotonic_seconds() + WAIT_SECONDS
        while self.clock.monotonic_seconds() < until:
            found = self.calls.described(name)
            status = found["StackStatus"] if found else "DELETE_COMPLETE"
            if not status.endswith("_IN_PROGRESS") or status in DONE:
                return str(status)
            self.clock.sleep_seconds(POLL_SECONDS)
        raise PlaceError(f"stack {name} does not come to rest; see its events in CloudFormation")

    def _why(self, name: str, what: str) -> str:
        """`what`, with the first reasons among the stack's events."""
        return "; ".join([what, *self.calls.reasons(name)])


def outputs_for(member_stack: Mapping[str, Any]) -> MemberOutputs:
    """What a canary stack needs of a member's stack as it is described."""
    outputs = outputs_of(member_stack)
    return _of_outputs(outputs)


def _of_outputs(outputs: Mapping[str, str]) -> MemberOutputs:
    needed = {field: outputs[name] for field, name in OUTPUTS.items()}
    key = outputs.get(KEY_OUTPUT, NO_KEY)
    return MemberOutputs(**needed, kms_key_arn="" if key == NO_KEY else key)


def stack_name(vpc_id: str, canary: str = "") -> str:
    return f"{PREFIX}{vpc_id}" + (f"-{canary}" if canary else "")


def _tags(placement: Placement) -> list[dict[str, str]]:
    by = "hand" if placement.by_hand else "placer"
    return [{"Key": PART, "Value": "canary"}, {"Key": PLACED_BY, "Value": by}]


def _parameters(placement: Placement, member: MemberOutputs) -> list[dict[str, str]]:
    values = {
        "VpcId": placement.vpc_id,
        "Suffix": placement.canary,
        "SubnetIds": ",".join(placement.subnet_ids),
        "Zones": ",".join(placement.zones),
        "SecurityGroupIds": ",".join(placement.security_groups),
        "NotRepresentative": placement.not_representative,
        "Ipv6": "true" if placement.ipv6 else "false",
        "CanaryRoleArn": member.canary_role_arn,
        "CanaryLayerArn": member.canary_layer_arn,
        "ProbingLayerArn": member.probing_layer_arn,
        "Release": member.release,
        "KmsKeyArn": member.kms_key_arn,
        **placement.parameters,
    }
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
