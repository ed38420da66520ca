"""One step of an uninstallation done and waited for. Which steps, and in which order: `removal`.

Each step may be done again: what it ends is looked at anew by the next run.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from gatewatch.failure import Failed
from gatewatch.operating.ages import count
from gatewatch.operating.found import Place, standing
from gatewatch.operating.removal import PLACEMENT, Act, Step
from gatewatch.operating.stands import NONE, Stack, Standing
from gatewatch.publishing.aws import ask, code_of, told
from gatewatch.publishing.plan import Act as PublishAct
from gatewatch.publishing.plan import Step as PublishStep
from gatewatch.publishing.stackset import StackSet
from gatewatch.publishing.terms import Preferences, Terms

POLL_SECONDS = 10.0
WAIT_SECONDS = 4500.0
"""An interface takes 45 minutes, a member's stack waits an hour for its canaries."""
PACE = Preferences(concurrency_percent=25, tolerance_percent=100, soft=True)
"""One account that refuses keeps no other from being left; it is named, and tried again."""
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]

HIDDEN = "****"
"""What CloudFormation tells of a parameter that nobody may read."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remover:
    """Does steps by one identity. `untold`: Regions whose stack took no Placement=none."""

    place: Place
    stack_set: StackSet | None
    say: Say
    untold: list[str] = field(default_factory=list)

    def do(self, step: Step, stands: Standing) -> None:
        """Raises Failed with what refused; a later run goes on from there."""
        self.say(step.text)
        match step.act:
            case Act.NO_PLACEMENT if step.of_stack_set:
                self._choose_nothing(stands)
            case Act.INTERFACES:
                self._until_gone()
            case Act.INSTANCES:
                self._delete_instances(step, stands)
            case Act.STACK_SET:
                self._set().delete()
            case Act.BACKUP:
                self._back_up(stands)
        for bucket in step.buckets:
            emptied(self.place.client("s3", bucket.region), bucket.name)
        change = self._tell if step.act is Act.NO_PLACEMENT else self._delete
        for stack in step.stacks:
            change(stack)

    def settle(self) -> None:
        """Wait for operations of the StackSet that an earlier run, or somebody else, began."""
        for operation in self.stack_set.under_way() if self.stack_set else ():
            self.say(f"waiting for operation {operation}, which is under way")
            self._set().wait(operation, self._deeper)

    def _choose_nothing(self, stands: Standing) -> None:
        regions = tuple(sorted({one.region for one in stands.instances}))
        operation = self._set().choose(PLACEMENT, NONE, PACE.as_asked(regions))
        # An account that cannot be told keeps nobody: its canaries go with its member.
        for line in self._set().wait(operation, self._deeper).failed:
            self._deeper(f"not told: {line}")

    def _delete_instances(self, step: Step, stands: Standing) -> None:
        present = stands.stack_set
        if present is None:
            return
        terms = Terms(
            template_url="",
            parameters={},
            capability="",
            model=present.model,
            auto_deployment=False,
            regions=step.regions,
            preferences=PACE,
        )
        asked = PublishStep(act=PublishAct.REMOVE, places=step.places, regions=step.regions)
        operation = self._set().do(asked, terms)
        if operation is not None:
            self._wait_for(operation)

    def _wait_for(self, operation: str) -> None:
        ended = self._set().wait(operation, self._deeper)
        if not ended.well:
            named = "; ".join(ended.failed) or "CloudFormation names no account"
            raise Failed(
                f"operation {operation} {ended.status}: {named}: mend it, then run the command "
                "again: it goes on from here"
            )

    def _set(self) -> StackSet:
        if self.stack_set is None:
            raise Failed("the StackSet is gone: run the command again")
        return self.stack_set

    def _until_gone(self) -> None:
        """Until no canary stands, as far as members told and this account shows."""
        clock, said = self.place.clock, ""
        until = clock.monotonic_seconds() + WAIT_SECONDS
        while clock.monotonic_seconds() < until:
            stands = replace(standing(self.place)[0], untold=tuple(self.untold))
            if not stands.awaited and not stands.interfaces:
                return
            line = (
                f"{count(stands.awaited, 'canary', 'canaries')} and "
                f"{count(stands.interfaces, 'interface')} still stand"
            )
            if line != said:
                said = line
                self._deeper(line)
            clock.sleep_seconds(POLL_SECONDS)
        # Members wait for their canaries too: one account must not keep all the others here.
        self._deeper(
            "not waited for any longer: `gatewatch status` says where and why; a member that "
            "cannot go for them is named"
        )

    def _tell(self, stack: Stack) -> None:
        """A stack that cannot be told is no reason to stay: its canaries go with it."""
        try:
            self._update(stack)
        except Failed as error:
            self.untold.append(stack.region)
            self._deeper(f"not told: {error}")

    def _update(self, stack: Stack) -> None:
        cloudformation, where = self._cloudformation(stack)
        parameters = [
            {"ParameterKey": name, "UsePreviousValue": True}
            if value.startswith(HIDDEN)
            else {"ParameterKey": name, "ParameterValue": value}
            for name, value in stack.parameters.items()
            if name != PLACEMENT
        ]
        chosen = {"ParameterKey": PLACEMENT, "ParameterValue": NONE}
        ask(
            cloudformation,
            "update_stack",
            where,
            StackName=stack.name,
            UsePreviousTemplate=True,
            Parameters=[*parameters, chosen],
            Capabilities=CAPABILITIES,
        )
        self._rest(cloudformation, stack.name, where, good=("UPDATE_COMPLETE",))

    def _delete(self, stack: Stack) -> None:
        cloudformation, where = self._cloudformation(stack)
        (found,) = ask(cloudformation, "describe_stacks", where, StackName=stack.name)["Stacks"]
        ask(cloudformation, "delete_stack", where, StackName=stack.name)
        # By id: a stack that is gone is no longer found by name.
        self._rest(cloudformation, found["StackId"], where, good=("DELETE_COMPLETE",))

    def _rest(self, cloudformation: Any, name: str, where: str, good: tuple[str, ...]) -> None:
        clock, said = self.place.clock, ""
        until = clock.monotonic_seconds() + WAIT_SECONDS
        while clock.monotonic_seconds() < until:
            status, why = _status(cloudformation, name, where)
            if status != said:
                said = status
                self._deeper(f"{where}: {status}")
            if status in good:
                return
            if not status.endswith("_IN_PROGRESS"):
                raise Failed(f"{where}: {status}: {why or 'its events say why'}")
            clock.sleep_seconds(POLL_SECONDS)
        raise Failed(f"{where}: still {said}: run the command again when it rests")

    def _back_up(self, stands: Standing) -> None:
        if stands.hub is None:
            return
        now = datetime.fromtimestamp(self.place.clock.real_now_at(), tz=UTC)
        name = f"{stands.hub.stack}-{now:%Y%m%dT%H%M%SZ}"
        dynamodb = self.place.client("dynamodb", stands.hub.region)
        where = f"table {stands.hub.table} in {stands.hub.region}"
        ask(dynamodb, "create_backup", where, TableName=stands.hub.table, BackupName=name)
        self._deeper(f"backup {name}: restore it by aws dynamodb restore-table-from-backup")

    def _cloudformation(self, stack: Stack) -> tuple[Any, str]:
        client = self.place.client("cloudformation", stack.region)
        return client, f"stack {stack.name} in {stack.region}"

    def _deeper(self, line: str) -> None:
        self.say(f"  {line}")


def emptied(s3: Any, name: str) -> None:
    """Delete a bucket with all versions of its objects."""
    where = f"bucket {name}"
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        rows = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        keys = [{"Key": row["Key"], "VersionId": row["VersionId"]} for row in rows]
        if keys:
            answer = ask(s3, "delete_objects", where, Bucket=name, Delete={"Objects": keys})
            for one in answer.get("Errors", []):
                raise Failed(f"{where}, {one['Key']}: {one.get('Message') or one.get('Code')}")
    ask(s3, "delete_bucket", where, Bucket=name)


def _status(cloudformation: Any, name: str, where: str) -> tuple[str, str]:
    try:
        (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if code_of(error) == "ValidationError" and "does not exist" in str(error):
            return "DELETE_COMPLETE", ""
        raise told(cloudformation, "describe_stacks", where, error) from error
    return str(found["StackStatus"]), str(found.get("StackStatusReason", ""))
