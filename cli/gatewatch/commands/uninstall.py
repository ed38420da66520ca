"""`gatewatch uninstall`: out again, in the order in which AWS lets go; shown first.

Decided here: when something is done, and how it is told. Not decided here: the order
(`operating.removal`), how a step is done (`operating.removing`).
"""

import json
import sys
from dataclasses import asdict, dataclass, replace

from gatewatch.failure import OK, PARTIAL
from gatewatch.operating import leftovers, removal
from gatewatch.operating.found import Place, standing
from gatewatch.operating.leftovers import Orphan
from gatewatch.operating.removal import Act, Step
from gatewatch.operating.removing import Remover
from gatewatch.operating.stands import Standing
from gatewatch.publishing.aws import clients, home_region
from probing.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`further`: Regions to look into beside the home Region and those of the StackSet."""

    stack: str = "gatewatch"
    stack_set: str = "gatewatch-member"
    further: tuple[str, ...] = ()
    yes: bool = False
    keep_data: bool = False
    region: str | None = None
    profile: str | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is to be said of one run."""

    stands: Standing
    steps: tuple[Step, ...]
    blockers: tuple[str, ...]
    remains: tuple[str, ...]
    orphans: tuple[Orphan, ...]
    notes: tuple[str, ...]


def run(options: Options) -> int:
    """Show what would be done and, with `yes`, do it. 0 done or shown, 4 when something that is
    named must go first. Raises Failed at the step that AWS refuses."""
    client = clients(options.profile)
    place = Place(
        client=client,
        clock=Clock.from_environment(),
        region=home_region(options.profile, options.region),
        hub=options.stack,
        stack_set=options.stack_set,
        further=options.further,
    )
    stands, stack_set = standing(place)
    if options.yes and stack_set is not None:
        Remover(place=place, stack_set=stack_set, say=_say).settle()
        stands, stack_set = standing(place)
    place = replace(place, bus=stands.hub.bus_arn if stands.hub else "")
    # Of these Regions: once the StackSet is gone, nothing names them any more.
    regions = stands.regions
    told = _told(place, stands, options, regions)
    if not options.as_json:
        _show(told)
    done: list[str] = []
    if options.yes:
        remover = Remover(place=place, stack_set=stack_set, say=_say)
        for step in _allowed(told):
            remover.do(step, stands)
            done.append(step.act)
        stands, _ = standing(place)
        told = _told(place, stands, options, regions)
    if options.as_json:
        print(json.dumps(_data(told, done), indent=1))
    else:
        _sum_up(told, options)
    return PARTIAL if options.yes and (told.blockers or told.steps) else OK


def _allowed(told: Told) -> tuple[Step, ...]:
    """The hub stays while a member that nobody here can take away still tells it things."""
    hub = (Act.BACKUP, Act.HUB)
    return tuple(step for step in told.steps if not (told.blockers and step.act in hub))


def _told(place: Place, stands: Standing, options: Options, regions: tuple[str, ...]) -> Told:
    taken = {s.region for s in stands.members_here}
    taken |= {place.region} if stands.hub else set()
    left = [leftovers.orphans(place.client, one) for one in regions if one not in taken]
    notes = [note for _, refused in left for note in refused]
    todo = removal.steps(stands, keep_data=options.keep_data)
    going = {bucket.name for step in todo for bucket in step.buckets}
    return Told(
        stands=stands,
        steps=todo,
        blockers=removal.blockers(stands),
        remains=removal.remains(stands, keep_data=options.keep_data),
        orphans=tuple(
            one for found, _ in left for one in found if one.name.rpartition(":")[2] not in going
        ),
        notes=(*stands.notes, *notes),
    )


def _show(told: Told) -> None:
    if told.steps:
        print("in this order:")
        for number, step in enumerate(told.steps, 1):
            print(f"  {number}. {step.text}")
        print("what remains:")
        for line in told.remains:
            print(f"  {line}")
    for line in told.blockers:
        print(f"must go first: {line}")
    for line in told.notes:
        print(f"note: {line}")


def _sum_up(told: Told, options: Options) -> None:
    if options.yes:  # before anything was done they were shown already, and were others
        for line in told.notes:
            print(f"note: {line}")
    if told.orphans:
        print("left over, of no member and no hub (tags may outlive what was just deleted):")
        for one in told.orphans:
            print(f"  {one.kind} {one.name} ({one.region})\n    {one.end}")
    if told.steps and not options.yes:
        print("nothing was done; --yes does it")
    elif told.blockers:
        print("the hub stands until what must go first is gone; then run the command again")
    elif told.steps:
        print("not all of it is gone: run the command again")
    elif told.notes:
        print("whether more is left is not known: see the notes")
    elif not told.orphans:
        print(f"nothing of Gatewatch is left in {told.stands.account} that can be seen from here")


def _data(told: Told, done: list[str]) -> dict[str, object]:
    return {
        "account": told.stands.account,
        "steps": [{"act": step.act, "text": step.text} for step in told.steps],
        "must_go_first": list(told.blockers),
        "remains": list(told.remains),
        "orphans": [asdict(one) for one in told.orphans],
        "notes": list(told.notes),
        "done": done,
    }


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
