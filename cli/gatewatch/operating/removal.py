"""What `gatewatch uninstall` does, in which order, and what remains. Pure.

Decided here: the order. Canaries first, because their interfaces keep VPCs from going; then the
members; the hub last, because until then it is told what still stands.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gatewatch.operating.ages import count
from gatewatch.operating.stands import NONE, Bucket, Stack, Standing
from gatewatch.publishing.plan import Act as PublishAct
from gatewatch.publishing.plan import Wanted, effective, plan

PLACEMENT = "Placement"


class Act(StrEnum):
    NO_PLACEMENT = "no placement"
    INTERFACES = "interfaces"
    INSTANCES = "members"
    BUCKETS = "buckets"
    STACK_SET = "StackSet"
    MEMBER = "member"
    BACKUP = "backup"
    HUB = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`places` and `regions` are those of a StackSet operation; `stacks` and `buckets` what else
    is touched."""

    act: Act
    text: str
    places: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    stacks: tuple[Stack, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    of_stack_set: bool = False


def steps(stands: Standing, *, keep_data: bool) -> tuple[Step, ...]:
    """What is to be done, in order; what is gone already is left out."""
    return (
        *_no_placement(stands),
        *_interfaces(stands),
        *_instances(stands),
        *_plain(stands),
        *_hub(stands, keep_data=keep_data),
    )


def blockers(stands: Standing) -> tuple[str, ...]:
    """Members that must go first and that nobody can take away from here: the hub stays."""
    if stands.hub is None:
        return ()
    return tuple(
        f"account {m.account}, {m.region}: a member that neither the StackSet nor this account "
        "holds: run `gatewatch uninstall` there, or wait until its stack is gone"
        for m in stands.strangers
    )


def _no_placement(stands: Standing) -> Iterator[Step]:
    present = stands.stack_set
    if present is not None and present.instances and _places(present.template, present.parameters):
        text = f"StackSet {stands.stack_set_name}: {PLACEMENT}={NONE}: placers withdraw canaries"
        yield Step(act=Act.NO_PLACEMENT, text=text, of_stack_set=True)
    own = [*stands.plain, *([stands.hub_stack] if stands.hub_stack else [])]
    stacks = tuple(s for s in own if s.parameters.get(PLACEMENT, NONE) != NONE)
    if stacks:
        names = ", ".join(f"{stack.name} ({stack.region})" for stack in stacks)
        text = f"stack {names}: {PLACEMENT}={NONE}: placers withdraw canaries"
        yield Step(act=Act.NO_PLACEMENT, text=text, stacks=stacks)


def _places(template: Mapping[str, object], parameters: Mapping[str, str]) -> bool:
    """Whether members place: a release without the parameter has no placer to tell."""
    return effective(template, parameters).get(PLACEMENT, NONE) != NONE


def _interfaces(stands: Standing) -> Iterator[Step]:
    if stands.awaited or stands.interfaces:
        told = [count(stands.awaited, "canary", "canaries")] if stands.awaited else []
        told += [count(stands.interfaces, "interface")] if stands.interfaces else []
        text = f"wait for {' and '.join(told)} to go: AWS takes 20 to 45 minutes"
        yield Step(act=Act.INTERFACES, text=text)


def _instances(stands: Standing) -> Iterator[Step]:
    present, name = stands.stack_set, stands.stack_set_name
    if present is None:
        return
    # What a publication for no place at all would remove is every instance that there is.
    nobody = Wanted(
        template=present.template,
        parameters=present.parameters,
        regions=(),
        waves=(),
        model=present.model,
        auto_deployment=present.auto_deployment,
        remove=True,
    )
    for step in plan(nobody, present).steps:
        if step.act is PublishAct.REMOVE:
            where = f"{', '.join(step.places)} in {', '.join(step.regions)}"
            text = f"StackSet {name}: delete the members of {where}"
            yield Step(act=Act.INSTANCES, text=text, places=step.places, regions=step.regions)
    # Before the StackSet, whose template alone names them.
    ours = tuple(bucket for bucket in stands.buckets if bucket.ours)
    if ours:
        text = f"empty and delete {', '.join(one.name for one in ours)} (code of releases)"
        yield Step(act=Act.BUCKETS, text=text, buckets=ours)
    yield Step(act=Act.STACK_SET, text=f"delete the StackSet {name}")


def _plain(stands: Standing) -> Iterator[Step]:
    for stack in stands.plain:
        text = f"delete the member's stack {stack.name} in {stack.region}"
        yield Step(act=Act.MEMBER, text=text, stacks=(stack,))


def _hub(stands: Standing, *, keep_data: bool) -> Iterator[Step]:
    hub, stack = stands.hub, stands.hub_stack
    if hub is None or stack is None:
        return
    if keep_data:
        yield Step(act=Act.BACKUP, text=f"back up the hub's table {hub.table}")
    nested = any(s.nested for s in stands.members_here)
    text = f"delete the hub's stack {hub.stack} in {hub.region}"
    text += ", with the member nested in it" if nested else ""
    yield Step(act=Act.HUB, text=text, stacks=(stack,))


def remains(stands: Standing, *, keep_data: bool) -> tuple[str, ...]:
    """What is there afterwards, said before."""
    told = []
    if stands.hub is not None:
        kept = "the backup of the hub's table (incidents and ledger), until you delete it"
        gone = "AWS's own backup of the hub's table, for 35 days; --keep-data makes one that stays"
        told.append(kept if keep_data else gone)
        told += [f"bucket {name}, which the hub's stack retains" for name in stands.hub_buckets]
        told.append("the bucket that `sam deploy` made for packages, where it made one")
    told += [
        f"bucket {one.name} with the code of releases, which is not known as this account's"
        for one in stands.buckets
        if not one.ours
    ]
    told += [
        "layer versions that a placer could not delete (listed below when it is done)",
        "what is yours: parameters /gatewatch/endpoints/* and /gatewatch/secrets/*, secrets "
        "gatewatch/*, keys, topics of your own",
    ]
    if stands.stack_set is None and any(s.of_stack_set for s in stands.members_here):
        told.append(
            "the member's stack of a StackSet: uninstall where that StackSet is kept (the "
            "management account, or a delegated administrator)"
        )
    return tuple(told)
