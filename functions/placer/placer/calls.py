"""CloudFormation as the placer asks it: what is there, and refusals told with their reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

PREFIX = "gatewatch-canary-"
GONE = frozenset({"DELETE_COMPLETE"})
MOST_REASONS = 5
BEGUN = "User Initiated"
"""The reason of the event that each operation on a stack begins with; the newest come first."""


class PlaceError(Exception):
    """A stack could not be made or removed; the text says what refused and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """A CloudFormation client, its errors as PlaceError."""

    cloudformation: Any

    def described(self, name: str) -> dict[str, Any] | None:
        """The stack, or None when there is none."""
        try:
            stacks = self.cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if code_of(error) == "ValidationError" and "does not exist" in str(error):
                return None
            raise PlaceError(refusal("DescribeStacks", name, error)) from error
        except BotoCoreError as error:
            raise PlaceError(f"DescribeStacks of {name} failed: {error}") from error
        found = next((s for s in stacks if s["StackStatus"] not in GONE), None)
        return dict(found) if found else None

    def resource(self, stack: str, logical_id: str) -> str:
        """The physical id of a stack's resource, "" when it has none of that name. Raises
        PlaceError."""
        try:
            answer = self.cloudformation.describe_stack_resource(
                StackName=stack, LogicalResourceId=logical_id
            )
        except ClientError as error:
            if code_of(error) == "ValidationError":
                return ""
            raise PlaceError(refusal("DescribeStackResource", stack, error)) from error
        return str(answer["StackResourceDetail"].get("PhysicalResourceId", ""))

    def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self.cloudformation, operation)(**arguments)
        except ClientError as error:
            name = "".join(part.title() for part in operation.split("_"))
            raise PlaceError(refusal(name, arguments["StackName"], error)) from error
        except BotoCoreError as error:
            raise PlaceError(f"{operation} of {arguments['StackName']} failed: {error}") from error
        return answer

    def reasons(self, name: str) -> tuple[str, ...]:
        """What failed by the events of the stack's last operation, oldest first. Raises
        PlaceError."""
        told = self.call("describe_stack_events", StackName=name)["StackEvents"]
        events = list(takewhile(lambda one: one.get("ResourceStatusReason") != BEGUN, told))
        reasons = [
            f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
            for event in reversed(events)
            if event.get("ResourceStatus", "").endswith("_FAILED")
            and event.get("ResourceStatusReason")
        ]
        return tuple(dict.fromkeys(reasons[:MOST_REASONS]))


def outputs_of(stack: Mapping[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def refusal(operation: str, name: str, error: ClientError) -> str:
    """What was refused, and the right that is missing where that is the reason."""
    told = error.response.get("Error", {})
    what = f"{operation} of {name} was refused: {told.get('Message') or told.get('Code')}"
    if "AccessDenied" in code_of(error) or "Unauthorized" in code_of(error):
        what += (
            f" (who places canaries needs cloudformation:{operation} on stacks {PREFIX}* and "
            "iam:PassRole on the member's output CanaryServiceRoleArn)"
        )
    return what
