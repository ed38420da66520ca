"""Does the machinery of a member, or of the hub, run: stack, rules, schedules, queues, functions.

What is read of each, and (pure) how it is judged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gatewatch.operating.ages import count
from gatewatch.operating.examining import Check, Part, Seat
from gatewatch.verdict import Verdict

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
MUCH = 200
"""Messages in a queue above which they come late: a look is dropped after a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`matched` and `failed` are of the last day, None where no metric tells."""

    name: str
    state: str
    matched: float | None = None
    failed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A function, schedule or event source mapping: its state in AWS's own words."""

    name: str
    state: str
    reason: str = ""
    throttles: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    dead: int
    waiting: int


def read_rules(seat: Seat) -> tuple[Rule, ...]:
    events = seat.client("events")
    found = []
    for one in seat.of_type("AWS::Events::Rule"):
        # CloudFormation names a rule of the hub's bus `bus|rule`; some emulators do not.
        bus, _, name = one.physical.rpartition("|")
        bus = bus or seat.bus
        of_bus = {"EventBusName": bus} if bus else {}
        of_rule = {"RuleName": name, **of_bus}
        found.append(
            Rule(
                name=one.logical,
                state=events.describe_rule(Name=name, **of_bus)["State"],
                matched=_sum(seat, "AWS/Events", "MatchedEvents", of_rule),
                failed=_sum(seat, "AWS/Events", "FailedInvocations", of_rule),
            )
        )
    return tuple(found)


def judge_rules(rules: tuple[Rule, ...], _: float) -> Iterator[Check]:
    if not rules:
        yield Check(part="rules", verdict=Verdict.BAD, what="the stack has none", do=_REPAIR)
    for rule in rules:
        matched = "not told by metrics" if rule.matched is None else f"{rule.matched:.0f} matched"
        if rule.state != "ENABLED":
            what, do = f"{rule.name} is {rule.state.lower()}: its changes start no look", _ENABLE
            yield Check(part="rules", verdict=Verdict.BAD, what=what, do=do)
        elif rule.failed:
            what = f"{rule.name}: {count(int(rule.failed), 'event')} not delivered in a day"
            do = "read the dead-letter queue; see the policy of the queue that the rule feeds"
            yield Check(part="rules", verdict=Verdict.BAD, what=what, do=do)
        else:
            what = f"{rule.name} is enabled, {matched} in a day"
            yield Check(part="rules", verdict=Verdict.OK, what=what)


def read_schedules(seat: Seat) -> tuple[Work, ...]:
    scheduler = seat.client("scheduler")
    return tuple(
        Work(name=one.logical, state=scheduler.get_schedule(Name=one.physical)["State"])
        for one in seat.of_type("AWS::Scheduler::Schedule")
    )


def judge_schedules(schedules: tuple[Work, ...], _: float) -> Iterator[Check]:
    if not schedules:
        yield Check(part="schedule", verdict=Verdict.BAD, what="the stack has none", do=_REPAIR)
    for one in schedules:
        well = one.state == "ENABLED"
        yield Check(
            part="schedule",
            verdict=Verdict.OK if well else Verdict.BAD,
            what=f"{one.name} is {one.state.lower()}",
            do="" if well else _ENABLE,
        )


def read_mappings(seat: Seat) -> tuple[Work, ...]:
    functions = seat.client("lambda")
    found = []
    for one in seat.of_type("AWS::Lambda::EventSourceMapping"):
        told = functions.get_event_source_mapping(UUID=one.physical)
        reason = str(told.get("StateTransitionReason", ""))
        found.append(Work(name=one.logical, state=told["State"], reason=reason))
    return tuple(found)


def judge_mappings(mappings: tuple[Work, ...], _: float) -> Iterator[Check]:
    for one in mappings:
        what = f"{one.name} is {one.state.lower()}"
        if one.state == "Enabled":
            yield Check(part="queue feed", verdict=Verdict.OK, what=what)
        elif one.state in ("Disabled", "Disabling"):
            text = f"{what} ({one.reason or 'no reason told'}): nothing leaves its queue"
            yield Check(part="queue feed", verdict=Verdict.BAD, what=text, do=_ENABLE)
        else:
            yield Check(part="queue feed", verdict=Verdict.WARN, what=what, do="look again")


def read_functions(seat: Seat) -> tuple[Work, ...]:
    functions = seat.client("lambda")
    found = []
    for one in seat.of_type("AWS::Lambda::Function"):
        told = functions.get_function_configuration(FunctionName=one.physical)
        throttles = _sum(
            seat, "AWS/Lambda", "Throttles", {"FunctionName": one.physical}, HOUR_SECONDS
        )
        found.append(function_of(one.logical, told, throttles))
    return tuple(found)


def function_of(name: str, told: dict[str, Any], throttles: float | None = None) -> Work:
    """A function as GetFunctionConfiguration tells it; a failed update is its state."""
    if told.get("LastUpdateStatus") == "Failed":
        reason = str(told.get("LastUpdateStatusReason", ""))
        return Work(name=name, state="Update failed", reason=reason, throttles=throttles)
    return Work(
        name=name,
        state=str(told.get("State", "Active")),
        reason=str(told.get("StateReason", "")),
        throttles=throttles,
    )


def judge_functions(functions: tuple[Work, ...], _: float) -> Iterator[Check]:
    for one in functions:
        what = f"{one.name} is {one.state.lower()}"
        if one.state in ("Failed", "Update failed"):
            what += f": {one.reason or 'no reason told'}"
            yield Check(part="functions", verdict=Verdict.BAD, what=what, do=_REPAIR)
        elif one.throttles:
            what += f", throttled {one.throttles:.0f} times in an hour"
            do = "raise the account's concurrency limit, or lower LookConcurrency"
            yield Check(part="functions", verdict=Verdict.WARN, what=what, do=do)
        else:
            yield Check(part="functions", verdict=Verdict.OK, what=what)


def read_queues(seat: Seat) -> Queues:
    sqs = seat.client("sqs")
    return Queues(
        dead=_visible(sqs, seat.physical("DeadLetterQueue")),
        waiting=_visible(sqs, seat.physical("LooksQueue") or seat.physical("HubQueue")),
    )


def judge_queues(queues: Queues, _: float) -> Iterator[Check]:
    if queues.dead:
        what = f"{count(queues.dead, 'message')} in the dead-letter queue"
        do = "read them: they are what was not delivered; the function's log says why"
        yield Check(part="dead letters", verdict=Verdict.BAD, what=what, do=do)
    else:
        yield Check(part="dead letters", verdict=Verdict.OK, what="none")
    waiting = f"{count(queues.waiting, 'message')} waiting"
    if queues.waiting > MUCH:
        do = "see whether the function behind it is throttled or its feed disabled"
        yield Check(part="queue", verdict=Verdict.WARN, what=waiting, do=do)
    else:
        yield Check(part="queue", verdict=Verdict.OK, what=waiting)


def judge_stack(status: str, _: float) -> Iterator[Check]:
    what = f"is {status}"
    if status.endswith("_FAILED") or "ROLLBACK" in status:
        do = "read the stack's events in CloudFormation; publish again, or delete and make it anew"
        yield Check(part="stack", verdict=Verdict.BAD, what=what, do=do)
    elif status.endswith("_IN_PROGRESS"):
        yield Check(part="stack", verdict=Verdict.WARN, what=what, do="look again when it rests")
    else:
        yield Check(part="stack", verdict=Verdict.OK, what=what)


def _visible(sqs: Any, queue_url: str) -> int:
    name = "ApproximateNumberOfMessages"
    answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[name])
    return int(answer["Attributes"][name])


def _sum(
    seat: Seat,
    namespace: str,
    metric: str,
    dimensions: Mapping[str, str],
    seconds: int = DAY_SECONDS,
) -> float | None:
    """The metric's sum until now; None where CloudWatch has no datum (nothing happened)."""
    now = datetime.fromtimestamp(seat.clock.real_now_at(), tz=UTC)
    points = seat.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(seconds=seconds),
        EndTime=now,
        Period=seconds,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points) if points else None


_ENABLE = "somebody switched it off: switch it on again, or bring the stack up to date"
_REPAIR = "bring the member's stack up to date (`gatewatch publish`, or update it by hand)"

PARTS = (
    Part(name="stack", read=lambda seat: seat.status, judge=judge_stack),
    Part(name="rules", read=read_rules, judge=judge_rules),
    Part(name="schedule", read=read_schedules, judge=judge_schedules),
    Part(name="queue feed", read=read_mappings, judge=judge_mappings),
    Part(name="functions", read=read_functions, judge=judge_functions),
    Part(name="queues", read=read_queues, judge=judge_queues),
)
