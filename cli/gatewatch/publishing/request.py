"""What is asked of `gatewatch publish`, completed by what is there already.

Decided here: what an option that was not given means. A second publication needs none of the first
one's options: Regions, places, parameters and prefix are read from the StackSet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gatewatch.failure import USAGE, Failed
from gatewatch.publishing.plan import Model, Present, Wanted, effective, ordered
from gatewatch.publishing.surroundings import NOT_HANDED_DOWN, Surroundings, handed_down
from gatewatch.publishing.template import Rendered, check_prefix
from gatewatch.publishing.terms import MOST_EXCLUDED, Preferences, Roles

NOBODY = "none"
REGION_VARIABLE = "-${AWS::Region}"


class Kind(StrEnum):
    """How members come: by a service-managed StackSet (who asks is found out, or said), by a
    self-managed one, or as a plain stack of this account."""

    ORGANISATION = "organisation"
    MANAGEMENT = "management"
    DELEGATED = "delegated"
    SELF_MANAGED = "self-managed"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class HubAt:
    """The hub's stack in this account and Region, or the ARN of its bus elsewhere."""

    stack: str = "gatewatch"
    bus_arn: str = ""


@dataclass(frozen=True, slots=True)
class Store:
    """The buckets' prefix, the account that owns them, the organisation that may read them; each
    "" to be found out."""

    prefix: str = ""
    owner: str = ""
    organization: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The options, as they were typed. `waves` are places, one wave after the other."""

    name: str = "gatewatch-member"
    hub: HubAt = field(default_factory=HubAt)
    store: Store = field(default_factory=Store)
    regions: tuple[str, ...] = ()
    waves: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    kind: Kind = Kind.ORGANISATION
    auto_deployment: bool = True
    remove: bool = False
    roles: Roles = field(default_factory=Roles)
    preferences: Preferences = field(default_factory=Preferences)

    @property
    def plain(self) -> bool:
        return self.kind is Kind.PLAIN

    @property
    def model(self) -> Model:
        return Model.SELF if self.kind is Kind.SELF_MANAGED else Model.SERVICE


def call_as(request: Request, around: Surroundings) -> dict[str, str]:
    """Who asks: the management account as itself, another account as delegated administrator."""
    if request.kind in (Kind.SELF_MANAGED, Kind.PLAIN):
        return {}
    delegated = request.kind is Kind.DELEGATED
    if request.kind is Kind.ORGANISATION:
        delegated = bool(around.management) and not around.is_management
    return {"CallAs": "DELEGATED_ADMIN" if delegated else "SELF"}


def prefix_of(request: Request, present: Present | None, account: str) -> str:
    """The prefix asked for, else that of the published template, else one of this account."""
    if request.store.prefix:
        return check_prefix(request.store.prefix)
    published = _published_prefix(present.template) if present else ""
    return published or check_prefix(f"gatewatch-{request.store.owner or account}")


def wanted(
    request: Request, rendered: Rendered, around: Surroundings, present: Present | None
) -> Wanted:
    """All that is wanted. Raises Failed when something that nothing tells was left out."""
    return Wanted(
        template=rendered.document,
        parameters=_parameters(request, rendered, around, present),
        regions=regions_of(request, around, present),
        waves=() if request.plain else _waves(request, present),
        model=request.model,
        auto_deployment=request.auto_deployment and request.model is Model.SERVICE,
        excluded=_excluded(request, present),
        remove=request.remove,
    )


def regions_of(request: Request, around: Surroundings, present: Present | None) -> tuple[str, ...]:
    if request.regions:
        return ordered(request.regions, around.partition)
    there = sorted({i.region for i in present.instances}) if present else []
    return ordered(there or [around.region], around.partition)


def _waves(request: Request, present: Present | None) -> tuple[tuple[str, ...], ...]:
    if request.waves:
        return request.waves
    there = sorted({i.place for i in present.instances}) if present else []
    if not there:
        kind = (
            "accounts"
            if request.model is Model.SELF
            else "organisational units (ou-...) or root (r-...)"
        )
        raise Failed(f"where to? --to names {kind}; several --to are waves", code=USAGE)
    return (tuple(there),)


def _excluded(request: Request, present: Present | None) -> tuple[str, ...]:
    """Accounts that are left out: those named, else those left out before; `none` ends it."""
    if request.plain or request.model is Model.SELF or request.excluded == (NOBODY,):
        return ()
    if len(request.excluded) > MOST_EXCLUDED:
        raise Failed(
            f"--except: {len(request.excluded)} accounts; up to {MOST_EXCLUDED} can be left out: "
            "put more into a unit of their own, and name the others with --to",
            code=USAGE,
        )
    return request.excluded or (present.excluded if present else ())


def _parameters(
    request: Request, rendered: Rendered, around: Surroundings, present: Present | None
) -> dict[str, str]:
    """What was chosen before, then what the hub hands down, then what is given now."""
    given = dict(request.parameters)
    if unknown := sorted(set(given) - rendered.parameters):
        raise Failed(
            f"--parameter {unknown[0]}: the member has no such parameter; it has "
            f"{', '.join(sorted(rendered.parameters))}",
            code=USAGE,
        )
    found = _chosen_before(rendered, present) | handed_down(around.hub, rendered.parameters)
    if request.hub.bus_arn:
        found["HubBusArn"] = request.hub.bus_arn
    found |= given
    if "HubBusArn" not in found:
        raise Failed(
            f"no stack {request.hub.stack} in account {around.account}, {around.region}, and so no "
            "bus to tell: publish where the hub is (--hub-stack names its stack), or give "
            "--hub-bus-arn",
            code=USAGE,
        )
    return found


def _chosen_before(rendered: Rendered, present: Present | None) -> dict[str, str]:
    """Parameters of the StackSet that were chosen, and that a member still has."""
    return chosen(present.template, present.parameters, rendered.parameters) if present else {}


def chosen(
    template: Mapping[str, Any], parameters: Mapping[str, str], known: frozenset[str]
) -> dict[str, str]:
    """Those of the `known` parameters that are not just what the template says anyway."""
    own = effective(template, {})
    return {
        name: value
        for name, value in parameters.items()
        if name in known and name not in NOT_HANDED_DOWN and own.get(name) != value
    }


def _published_prefix(template: Mapping[str, Any]) -> str:
    for resource in template.get("Resources", {}).values():
        for value in resource.get("Properties", {}).values():
            bucket = value.get("S3Bucket") if isinstance(value, dict) else None
            name = bucket.get("Fn::Sub", "") if isinstance(bucket, dict) else ""
            if isinstance(name, str) and name.endswith(REGION_VARIABLE):
                return name.removesuffix(REGION_VARIABLE)
    return ""
