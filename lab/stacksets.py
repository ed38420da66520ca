"""What moto's StackSets lack, put into moto of this process: settings, units, instances behind.

Decided here: how a service-managed StackSet answers where moto keeps nothing. Sources and guesses:
docs/fidelity.md. MiniStack has no StackSets, so this is moto, for publishing alone.
"""

import json
from typing import Any
from xml.sax.saxutils import escape

from moto.cloudformation import models, urls
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, BaseResponse
from moto.organizations.models import organizations_backends
from moto.s3.models import FakeBucket

_StackSet = models.StackSet
_CALL = BaseResponse.call_action
_PARSE = models.Stack.parse_template
_PERMISSION = FakeBucket.get_permission
TRUSTED = "member.org.stacksets.cloudformation.amazonaws.com"
POLLS = 2
"""Looks at an operation until it has ended: moto ends it before it has begun."""

refusing: dict[str, str] = {}
"""Accounts in which every instance fails, with the reason: set by a test."""


class KeptStackSet(_StackSet):
    """A StackSet that keeps what it was given, and knows which instances hold its template."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.auto_deployment: dict[str, Any] = {}
        self.execution: dict[str, Any] = {"Active": False}
        self.capabilities: list[str] = []
        self.units: dict[str, None] = {}
        self.holds: dict[tuple[str, str], tuple[str, str]] = {}

    @property
    def managed_execution(self) -> dict[str, Any]:
        return self.execution

    @property
    def organizational_unit_ids(self) -> list[str]:
        return list(self.units)

    @property
    def regions(self) -> list[str]:
        return sorted({instance.region_name for instance in self.stack_instances})

    def now(self) -> tuple[str, str]:
        """Template and parameters, as an instance that is not behind holds them."""
        return self.template, json.dumps(self.parameters, sort_keys=True)

    def keep(self, given: dict[str, Any]) -> None:
        self.auto_deployment = given.get("AutoDeployment") or self.auto_deployment
        self.execution = given.get("ManagedExecution") or self.execution
        self.capabilities = given.get("Capabilities") or self.capabilities

    def accounts_of(self, given: dict[str, Any]) -> list[str]:
        """Accounts below the units, at any depth, never the management account; less those that
        a DIFFERENCE names."""
        targets = given.get("DeploymentTargets") or {}
        units = targets.get("OrganizationalUnitIds", [])
        if not units:
            return list(given.get("Accounts") or [])
        backend: Any = self.instances.org_backend
        below = set(units)
        while more := {ou.id for ou in backend.ou if ou.parent_id in below} - below:
            below |= more
        left_out = {backend.org.master_account_id}
        if targets.get("AccountFilterType") == "DIFFERENCE":
            left_out |= set(targets.get("Accounts", []))
        return [a.id for a in backend.accounts if a.parent_id in below and a.id not in left_out]

    def unit_of(self, account: str) -> str:
        """The unit among the StackSet's targets that the account stands below, else ""."""
        backend = self.instances.org_backend
        parents = {ou.id: ou.parent_id for ou in backend.ou}
        parents |= {a.id: a.parent_id for a in backend.accounts}
        found: Any = account
        while found and found not in self.units:
            found = parents.get(found, "")
        return str(found or "")

    def settle(self, accounts: list[str], regions: list[str]) -> list[dict[str, str]]:
        """Instances follow; the result of each."""
        rows = []
        for instance in self.stack_instances:
            account, region = instance.account_id, instance.region_name
            if account in accounts and region in regions:
                rows.append({"Account": account, "Region": region, "Status": "SUCCEEDED"})
                if account in refusing:
                    rows[-1] |= {"Status": "FAILED", "StatusReason": refusing[account]}
                else:
                    self.holds[account, region] = self.now()
        return rows

    def began(self, rows: list[dict[str, str]]) -> None:
        """Say of the last operation what came of it, after a few looks."""
        failed = any(row["Status"] == "FAILED" for row in rows)
        self.operations[-1] |= {
            "Ends": "FAILED" if failed else "SUCCEEDED",
            "Status": "RUNNING",
            "Left": POLLS,
            "Results": rows,
        }


class KeptAnswers(CloudFormationResponse):
    """Calls of StackSets, with what moto leaves out."""

    def _found(self) -> KeptStackSet:
        name = self._get_param("StackSetName")
        found: Any = self.cloudformation_backend.describe_stack_set(name)
        assert isinstance(found, KeptStackSet)
        return found

    def create_stack_set(self) -> Any:
        answer = super().create_stack_set()
        self._found().keep(self._get_params())
        return answer

    def update_stack_set(self) -> Any:
        given = dict(self._get_params())
        for name in ("Accounts", "Regions"):  # moto would take them for overrides of instances
            self.params.pop(name, None)
        answer = super().update_stack_set()
        found = self._found()
        found.keep(given)
        accounts = found.accounts_of(given) or [i.account_id for i in found.stack_instances]
        found.began(found.settle(accounts, given.get("Regions") or found.regions))
        return answer

    def create_stack_instances(self) -> Any:
        given, found = self._get_params(), self._found()
        targets = given.get("DeploymentTargets") or {}
        found.units |= dict.fromkeys(targets.get("OrganizationalUnitIds", []))
        accounts, regions = found.accounts_of(given), given["Regions"]
        found.instances.template = found.template
        parameters: Any = found.parameters
        # As self-managed, moto names stacks "StackSet:...", which its own SQS refuses.
        found.instances.create_instances(
            accounts, regions, parameters, {}, permission_model="SERVICE_MANAGED"
        )
        return self._operation(found, "CREATE", found.settle(accounts, regions))

    def delete_stack_instances(self) -> Any:
        given, found = self._get_params(), self._found()
        accounts, regions = found.accounts_of(given), given["Regions"]
        rows = found.settle(accounts, regions)
        found.instances.delete(accounts, regions)
        return self._operation(found, "DELETE", rows)

    def _operation(self, found: KeptStackSet, action: str, rows: list[dict[str, str]]) -> Any:
        found._create_operation(self._get_param("OperationId"), action, "RUNNING")
        found.began(rows)
        return ActionResult({"OperationId": found.operations[-1]["OperationId"]})

    def describe_organizations_access(self) -> Any:
        """As trusted access stands in Organizations: on AWS it is one switch (guess)."""
        backend = organizations_backends[self.current_account][self.partition]
        on = any(row["ServicePrincipal"] == TRUSTED for row in backend.services)
        return ActionResult({"Status": "ENABLED" if on else "DISABLED"})

    def describe_stack_set_operation(self) -> Any:
        operation = self._found().get_operation(self._get_param("OperationId"))
        if operation["Left"] == 0:
            operation["Status"] = operation["Ends"]
        operation["Left"] -= 1
        return super().describe_stack_set_operation()

    def list_stack_set_operations(self) -> Any:
        newest_first = list(reversed(self._found().operations))
        return ActionResult({"Summaries": newest_first})

    def list_stack_set_operation_results(self) -> Any:
        operation = self._found().get_operation(self._get_param("OperationId"))
        rows: list[dict[str, str]] = operation["Results"]
        if operation["Status"] == "RUNNING":
            rows = [
                {k: row[k] for k in ("Account", "Region")} | {"Status": "RUNNING"} for row in rows
            ]
        return ActionResult({"Summaries": rows})

    def list_stack_instances(self) -> Any:
        found = self._found()
        rows = [i.to_dict() for i in found.stack_instances]
        for row in rows:
            row["OrganizationalUnitId"] = found.unit_of(row["Account"])
            if found.holds.get((row["Account"], row["Region"])) != found.now():
                row["Status"] = "OUTDATED"
        return ActionResult({"Summaries": rows})


def _permission(bucket: Any, action: str, resource: str) -> Any:
    """As if every call came by TLS: moto reads no condition of a bucket's policy."""
    policy = bucket.policy
    if policy is None:
        return _PERMISSION(bucket, action, resource)
    document = json.loads(policy)
    document["Statement"] = [s for s in document["Statement"] if s.get("Effect") != "Deny"]
    bucket.policy = json.dumps(document).encode()
    try:
        return _PERMISSION(bucket, action, resource)
    finally:
        bucket.policy = policy


def _call(self: Any) -> Any:
    """A call that moto has not is refused as such: it would answer a page of HTML, 500."""
    try:
        return _CALL(self)
    except NotImplementedError as error:
        told = escape(str(error))
        body = f"<Response><Error><Code>NotImplemented</Code><Message>{told}</Message></Error>"
        if "Action" not in self.querystring:
            return 501, {}, json.dumps({"__type": "NotImplemented", "message": told})
        return 501, {}, f"{body}</Response>"


def _parsed(template: str) -> Any:
    """JSON as JSON: moto reads it as YAML, in seconds."""
    try:
        return json.loads(template)
    except ValueError:
        return _PARSE(template)


def extend() -> None:
    """Put it all into moto of this process, before its first CloudFormation call."""
    for place, name, value in (
        (BaseResponse, "call_action", _call),
        (models, "StackSet", KeptStackSet),
        (models.Stack, "parse_template", staticmethod(_parsed)),
        (FakeBucket, "get_permission", _permission),
    ):
        setattr(place, name, value)
    urls.url_paths["{0}/$"] = KeptAnswers.dispatch
