"""What a publication changes: from what is wanted and what is there to steps, in their order.

Pure: no AWS, no clock, no file. Decided here: which operations a StackSet needs, and on which
instances. Not decided here: how they are asked for and waited for (`stackset`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

GLOBAL = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
"""By partition the Region in which events of Route 53, IAM and CloudFront arrive, and nowhere else
(CloudTrail guide, "About global service events"; of China a guess)."""


class Model(StrEnum):
    """Who the roles of a StackSet come from, as CloudFormation names it."""

    SERVICE = "SERVICE_MANAGED"
    SELF = "SELF_MANAGED"


class Act(StrEnum):
    CREATE = "create"  # the StackSet itself; it has no instances then
    UPDATE = "update"  # template, parameters, settings; instances follow
    SETTLE = "settle"  # instances that are behind follow what the StackSet holds
    ADD = "add"  # instances where there are none
    REMOVE = "remove"  # instances that nothing asks for any more


@dataclass(frozen=True, slots=True, order=True)
class Instance:
    """`place` is an organisational unit or root (service-managed) or an account (self-managed)."""

    place: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`waves` are the places, one wave after the other; `regions` are in their order; `excluded`
    are accounts of these places that get no member."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str]
    regions: tuple[str, ...]
    waves: tuple[tuple[str, ...], ...]
    model: Model = Model.SERVICE
    auto_deployment: bool = True
    excluded: tuple[str, ...] = ()
    remove: bool = False

    @property
    def instances(self) -> frozenset[Instance]:
        return frozenset(Instance(p, r) for wave in self.waves for p in wave for r in self.regions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """A StackSet as it is. `behind` are instances that do not hold its template yet."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str]
    model: Model
    auto_deployment: bool
    managed_execution: bool
    excluded: tuple[str, ...] = ()
    instances: frozenset[Instance] = frozenset()
    behind: frozenset[Instance] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation. Without places it is of all instances that there are."""

    act: Act
    places: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    new_template: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`left` are instances that are wanted no more, and stay because nobody said `--remove`."""

    steps: tuple[Step, ...] = ()
    left: tuple[Instance, ...] = ()
    problems: tuple[str, ...] = field(default=())


def ordered(regions: Iterable[str], partition: str = "aws") -> tuple[str, ...]:
    """Regions, each once, in their order; that of global events last where nobody named it."""
    needed = [GLOBAL[partition]] if partition in GLOBAL else []
    return tuple(dict.fromkeys([*regions, *needed]))


def effective(template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, str]:
    """Each parameter with the value that it has: the one given, else the template's own.

    CloudFormation may or may not tell defaults of a StackSet as if they had been given.
    """
    own = {
        name: str(entry["Default"])
        for name, entry in template.get("Parameters", {}).items()
        if "Default" in entry
    }
    return own | dict(parameters)


def plan(wanted: Wanted, present: Present | None) -> Plan:
    """The steps that lead from what is there to what is wanted; none when they are alike."""
    if present is None:
        return Plan(steps=(Step(act=Act.CREATE), *_added(wanted, frozenset())))
    if present.model is not wanted.model:
        return Plan(
            problems=(
                f"the StackSet is {present.model}, and CloudFormation changes that never: publish "
                "under another --name, or take this one away first",
            )
        )
    surplus = tuple(sorted(present.instances - wanted.instances))
    removed = _removed(surplus) if wanted.remove else ()
    return Plan(
        steps=(*_updates(wanted, present), *_added(wanted, present.instances), *removed),
        left=() if wanted.remove else surplus,
    )


def _updates(wanted: Wanted, present: Present) -> tuple[Step, ...]:
    new = wanted.template != present.template or effective(
        wanted.template, wanted.parameters
    ) != effective(present.template, present.parameters)
    settings = (wanted.auto_deployment, True, wanted.excluded) != (
        present.auto_deployment,
        present.managed_execution,
        present.excluded,
    )
    waves = [
        (places, regions)
        for wave in wanted.waves
        if (places := tuple(p for p in wave if any(i.place == p for i in present.instances)))
        and (regions := _regions_of(wanted.regions, present.instances, places))
    ]
    if len(waves) > 1 and (new or present.behind):
        return _in_waves(waves, present.behind, new=new, settings=settings)
    if new:
        return (Step(act=Act.UPDATE, new_template=True),)
    return (Step(act=Act.SETTLE),) if settings or present.behind else ()


def _in_waves(
    waves: Iterable[tuple[tuple[str, ...], tuple[str, ...]]],
    behind: frozenset[Instance],
    *,
    new: bool,
    settings: bool,
) -> tuple[Step, ...]:
    """Wave after wave, those alone that are behind when the StackSet holds the template already: a
    run after one that failed must not come to all at once."""
    following = [Step(act=Act.SETTLE, places=p, regions=r) for p, r in waves]
    if new:
        following[0] = replace(following[0], act=Act.UPDATE, new_template=True)
        # With targets no settings may be given (UpdateStackSet, AutoDeployment): they come last.
        return (*following, Step(act=Act.SETTLE))
    late = [s for s in following if not behind.isdisjoint(_touched(s))]
    reached = {instance for step in late for instance in _touched(step)}
    return (*late, *([Step(act=Act.SETTLE)] if settings or not behind <= reached else []))


def _touched(step: Step) -> frozenset[Instance]:
    return frozenset(Instance(p, r) for p in step.places for r in step.regions)


def _regions_of(
    regions: Iterable[str], instances: frozenset[Instance], places: Iterable[str]
) -> tuple[str, ...]:
    """Regions in which every one of the places has instances: an operation names a product."""
    return tuple(r for r in regions if all(Instance(p, r) in instances for p in places))


def _added(wanted: Wanted, there: frozenset[Instance]) -> tuple[Step, ...]:
    """For each wave one operation for each set of places that lacks the same Regions."""
    steps = []
    for wave in wanted.waves:
        by_places: dict[tuple[str, ...], list[str]] = {}
        for region in wanted.regions:
            lacking = tuple(p for p in wave if Instance(p, region) not in there)
            if lacking:
                by_places.setdefault(lacking, []).append(region)
        steps += [
            Step(act=Act.ADD, places=places, regions=tuple(regions))
            for places, regions in by_places.items()
        ]
    return tuple(steps)


def _removed(surplus: tuple[Instance, ...]) -> tuple[Step, ...]:
    by_place: dict[str, list[str]] = {}
    for instance in surplus:
        by_place.setdefault(instance.place, []).append(instance.region)
    by_regions: dict[tuple[str, ...], list[str]] = {}
    for place, regions in by_place.items():
        by_regions.setdefault(tuple(regions), []).append(place)
    return tuple(
        Step(act=Act.REMOVE, places=tuple(places), regions=regions)
        for regions, places in by_regions.items()
    )
