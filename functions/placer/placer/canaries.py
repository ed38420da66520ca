"""The canary stacks of an account: what CloudFormation has, and whether Lambda still agrees."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from placer.calls import PREFIX, Calls, PlaceError, code_of, outputs_of
from placer.facts import CanaryStack, Part
from placer.reading import Reader, pages, tags_of
from placer.stack import BROKEN, DONE, PLACED_BY, ROLLED_BACK

LISTED = [
    "CREATE_IN_PROGRESS", "CREATE_FAILED", "CREATE_COMPLETE",
    "ROLLBACK_IN_PROGRESS", "ROLLBACK_FAILED", "ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS", "DELETE_FAILED",
    "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE",
    "REVIEW_IN_PROGRESS",
]  # fmt: skip
"""All states but DELETE_COMPLETE, in which ListStacks tells a stack for 90 days."""


def canaries(reader: Reader, cloudformation: Any, functions: Any) -> tuple[CanaryStack, ...]:
    """The canary stacks, by name. `functions` is a client of Lambda."""
    nothing: list[dict[str, Any]] = []
    found = reader.read(Part.STACKS, lambda: list(_described(cloudformation)), nothing)
    return tuple(_canary(reader, cloudformation, functions, stack) for stack in found)


def named(name: str) -> tuple[str, str]:
    """VPC id and suffix in the name of a canary stack: `gatewatch-canary-vpc-0a1-3f` gives
    `vpc-0a1` and `3f`."""
    vpc, _, rest = name.removeprefix(PREFIX).partition("-")
    digits, _, canary = rest.partition("-")
    return f"{vpc}-{digits}", canary


def _described(cloudformation: Any) -> Iterator[dict[str, Any]]:
    """Listed by name first: only our own stacks are described, whose parameters are ours to see."""
    listed = pages(cloudformation, "list_stacks", "StackSummaries", StackStatusFilter=LISTED)
    names = {stack["StackName"] for stack in listed}
    for name in sorted(name for name in names if name.startswith(f"{PREFIX}vpc-")):
        try:
            yield from cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if code_of(error) != "ValidationError":  # gone since it was listed
                raise


def _canary(
    reader: Reader, cloudformation: Any, functions: Any, stack: dict[str, Any]
) -> CanaryStack:
    name, status = stack["StackName"], stack["StackStatus"]
    parameters = {
        one["ParameterKey"]: one.get("ParameterValue", "") for one in stack.get("Parameters", [])
    }
    subnets = _split(parameters.get("SubnetIds", ""))
    vpc_id, canary = named(name)
    return CanaryStack(
        name=name,
        vpc_id=vpc_id,
        canary=canary,
        status=status,
        since=(stack.get("LastUpdatedTime") or stack["CreationTime"]).timestamp(),
        subnets=subnets,
        groups=_split(outputs_of(stack).get("SecurityGroupId", "")),
        parameters=parameters,
        drift=_drift(reader, functions, name, subnets) if status in DONE else "",
        why=_why(cloudformation, stack) if status in (*BROKEN, ROLLED_BACK) else "",
        by_hand=tags_of(stack).get(PLACED_BY) != "placer",
    )


def _drift(reader: Reader, functions: Any, name: str, subnets: tuple[str, ...]) -> str:
    """What of the canary is not as its stack made it; "" when nothing, or when none can tell."""

    def ask() -> str:
        try:
            found = functions.get_function_configuration(FunctionName=name)
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return f"function {name} is gone"
            raise
        if found.get("State") == "Failed":
            return f"function {name} failed: {found.get('StateReason', 'no reason given')}"
        if set(found.get("VpcConfig", {}).get("SubnetIds", [])) != set(subnets):
            return f"function {name} stands in other subnets than its stack says"
        return ""

    return reader.read(Part.FUNCTIONS, ask, "")


def _why(cloudformation: Any, stack: dict[str, Any]) -> str:
    """What failed, by the stack's events; by its status alone where they are not readable."""
    try:
        reasons = Calls(cloudformation=cloudformation).reasons(stack["StackId"])
    except PlaceError:
        reasons = ()
    return "; ".join(reasons) or str(stack.get("StackStatusReason", ""))


def _split(text: str) -> tuple[str, ...]:
    return tuple(one for one in text.split(",") if one)
