"""Does a member see and is it heard: canaries, placer, the hub, the trail, the clock.

What is read of each, and (pure) how it is judged.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from checker import digest, snapshot, vpc_look
from checker.state import Table
from checker.trail import Trail
from checker.vpc_look import LookState
from gatewatch.operating import vantages
from gatewatch.operating.ages import age, count
from gatewatch.operating.examining import Check, Part, Seat
from gatewatch.operating.member_work import Work, function_of
from gatewatch.operating.members import PLACER_SILENT_SECONDS
from gatewatch.verdict import Verdict
from placer.memory import Kept, Memory
from reasoning import wire
from reasoning.blind import SILENT_SECONDS
from reasoning.transition import MemberProblem

DOCTOR = "Gatewatch Doctor"
"""No rule of the hub takes it: its bus answers that it has it, and that is all it is for."""
MOST_OFF_SECONDS = 5.0
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """`looked_at` None: never; `unknown`: why its last look told nothing; `paused`: all are."""

    vpc_id: str
    function: Work
    looked_at: float | None = None
    unknown: str = ""
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """`took_at`: the last digest that the hub's bus took (0 none). `refused` says why it did not
    take an event now, None where none was sent."""

    bus: str
    took_at: float = 0.0
    refused: str | None = None


def read_canaries(seat: Seat) -> tuple[Canary, ...]:
    """All canaries of the member; those of one VPC share its looks."""
    functions = {
        one["Name"].removeprefix(vantages.VANTAGES): str(json.loads(one["Value"])["function"])
        for one in vantages.parameters(seat.client("ssm"))
    }
    table = Table(dynamodb=seat.client("dynamodb"), name=seat.table)
    registry = snapshot.load_registry(table)
    items = table.get_many({vpc_look.key(name.partition("/")[0]) for name in functions})
    found = []
    for name, function in sorted(functions.items()):
        vpc_id = name.partition("/")[0]
        look = vpc_look.load(items.get(vpc_look.key(vpc_id)))
        unknown = look.reason if look is not None and look.state is LookState.UNKNOWN else ""
        found.append(
            Canary(
                vpc_id=vpc_id,
                function=_function(seat.client("lambda"), function),
                looked_at=look.at if look else None,
                unknown=unknown,
                paused=registry is not None and registry.paused,
            )
        )
    return tuple(found)


def _function(functions: Any, name: str) -> Work:
    try:
        return function_of(name, functions.get_function_configuration(FunctionName=name))
    except ClientError as error:
        if error.response["Error"].get("Code") != "ResourceNotFoundException":
            raise
        return Work(name=name, state="Failed", reason="there is no such function")


def judge_canaries(canaries: tuple[Canary, ...], now_at: float) -> Iterator[Check]:
    if not canaries:
        do = "`gatewatch place VPC`, or the parameter Placement; `gatewatch status` has the reasons"
        yield Check(part="canaries", verdict=Verdict.WARN, what="no VPC has one", do=do)
        return
    if any(one.paused for one in canaries):
        do = "`pause: false` in the organisation's endpoints.yaml, when looks may go on"
        yield Check(part="canaries", verdict=Verdict.WARN, what="all looks are paused", do=do)
        return
    bad = [check for one in canaries if (check := _of_canary(one, now_at)) is not None]
    yield from bad
    well = len(canaries) - len(bad)
    if well:
        what = f"{count(well, 'canary', 'canaries')} looked within {age(SILENT_SECONDS)}"
        yield Check(part="canaries", verdict=Verdict.OK, what=what)


def _of_canary(one: Canary, now_at: float) -> Check | None:
    """What is wrong with a canary, None when nothing is."""
    logs = f"log group /aws/lambda/{one.function.name}"
    if one.function.state in ("Failed", "Update failed"):
        what = f"{one.vpc_id}: its function is {one.function.state.lower()}: {one.function.reason}"
        do = f"`gatewatch place {one.vpc_id}`, or wait for the placer to mend it"
        return Check(part="canaries", verdict=Verdict.BAD, what=what, do=do)
    if one.looked_at is None:
        what = f"{one.vpc_id}: never looked; the first look comes within two minutes"
        do = f"if it does not: {logs}, and the checker's log"
        return Check(part="canaries", verdict=Verdict.WARN, what=what, do=do)
    if now_at - one.looked_at >= SILENT_SECONDS:
        what = f"{one.vpc_id}: last looked {age(now_at - one.looked_at)} ago"
        do = f"schedule, queue feed and throttles of the checker; then {logs}"
        return Check(part="canaries", verdict=Verdict.BAD, what=what, do=do)
    if one.unknown:
        what = f"{one.vpc_id}: its last look could tell nothing: {one.unknown}"
        return Check(part="canaries", verdict=Verdict.WARN, what=what, do=f"see {logs}")
    return None


def read_hub(seat: Seat) -> Heard:
    table = Table(dynamodb=seat.client("dynamodb"), name=seat.table)
    took_at = digest.load(table).at
    if not seat.send:
        return Heard(bus=seat.hub_bus_arn, took_at=took_at)
    detail = wire.write(
        DOCTOR, (), account=seat.account, region=seat.region, sent_at=seat.clock.now_at()
    )
    entry = wire.entry(DOCTOR, detail, seat.hub_bus_arn)
    # A bus takes events through the endpoint of its own Region.
    bus_region = seat.hub_bus_arn.split(":")[3]
    try:
        answer = seat.client("events", bus_region).put_events(Entries=[entry])
    except ClientError as error:
        return Heard(bus=seat.hub_bus_arn, took_at=took_at, refused=str(error))
    (told,) = answer["Entries"]
    why = f"{told['ErrorCode']}: {told.get('ErrorMessage', '')}" if told.get("ErrorCode") else ""
    return Heard(bus=seat.hub_bus_arn, took_at=took_at, refused=why)


def judge_hub(heard: Heard, now_at: float) -> Iterator[Check]:
    if not heard.took_at:
        do = "the hub's OrganizationId or MemberAccounts must name this account; then wait a minute"
        what = f"{heard.bus} never took a digest of this member"
        yield Check(part="hub", verdict=Verdict.BAD, what=what, do=do)
    elif now_at - heard.took_at >= SILENT_SECONDS:
        what = f"its bus took the last digest {age(now_at - heard.took_at)} ago"
        do = "the checker's log says `hub bus refused`, with the reason, or it does not run"
        yield Check(part="hub", verdict=Verdict.BAD, what=what, do=do)
    else:
        what = f"its bus took a digest {age(now_at - heard.took_at)} ago"
        yield Check(part="hub", verdict=Verdict.OK, what=what)
    if heard.refused:
        # Who runs the doctor may lack the right that the checker's role has.
        do = "no harm, if the line above is ok: the right is needed by the checker, not by you"
        what = f"an event of yours was refused: {heard.refused}"
        yield Check(part="hub bus", verdict=Verdict.UNKNOWN, what=what, do=do)
    elif heard.refused is not None:
        what = f"took an event of yours ({DOCTOR}), which the hub ignores"
        yield Check(part="hub bus", verdict=Verdict.OK, what=what)


def read_placer(seat: Seat) -> Kept | None:
    """What the placer keeps; None for a release without one."""
    if not seat.physical("Placer"):
        return None
    return Memory(dynamodb=seat.client("dynamodb"), table=seat.table, clock=seat.clock).load()


def judge_placer(kept: Kept | None, now_at: float) -> Iterator[Check]:
    if kept is None:
        return
    old = now_at - kept.told_at
    if kept.leaving_at:
        what = f"takes the canaries away since {age(now_at - kept.leaving_at)}: the member goes"
        do = "nothing, if the stack is being deleted; else deploy the member again"
        yield Check(part="placer", verdict=Verdict.WARN, what=what, do=do)
    elif kept.rollout.halted:
        what = f"the roll-out is halted: {kept.rollout.halted}"
        do = "mend the release and publish it; docs/placement.md"
        yield Check(part="placer", verdict=Verdict.BAD, what=what, do=do)
    elif not kept.told_at:
        do = "it runs every five minutes; if it stays so: the placer's log"
        what = "has told the hub nothing yet"
        yield Check(part="placer", verdict=Verdict.WARN, what=what, do=do)
    elif old >= PLACER_SILENT_SECONDS:
        what = f"has told the hub nothing for {age(old)}; it does hourly"
        yield Check(part="placer", verdict=Verdict.BAD, what=what, do="see the placer's log")
    else:
        what = f"told the hub what stands {age(old)} ago"
        yield Check(part="placer", verdict=Verdict.OK, what=what)


def read_trail(seat: Seat) -> MemberProblem:
    return Trail(cloudtrail=seat.client("cloudtrail")).check(seat.clock.now_at())


def judge_trail(found: MemberProblem, _: float) -> Iterator[Check]:
    if not found.open:
        what = "a trail records management events here"
        yield Check(part="trail", verdict=Verdict.OK, what=what)
        return
    told = not found.what.startswith("whether")
    verdict = Verdict.BAD if told else Verdict.UNKNOWN
    yield Check(part="trail", verdict=verdict, what=found.what, do=found.mend)


def read_clock(seat: Seat) -> float:
    """Seconds that this machine's clock is ahead of AWS's (its answers carry whole seconds)."""
    answer = seat.client("sts").get_caller_identity()
    said = answer["ResponseMetadata"]["HTTPHeaders"].get("date", "")
    if not said:
        return 0.0
    return seat.clock.real_now_at() - parsedate_to_datetime(said).timestamp()


def judge_clock(ahead_seconds: float, _: float) -> Iterator[Check]:
    off = abs(ahead_seconds)
    if off <= MOST_OFF_SECONDS:
        yield Check(part="clock", verdict=Verdict.OK, what="this machine's agrees with AWS")
        return
    side = "ahead of" if ahead_seconds > 0 else "behind"
    what = f"this machine's is {age(off)} {side} AWS: ages above are off by as much"
    yield Check(part="clock", verdict=Verdict.WARN, what=what, do="set it by NTP")


PARTS = (
    Part(name="canaries", read=read_canaries, judge=judge_canaries),
    Part(name="placer", read=read_placer, judge=judge_placer),
    Part(name="hub", read=read_hub, judge=judge_hub),
    Part(name="trail", read=read_trail, judge=judge_trail),
    Part(name="clock", read=read_clock, judge=judge_clock),
)
