"""The member as a plain stack of this account: for a management account, which no service-managed
StackSet reaches (CloudFormation guide, "Service-managed permissions"), and for single accounts.

Decided here: how such a stack comes and follows a template. Not decided here: when it is done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from gatewatch.failure import Failed
from gatewatch.publishing.aws import Client, ask, code_of, told
from gatewatch.publishing.plan import effective
from gatewatch.publishing.stackset import POLL_SECONDS, document
from probing.clock import Clock

GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
UPDATABLE = GOOD | {"UPDATE_ROLLBACK_COMPLETE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A member's stack in one Region as it is; `template` is None when there is none."""

    region: str
    status: str = ""
    template: Mapping[str, Any] | None = None
    parameters: Mapping[str, str] | None = None

    def follows(self, template: Mapping[str, Any], parameters: Mapping[str, str]) -> bool:
        """Whether it is as wanted; one that rolled back is not, whatever it holds."""
        return (
            self.template == template
            and self.status in GOOD
            and effective(template, self.parameters or {}) == effective(template, parameters)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainStacks:
    """Stacks of one name in this account's Regions."""

    client: Client
    name: str
    clock: Clock

    def read(self, region: str) -> Stack:
        cloudformation = self.client("cloudformation", region)
        where = self._where(region)
        try:
            (found,) = cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            if code_of(error) == "ValidationError" and "does not exist" in str(error):
                return Stack(region=region)
            raise told(cloudformation, "describe_stacks", where, error) from error
        answer = ask(cloudformation, "get_template", where, StackName=self.name)
        body = answer["TemplateBody"]
        return Stack(
            region=region,
            status=found["StackStatus"],
            template=body if isinstance(body, dict) else document(body),
            parameters={
                p["ParameterKey"]: p.get("ParameterValue", "") for p in found.get("Parameters", [])
            },
        )

    def follow(self, stack: Stack, asked: Mapping[str, Any], say: Callable[[str], None]) -> None:
        """Make or update it and wait. Raises Failed with CloudFormation's reason."""
        cloudformation, where = (
            self.client("cloudformation", stack.region),
            self._where(stack.region),
        )
        if stack.template is not None and stack.status not in UPDATABLE:
            raise Failed(
                f"{where}: is {stack.status}: wait until it rests; one that never came up "
                "(ROLLBACK_COMPLETE) has to be deleted first"
            )
        try:
            operation = "create_stack" if stack.template is None else "update_stack"
            ask(cloudformation, operation, where, StackName=self.name, **asked)
        except Failed as error:
            # So CloudFormation says that a stack which rolled back holds all that is asked for.
            if "No updates are to be performed" not in str(error):
                raise
            say(f"stack {self.name} in {stack.region}: nothing to update")
            return
        while True:
            (found,) = ask(cloudformation, "describe_stacks", where, StackName=self.name)["Stacks"]
            status = found["StackStatus"]
            if not status.endswith("_IN_PROGRESS"):
                break
            self.clock.sleep_seconds(POLL_SECONDS)
        say(f"stack {self.name} in {stack.region}: {status}")
        if status not in GOOD:
            reason = found.get("StackStatusReason") or "its events say why"
            raise Failed(f"{where}: {status}: {reason}")

    def _where(self, region: str) -> str:
        return f"stack {self.name} in {region}"
