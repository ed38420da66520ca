"""What `gatewatch doctor` makes of what it read, part by part."""

import pytest
from botocore.exceptions import ClientError

from gatewatch.operating import member_sight, member_work
from gatewatch.operating.examining import Check, Examined, refused
from gatewatch.operating.member_sight import Canary, Heard
from gatewatch.operating.member_work import Queues, Rule, Work, function_of
from gatewatch.verdict import Verdict
from placer.memory import Kept
from placer.rollout import Rollout
from reasoning.transition import MemberProblem

NOW = 1_800_000_000.0
WELL = Work(name="gatewatch-canary-vpc-0a1", state="Active")
BUS = "arn:aws:events:us-east-1:111122223333:event-bus/gatewatch-hub"


def canary(**fields) -> Canary:
    values = {"vpc_id": "vpc-0a1", "function": WELL, "looked_at": NOW - 40, **fields}
    return Canary(**values)


def trail(what: str, *, open_: bool) -> MemberProblem:
    return MemberProblem(key="no_trail", what=what, mend="make one", at=NOW, open=open_)


def work(state: str, **fields) -> tuple[Work, ...]:
    return (Work(name="Checker", state=state, **fields),)


CASES = [
    ("stack", member_work.judge_stack, "UPDATE_COMPLETE", "ok", "is UPDATE_COMPLETE"),
    ("stack moves", member_work.judge_stack, "UPDATE_IN_PROGRESS", "warn", "IN_PROGRESS"),
    ("stack broke", member_work.judge_stack, "UPDATE_ROLLBACK_COMPLETE", "bad", "ROLLBACK"),
    (
        "rule",
        member_work.judge_rules,
        (Rule(name="Ec2Changes", state="ENABLED", matched=41.0),),
        "ok",
        "41 matched in a day",
    ),
    (
        "quiet rule",
        member_work.judge_rules,
        (Rule(name="Ec2Changes", state="ENABLED"),),
        "ok",
        "not told by metrics",
    ),
    (
        "rule off",
        member_work.judge_rules,
        (Rule(name="Ec2Changes", state="DISABLED"),),
        "bad",
        "Ec2Changes is disabled",
    ),
    (
        "rule that fails",
        member_work.judge_rules,
        (Rule(name="Ec2Changes", state="ENABLED", matched=4.0, failed=3.0),),
        "bad",
        "3 events not delivered",
    ),
    ("no rule", member_work.judge_rules, (), "bad", "has none"),
    ("schedule", member_work.judge_schedules, work("ENABLED"), "ok", "is enabled"),
    ("schedule off", member_work.judge_schedules, work("DISABLED"), "bad", "is disabled"),
    ("no schedule", member_work.judge_schedules, (), "bad", "has none"),
    ("feed", member_work.judge_mappings, work("Enabled"), "ok", "is enabled"),
    ("feed off", member_work.judge_mappings, work("Disabled"), "bad", "nothing leaves"),
    ("feed moves", member_work.judge_mappings, work("Updating"), "warn", "is updating"),
    ("function", member_work.judge_functions, work("Active"), "ok", "is active"),
    ("idle function", member_work.judge_functions, work("Inactive"), "ok", "is inactive"),
    (
        "broken function",
        member_work.judge_functions,
        work("Failed", reason="no layer"),
        "bad",
        "failed: no layer",
    ),
    (
        "throttled function",
        member_work.judge_functions,
        work("Active", throttles=7.0),
        "warn",
        "throttled 7 times",
    ),
    ("canary", member_sight.judge_canaries, (canary(),), "ok", "1 canary looked"),
    ("no canary", member_sight.judge_canaries, (), "warn", "no VPC has one"),
    (
        "canary that never looked",
        member_sight.judge_canaries,
        (canary(looked_at=None),),
        "warn",
        "never looked",
    ),
    (
        "canary that is silent",
        member_sight.judge_canaries,
        (canary(looked_at=NOW - 3600),),
        "bad",
        "last looked 60 min ago",
    ),
    (
        "paused",
        member_sight.judge_canaries,
        (canary(looked_at=NOW - 3600, paused=True),),
        "warn",
        "all looks are paused",
    ),
    (
        "canary that cannot tell",
        member_sight.judge_canaries,
        (canary(unknown="throttled"),),
        "warn",
        "could tell nothing: throttled",
    ),
    (
        "canary without function",
        member_sight.judge_canaries,
        (canary(function=Work(name="c", state="Failed", reason="there is no such function")),),
        "bad",
        "no such function",
    ),
    ("placer", member_sight.judge_placer, Kept(told_at=NOW - 1800), "ok", "30 min ago"),
    ("new placer", member_sight.judge_placer, Kept(), "warn", "nothing yet"),
    (
        "silent placer",
        member_sight.judge_placer,
        Kept(told_at=NOW - 9000),
        "bad",
        "nothing for 2 h",
    ),
    (
        "placer of a member that goes",
        member_sight.judge_placer,
        Kept(told_at=NOW - 60, leaving_at=NOW - 60),
        "warn",
        "the member goes",
    ),
    (
        "halted placer",
        member_sight.judge_placer,
        Kept(told_at=NOW - 60, rollout=Rollout(halted="unknown rose to 40 %")),
        "bad",
        "unknown rose to 40 %",
    ),
    ("trail", member_sight.judge_trail, trail("no trail", open_=False), "ok", "records"),
    ("no trail", member_sight.judge_trail, trail("no trail", open_=True), "bad", "no trail"),
    (
        "trail not readable",
        member_sight.judge_trail,
        trail("whether a trail records could not be told", open_=True),
        "unknown",
        "could not be told",
    ),
    ("clock", member_sight.judge_clock, -1.2, "ok", "agrees"),
    ("clock ahead", member_sight.judge_clock, 120.0, "warn", "2 min ahead of AWS"),
    ("clock behind", member_sight.judge_clock, -61.0, "warn", "61 s behind AWS"),
]


@pytest.mark.parametrize(
    ("judge", "found", "verdict", "told"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_each_part_is_judged_and_what_is_not_well_says_what_to_do(
    judge, found, verdict: str, told: str
) -> None:
    (check,) = judge(found, NOW)
    assert (check.verdict, told in check.what) == (verdict, True), check
    assert bool(check.do) == (verdict != "ok")


@pytest.mark.parametrize(
    ("heard", "verdicts"),
    [
        pytest.param(Heard(bus=BUS, took_at=NOW - 40, refused=""), ["ok", "ok"], id="well"),
        pytest.param(Heard(bus=BUS, took_at=NOW - 40), ["ok"], id="nothing sent"),
        pytest.param(
            Heard(bus=BUS, took_at=NOW - 40, refused="AccessDenied"),
            ["ok", "unknown"],
            id="not you",
        ),
        pytest.param(Heard(bus=BUS, refused=""), ["bad", "ok"], id="never took a digest"),
        pytest.param(Heard(bus=BUS, took_at=NOW - 900, refused=""), ["bad", "ok"], id="not lately"),
    ],
)
def test_the_hub_is_judged_by_what_it_took_of_the_member(heard: Heard, verdicts: list[str]) -> None:
    assert [check.verdict for check in member_sight.judge_hub(heard, NOW)] == verdicts


def test_a_dead_letter_is_bad_and_a_long_queue_a_warning() -> None:
    found = [check.verdict for check in member_work.judge_queues(Queues(dead=1, waiting=900), NOW)]
    assert found == ["bad", "warn"]
    found = [check.verdict for check in member_work.judge_queues(Queues(dead=0, waiting=9), NOW)]
    assert found == ["ok", "ok"]


def test_one_bad_canary_hides_no_good_one() -> None:
    found = member_sight.judge_canaries((canary(), canary(vpc_id="vpc-2", looked_at=None)), NOW)
    assert [check.verdict for check in found] == ["warn", "ok"]


def test_a_failed_update_is_told_though_the_function_is_active() -> None:
    told = {"State": "Active", "LastUpdateStatus": "Failed", "LastUpdateStatusReason": "key"}
    assert function_of("Checker", told) == Work(name="Checker", state="Update failed", reason="key")


@pytest.mark.parametrize(
    ("code", "told"),
    [("AccessDeniedException", "allow it to who runs"), ("Throttling", "run it again")],
)
def test_what_aws_refuses_is_unknown_and_names_the_right(code: str, told: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeRule")
    check = refused("rules", error)
    assert (check.verdict, "DescribeRule" in check.what) == (Verdict.UNKNOWN, True)
    assert told in check.do


def test_the_lines_end_with_the_sum() -> None:
    checks = (
        Check(part="stack", verdict=Verdict.OK, what="is CREATE_COMPLETE"),
        Check(part="trail", verdict=Verdict.BAD, what="no trail", do="make one"),
    )
    assert list(Examined(checks=checks).lines()) == [
        "ok      stack            is CREATE_COMPLETE",
        "bad     trail            no trail",
        "                         -> make one",
        "2 checks: 1 ok, 0 warn, 1 bad, 0 unknown",
    ]
