"""The StackSet of the members: read, and one step of a plan done to it and waited for.

Decided here: how CloudFormation is asked, and when an operation has ended. Not decided here: which
steps (`plan`). What a call takes: CloudFormation API reference, "UpdateStackSet" and its siblings.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from botocore.exceptions import ClientError

from gatewatch.publishing.aws import ask, code_of, pages, told
from gatewatch.publishing.plan import Act, Instance, Model, Present, Step
from gatewatch.publishing.terms import EXCEPT, Terms, described, settings, targets
from probing.clock import Clock

POLL_SECONDS = 5.0
SLOWEST_POLL_SECONDS = 30.0
"""An operation over hundreds of accounts takes an hour: it is not asked for every few seconds."""
UNDER_WAY = frozenset({"QUEUED", "RUNNING", "STOPPING"})
SUSPENDED = "SKIPPED_SUSPENDED_ACCOUNT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an operation ended: its status, and each instance that did not get there."""

    operation: str
    status: str
    counts: Mapping[str, int]
    failed: tuple[str, ...]

    @property
    def well(self) -> bool:
        return self.status == "SUCCEEDED" and not self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSet:
    """One StackSet of the publishing account and Region. `call_as` is {} or {"CallAs": ...}."""

    client: Any
    name: str
    clock: Clock
    call_as: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"StackSet {self.name} in {self.client.meta.region_name}"

    def _ask(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return ask(
            self.client, operation, self.where, StackSetName=self.name, **self.call_as, **arguments
        )

    def _pages(self, operation: str, **arguments: Any) -> list[Any]:
        given = {"StackSetName": self.name, **self.call_as, **arguments}
        return pages(self.client, operation, "Summaries", self.where, **given)

    def read(self) -> Present | None:
        """The StackSet with its instances; None when there is none of that name."""
        try:
            answer = self.client.describe_stack_set(StackSetName=self.name, **self.call_as)
        except ClientError as error:
            if code_of(error) == "StackSetNotFoundException":
                return None
            raise told(self.client, "describe_stack_set", self.where, error) from error
        found = answer["StackSet"]
        rows = self._pages("list_stack_instances")
        given = {
            p["ParameterKey"]: p.get("ParameterValue", "") for p in found.get("Parameters", [])
        }
        there = frozenset(_instance(row) for row in rows)
        tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
        return Present(
            template=document(found.get("TemplateBody", "")),
            parameters=given,
            model=Model(found.get("PermissionModel", Model.SELF)),
            auto_deployment=bool(found.get("AutoDeployment", {}).get("Enabled")),
            managed_execution=bool(found.get("ManagedExecution", {}).get("Active")),
            excluded=tuple(tags.get(EXCEPT, "").split()),
            instances=there | _of_empty_units(found, there),
            behind=frozenset(_instance(row) for row in rows if _is_behind(row)),
        )

    def under_way(self) -> tuple[str, ...]:
        """Operations that have not ended, oldest first."""
        rows = self._pages("list_stack_set_operations")
        return tuple(r["OperationId"] for r in reversed(rows) if r["Status"] in UNDER_WAY)

    def do(self, step: Step, terms: Terms) -> str | None:
        """Begin one step; the id of its operation, or None when there is nothing to wait for."""
        if step.act is Act.CREATE:
            self._create(terms)
            return None
        regions = step.regions or terms.regions
        preferences = {"OperationPreferences": terms.preferences.as_asked(regions)}
        if step.act in (Act.UPDATE, Act.SETTLE):
            answer = self._ask("update_stack_set", **self._update(step, terms), **preferences)
            return str(answer["OperationId"])
        given = targets(step, terms) | preferences
        if step.act is Act.ADD:
            return str(self._ask("create_stack_instances", **given)["OperationId"])
        answer = self._ask("delete_stack_instances", RetainStacks=False, **given)
        return str(answer["OperationId"])

    def _create(self, terms: Terms) -> None:
        self._ask(
            "create_stack_set",
            TemplateURL=terms.template_url,
            Parameters=[
                {"ParameterKey": k, "ParameterValue": v} for k, v in terms.parameters.items()
            ],
            **settings(terms),
            **described(terms),
        )

    def _update(self, step: Step, terms: Terms) -> dict[str, Any]:
        given: dict[str, Any] = described(terms)
        if step.new_template:
            given["TemplateURL"] = terms.template_url
            given["Parameters"] = [
                {"ParameterKey": k, "ParameterValue": v} for k, v in terms.parameters.items()
            ]
        else:
            given["UsePreviousTemplate"] = True
            given["Parameters"] = [
                {"ParameterKey": k, "UsePreviousValue": True} for k in terms.parameters
            ]
        return given | (targets(step, terms) if step.places else settings(terms))

    def choose(self, name: str, value: str, preferences: Mapping[str, Any]) -> str:
        """Begin to give one parameter another value everywhere; the id of the operation. All else
        stays: what an update would forget when it is not said again is said again."""
        found = self._ask("describe_stack_set")["StackSet"]
        kept = [p["ParameterKey"] for p in found.get("Parameters", [])]
        roles = ("AdministrationRoleARN", "ExecutionRoleName")
        said = {role: found[role] for role in roles if found.get(role)}
        answer = self._ask(
            "update_stack_set",
            UsePreviousTemplate=True,
            Parameters=[
                *({"ParameterKey": k, "UsePreviousValue": True} for k in kept if k != name),
                {"ParameterKey": name, "ParameterValue": value},
            ],
            Capabilities=found.get("Capabilities", []),
            OperationPreferences=dict(preferences),
            **said,
        )
        return str(answer["OperationId"])

    def delete(self) -> None:
        """Delete the StackSet itself, once no instance is left."""
        self._ask("delete_stack_set")

    def wait(self, operation: str, say: Callable[[str], None]) -> Ended:
        """Wait until the operation has ended, and say how far it is whenever that changes."""
        said, pause = "", POLL_SECONDS
        while True:
            answer = self._ask("describe_stack_set_operation", OperationId=operation)
            status = answer["StackSetOperation"]["Status"]
            rows = self._pages("list_stack_set_operation_results", OperationId=operation)
            counts = Counter(str(row["Status"]) for row in rows)
            line = f"{status.lower()}: " + (
                ", ".join(f"{n} {s.lower()}" for s, n in sorted(counts.items()))
                or "no instance yet"
            )
            if line != said:
                said = line
                say(line)
            if status not in UNDER_WAY:
                failed = tuple(_failure(row) for row in rows if row["Status"] == "FAILED")
                return Ended(operation=operation, status=status, counts=counts, failed=failed)
            self.clock.sleep_seconds(pause)
            pause = min(pause * 1.2, SLOWEST_POLL_SECONDS)


def _instance(row: Mapping[str, Any]) -> Instance:
    return Instance(row.get("OrganizationalUnitId") or row["Account"], row["Region"])


def _is_behind(row: Mapping[str, Any]) -> bool:
    """OUTDATED, but for a suspended account: it stays so for as long as it is suspended."""
    detail = row.get("StackInstanceStatus", {}).get("DetailedStatus")
    return row.get("Status") == "OUTDATED" and detail != SUSPENDED


def _of_empty_units(found: Mapping[str, Any], there: frozenset[Instance]) -> frozenset[Instance]:
    """Units without an account have no instance to list; auto-deployment covers them all the same,
    in the StackSet's Regions as far as it tells them."""
    known = {instance.place for instance in there}
    units = (unit for unit in found.get("OrganizationalUnitIds", ()) if unit not in known)
    return frozenset(Instance(u, r) for u in units for r in found.get("Regions", ()))


def document(text: str) -> dict[str, Any]:
    """A template's text as data; {} when it is neither JSON nor plain YAML."""
    try:
        found = json.loads(text)
    except ValueError:
        try:
            found = yaml.safe_load(text)
        except yaml.YAMLError:
            found = {}
    return found if isinstance(found, dict) else {}


def _failure(row: Mapping[str, Any]) -> str:
    return f"{row['Account']} {row['Region']}: {row.get('StatusReason') or 'no reason was given'}"
