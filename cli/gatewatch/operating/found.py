"""What of Gatewatch stands, as far as the caller sees: StackSet, hub, members of this account.

Decided here: where each fact is read. Nothing is changed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from botocore.exceptions import ClientError

from gatewatch.failure import Failed
from gatewatch.operating import hub_table, instances
from gatewatch.operating.hub_table import Hub
from gatewatch.operating.member_stack import members, parameters_of
from gatewatch.operating.members import Instance, Member
from gatewatch.operating.stands import Bucket, Stack, Standing
from gatewatch.publishing import buckets
from gatewatch.publishing.aws import ABSENT, Client, ask, code_of, pages
from gatewatch.publishing.plan import Present
from gatewatch.publishing.request import REGION_VARIABLE
from gatewatch.publishing.stackset import StackSet
from placer import remains
from probing.clock import Clock

OF_STACK_SET = "StackSet-"
"""How CloudFormation begins the names of stacks that a StackSet makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to look: the hub's and StackSet's names, their Region, further Regions. `bus` is the
    hub's, where it was taken away already."""

    client: Client
    clock: Clock
    region: str
    hub: str
    stack_set: str
    further: tuple[str, ...] = ()
    bus: str = ""

    def set_of(self, call_as: Mapping[str, str]) -> StackSet:
        client = self.client("cloudformation", self.region)
        return StackSet(client=client, name=self.stack_set, clock=self.clock, call_as=call_as)


def standing(place: Place) -> tuple[Standing, StackSet | None]:
    """Everything that stands, and the StackSet to ask. Raises Failed when AWS refuses to tell."""
    account = str(ask(place.client("sts", place.region), "get_caller_identity", "you")["Account"])
    stack_set, present, note = _stack_set(place)
    there = _instances(place, stack_set)
    hub, hub_stack, hub_note = _hub(place)
    regions = tuple(dict.fromkeys([place.region, *place.further, *(i.region for i in there)]))
    heard: tuple[Member, ...] = ()
    if hub is not None:
        heard = hub_table.members(place.client("dynamodb", place.region), hub.table)
    nested = frozenset(_in_hub(place, hub, "AWS::CloudFormation::Stack"))
    bus = hub.bus_arn if hub else place.bus
    here = tuple(
        _whose(one, bus)
        for region in regions
        for one in _members_here(place, region, account, nested)
    )
    found = Standing(
        account=account,
        region=place.region,
        now_at=place.clock.now_at(),
        stack_set_name=place.stack_set,
        stack_set=present,
        instances=there,
        hub=hub,
        hub_stack=hub_stack,
        members=heard,
        members_here=here,
        buckets=_buckets(place, present),
        hub_buckets=_in_hub(place, hub, "AWS::S3::Bucket"),
        regions=regions,
        notes=(*(one for one in (note, hub_note) if one), *_of_others(here)),
    )
    return found, stack_set


def _stack_set(place: Place) -> tuple[StackSet | None, Present | None, str]:
    """As its owner, else as a delegated administrator; None where there is none, with a note where
    that is not known."""
    refused: list[str] = []
    for caller in instances.CALLERS:
        stack_set = place.set_of({} if caller == instances.CALLERS[0] else {"CallAs": caller})
        try:
            present = stack_set.read()
        except Failed as error:
            refused.append(str(error))
            continue
        if present is not None:
            return stack_set, present, ""
    known = len(refused) < len(instances.CALLERS)
    return None, None, "" if known else f"whether there is a StackSet is not known: {refused[0]}"


def _instances(place: Place, stack_set: StackSet | None) -> tuple[Instance, ...]:
    if stack_set is None:
        return ()
    client = place.client("cloudformation", place.region)
    return instances.read(client, place.stack_set).found


def _hub(place: Place) -> tuple[Hub | None, Stack | None, str]:
    """The hub and its stack; None where there is none, with a note where that is not known."""
    cloudformation = place.client("cloudformation", place.region)
    try:
        hub = hub_table.find(cloudformation, place.hub)
    except Failed as error:
        known = any(words in str(error) for words in ("does not exist", "is no hub"))
        return None, None, "" if known else f"whether there is a hub is not known: {error}"
    where = f"stack {place.hub} in {place.region}"
    (found,) = ask(cloudformation, "describe_stacks", where, StackName=place.hub)["Stacks"]
    return hub, Stack(name=place.hub, region=place.region, parameters=parameters_of(found)), ""


def _in_hub(place: Place, hub: Hub | None, kind: str) -> tuple[str, ...]:
    """Names or ids of the hub's resources of one type."""
    if hub is None:
        return ()
    rows = pages(
        place.client("cloudformation", hub.region),
        "list_stack_resources",
        "StackResourceSummaries",
        f"stack {hub.stack} in {hub.region}",
        StackName=hub.stack,
    )
    return tuple(r.get("PhysicalResourceId", "") for r in rows if r["ResourceType"] == kind)


def _members_here(
    place: Place, region: str, account: str, nested: frozenset[str]
) -> Iterable[Stack]:
    cloudformation, ec2 = place.client("cloudformation", region), place.client("ec2", region)
    for one in members(cloudformation):
        of_hub = not nested.isdisjoint((one["StackId"], one["StackName"]))
        yield Stack(
            name=one["StackName"],
            region=region,
            parameters=parameters_of(one),
            canaries=tuple(stack.name for stack in remains.stacks(cloudformation)),
            interfaces=len(remains.interfaces(ec2, account)),
            nested=of_hub,
            of_stack_set=one["StackName"].startswith(OF_STACK_SET),
            part_of="" if of_hub else _name_of(one.get("ParentId", "")),
        )


def _whose(member: Stack, bus: str) -> Stack:
    """The member, marked where it tells another hub than the one that is asked about."""
    told = member.parameters.get("HubBusArn", "")
    return member if not bus or told in ("", bus) else replace(member, tells=told)


def _name_of(stack_id: str) -> str:
    """The name in a stack's id, `arn:…:stack/<name>/<uuid>`; "" for none."""
    return stack_id.partition(":stack/")[2].partition("/")[0]


def _of_others(here: Iterable[Stack]) -> Iterator[str]:
    for one in here:
        where = f"member {one.name} in {one.region}"
        if one.part_of:
            yield (
                f"{where} is part of stack {one.part_of} and stays: to take that hub away, name it "
                f"by --stack {one.part_of}"
            )
        elif one.tells:
            yield f"{where} tells another hub ({one.tells}) and stays: uninstall where that hub is"


def _buckets(place: Place, present: Present | None) -> tuple[Bucket, ...]:
    """The artefact buckets that the published template names, one for each Region of it."""
    if present is None:
        return ()
    names = set()
    for resource in present.template.get("Resources", {}).values():
        for value in resource.get("Properties", {}).values():
            bucket = value.get("S3Bucket") if isinstance(value, dict) else None
            name = bucket.get("Fn::Sub", "") if isinstance(bucket, dict) else ""
            if str(name).endswith(REGION_VARIABLE):
                names.add(str(name).removesuffix(REGION_VARIABLE))
    regions = sorted({instance.region for instance in present.instances})
    found = (_bucket(place, f"{name}-{region}", region) for name in names for region in regions)
    return tuple(one for one in found if one is not None)


def _bucket(place: Place, name: str, region: str) -> Bucket | None:
    """None for one that is gone."""
    try:
        tags = place.client("s3", region).get_bucket_tagging(Bucket=name)["TagSet"]
    except ClientError as error:
        if code_of(error) in ABSENT:
            return None
        return Bucket(name=name, region=region, ours=False)
    ours = all(tag in tags for tag in buckets.TAGS)
    return Bucket(name=name, region=region, ours=ours)
