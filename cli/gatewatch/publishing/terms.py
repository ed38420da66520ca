"""What every call of one publication says alike, as CloudFormation takes it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewatch.publishing.plan import Model, Step

DESCRIPTION = "Gatewatch: the member of every account and Region"
TAGS = [{"Key": "gatewatch:part", "Value": "member"}]
EXCEPT = "gatewatch:except"
"""Tag of a StackSet: accounts that are left out, apart by spaces. The next publication reads it."""
MOST_EXCLUDED = 19
"""A tag's value has at most 256 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """How fast an operation goes through the accounts, and how much failure ends it."""

    concurrency_percent: int = 10
    tolerance_percent: int = 0
    soft: bool = False
    parallel_regions: bool = False

    def as_asked(self, regions: tuple[str, ...]) -> dict[str, Any]:
        mode = "SOFT_FAILURE_TOLERANCE" if self.soft else "STRICT_FAILURE_TOLERANCE"
        return {
            "RegionConcurrencyType": "PARALLEL" if self.parallel_regions else "SEQUENTIAL",
            "RegionOrder": list(regions),
            "MaxConcurrentPercentage": self.concurrency_percent,
            "FailureTolerancePercentage": self.tolerance_percent,
            "ConcurrencyMode": mode,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Roles of a self-managed StackSet, where they are not CloudFormation's default ones: an ARN,
    and a name."""

    administration: str = ""
    execution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What every call of one publication says alike."""

    template_url: str
    parameters: Mapping[str, str]
    capability: str
    model: Model
    auto_deployment: bool
    regions: tuple[str, ...]
    preferences: Preferences
    excluded: tuple[str, ...] = ()
    roles: Roles = field(default_factory=Roles)


def settings(terms: Terms) -> dict[str, Any]:
    """Settings that an operation on some instances alone may not carry."""
    given: dict[str, Any] = {"ManagedExecution": {"Active": True}}
    if terms.model is Model.SERVICE:
        deployment: dict[str, bool] = {"Enabled": terms.auto_deployment}
        if terms.auto_deployment:
            deployment["RetainStacksOnAccountRemoval"] = False
        given["AutoDeployment"] = deployment
    return given


def described(terms: Terms) -> dict[str, Any]:
    given: dict[str, Any] = {
        "Description": DESCRIPTION,
        "Capabilities": [terms.capability],
        "PermissionModel": terms.model.value,
        "Tags": [*TAGS, *_excepted(terms)],
    }
    if terms.roles.administration:
        given["AdministrationRoleARN"] = terms.roles.administration
    if terms.roles.execution:
        given["ExecutionRoleName"] = terms.roles.execution
    return given


def _excepted(terms: Terms) -> list[dict[str, str]]:
    return [{"Key": EXCEPT, "Value": " ".join(terms.excluded)}] if terms.excluded else []


def targets(step: Step, terms: Terms) -> dict[str, Any]:
    regions = {"Regions": list(step.regions)}
    if terms.model is Model.SELF:
        return regions | {"Accounts": list(step.places)}
    units: dict[str, Any] = {"OrganizationalUnitIds": list(step.places)}
    if terms.excluded:
        units |= {"Accounts": list(terms.excluded), "AccountFilterType": "DIFFERENCE"}
    return regions | {"DeploymentTargets": units}
