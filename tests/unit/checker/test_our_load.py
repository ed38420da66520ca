"""429 or a WAF's refusal first suspects us: unknown, asked less, and in the end told as it is."""

import json
from dataclasses import replace

import pytest

from checker import our_load, pairs
from checker.our_load import Load
from checker.packed import pack, unpack
from probing.endpoint import Endpoint, Expect
from probing.outcome import Failure, State, View
from tests.unit.checker.stubs import START_AT, Sight, outcome

ORDERS = Endpoint(id="orders", url="https://x.example.com/")
LATER = Sight(status=429)
CHALLENGE = (("x-amzn-waf-action", "challenge"),)
WAF = (("x-amzn-errortype", "WafFilteredException"),)
PLAIN_403 = (("x-amzn-errortype", "ForbiddenException"),)
CLOUDFRONT = (("x-cache", "Error from cloudfront"), ("server", "CloudFront"))


def seen(sight, *, status=((200, 399),), blocked=False, at=START_AT):
    endpoint = replace(ORDERS, expect=Expect(status=status))
    found = outcome(endpoint, View.INSIDE, sight, at)
    if not blocked:
        return found
    http = replace(found.steps[-1], evidence=found.steps[-1].evidence | {"request_blocked": True})
    return replace(found, steps=(*found.steps[:-1], http))


@pytest.mark.parametrize(
    ("what", "sight", "more", "refused"),
    [
        ("throttled", LATER, {}, True),
        ("throttled, as expected", LATER, {"status": ((429, 429),)}, False),
        ("a WAF's own error type", Sight(status=403, headers=WAF), {}, True),
        ("403 that is expected", Sight(status=403, headers=WAF), {"status": ((403, 403),)}, False),
        ("403 of five causes", Sight(status=403, headers=PLAIN_403), {}, False),
        ("403 without a word", Sight(status=403), {}, False),
        ("blocked at the edge", Sight(status=403, headers=CLOUDFRONT), {"blocked": True}, True),
        ("403 of the edge", Sight(status=403, headers=CLOUDFRONT), {}, False),
        ("words of another page", Sight(status=403), {"blocked": True}, False),
        ("a challenge", Sight(status=202, headers=CHALLENGE), {}, True),
        ("a captcha", Sight(status=405, headers=(("x-amzn-waf-action", "captcha"),)), {}, True),
        ("a WAF that let it pass", Sight(headers=(("x-amzn-waf-action", "count"),)), {}, False),
        ("good", Sight(), {}, False),
        ("broken", Sight(status=503), {}, False),
        ("no answer", Sight(status=None), {}, False),
        ("no name", Sight(address=""), {}, False),
    ],
)
def test_only_explicit_refusals_suspect_us(what, sight, more, refused):
    found = seen(sight, **more)
    assert our_load.refused(found) is refused, what
    held = our_load.held(found, None, good=True)
    if refused:
        assert (held.state, held.failure) == (State.UNKNOWN, Failure.OUR_LOAD)
        assert our_load.refused(held) and str(held.status) in held.reason
    else:
        assert held == found


@pytest.mark.parametrize(
    ("what", "good", "load", "state", "failure"),
    [
        ("first", True, None, State.UNKNOWN, Failure.OUR_LOAD),
        ("soon after", True, Load(since_at=START_AT - 700), State.UNKNOWN, Failure.OUR_LOAD),
        ("for long", True, Load(since_at=START_AT - 720), State.FAILING, Failure.HTTP_STATUS),
        ("good between", True, Load(since_at=None), State.UNKNOWN, Failure.OUR_LOAD),
        ("never good", False, None, State.FAILING, Failure.HTTP_STATUS),
    ],
)
def test_what_a_refusal_counts_as(what, good, load, state, failure):
    held = our_load.held(seen(LATER), load, good=good)
    assert (held.state, held.failure) == (state, failure), what


def test_a_challenge_with_a_good_status_is_no_good_answer():
    held = our_load.held(seen(Sight(status=202, headers=CHALLENGE)), None, good=False)
    assert (held.state, held.failure) == (State.FAILING, Failure.HTTP_ASSERTION)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("86400", 3600),
        ("9" * 5000, 3600),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1.5", None),
        ("٣", None),
        ("Mon, 21 Sep 2026 18:54:00 GMT", 3600),
        ("Wed, 21 Oct 2015 07:28:00 GMT", "past"),
        ("Mon, 99 Zep 2026 14:99:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_bounded_by_an_hour(text, seconds):
    found = our_load.retry_at([seen(Sight(status=429, headers=(("retry-after", text),)))])
    if seconds is None:
        assert found == 0.0
    elif seconds == "past":
        assert found < START_AT
    else:
        assert found == START_AT + seconds


def test_a_retry_after_that_is_a_date_counts_from_that_date():
    at = 1_790_000_400.0  # Mon, 21 Sep 2026 14:20:00 GMT
    header = (("retry-after", "Mon, 21 Sep 2026 14:20:00 GMT"),)
    assert START_AT < at < START_AT + 3600
    assert our_load.retry_at([seen(Sight(status=429, headers=header))]) == at


def test_each_refusal_halves_the_rate_down_to_one_in_eight_minutes():
    load, pace = None, []
    for _ in range(5):
        load = our_load.after(load, [seen(LATER)], START_AT)
        pace.append(load.not_before_at - START_AT + our_load.SPARE_SECONDS)
    assert pace == [120, 240, 480, 480, 480]
    assert load.since_at == START_AT


def test_each_good_answer_takes_one_step_back():
    load, pace = Load(since_at=START_AT, step=3), []
    while load is not None:
        load = our_load.after(load, [seen(Sight())], START_AT)
        pace.append(load and load.not_before_at - START_AT + our_load.SPARE_SECONDS)
        assert load is None or load.since_at is None
    assert pace == [240, 120, None]


@pytest.mark.parametrize(
    ("what", "sights", "load", "kept"),
    [
        ("nothing before, good", [Sight()], None, None),
        ("nothing before, broken", [Sight(status=503)], None, None),
        ("broken is no refusal", [Sight(status=503)], Load(since_at=1.0, step=2), Load(step=2)),
        ("no look", [], Load(since_at=1.0, step=2), Load(since_at=1.0, step=2)),
    ],
)
def test_what_is_kept_after_other_answers(what, sights, load, kept):
    assert our_load.after(load, [seen(s) for s in sights], START_AT) == kept, what


def test_a_pair_written_before_there_was_such_a_thing_is_read(world):
    world.look()
    found = world.table.get(pairs.key("orders", world.vpc))
    body = unpack(found)
    assert body.pop("load") is None
    read = pairs.load({**found, "body": {"B": pack(body)}})
    assert read == world.pair("orders") and read.load is None


def test_what_is_kept_of_a_refusal_comes_back_as_it_was(world):
    refused(world)
    assert world.pair("orders").load == Load(
        since_at=world.last_look().at,
        step=1,
        not_before_at=world.last_look().at + 120 - our_load.SPARE_SECONDS,
    )


def refused(world, sight=LATER):
    """`orders` was good and refuses from now on; the look that meets it first is done."""
    world.look()
    world.sights.inside["orders"] = sight
    world.sights.works.clear()
    world.minute()


def course(world, minutes):
    """When `orders` was asked from inside, in minutes from now, and what each look made of it."""
    start, told = world.clock.now_at(), []
    world.sights.works.clear()
    for _ in range(minutes):
        world.minute()
        row = world.last_look().pairs["orders"]
        told.append(row.skipped or row.state)
    times = [at for at, w in world.sights.works if w.probes and w.probes[0].view is View.INSIDE]
    return [round((at - start) / 60, 1) for at in times], told


def test_a_refusal_is_unknown_and_neither_confirmed_nor_held_against_other_looks(world):
    refused(world)
    assert [len(work.probes) for _, work in world.sights.works] == [1]
    row = world.last_look().pairs["orders"]
    assert (row.state, row.health) == ("unknown", "unknown")
    assert world.pair("orders").state.hard == "good"
    assert len(world.transitions()) == 1


def test_a_refused_endpoint_is_asked_every_2nd_4th_and_8th_minute_and_then_told(world):
    refused(world)
    asked, told = course(world, 30)
    # Told 14 minutes after the first: that look confirms (three probes), and later ones stay slow.
    first = [at for n, at in enumerate(asked) if n == 0 or at - asked[n - 1] > 0.5]
    assert [round(at) for at in first] == [2, 6, 14, 22, 30]
    assert [told[minute - 1] for minute in (2, 6)] == ["unknown"] * 2
    assert told.count("load") == 25
    assert told[13] == "failing" and asked[2:5] == [14.0, 14.1, 14.2]
    assert world.transitions()[-1][-1] == ("orders", "good", "failing")
    [*_, last] = world.bus.bodies("Gatewatch Transitions")[-1]
    assert "429" in last["looks"]["inside"]


def test_what_lasts_is_a_failure_everywhere_when_it_is_so_outside_too(world):
    world.sights.outside["orders"] = [Sight(), LATER]
    refused(world)
    course(world, 14)
    [*_, last] = world.bus.bodies("Gatewatch Transitions")[-1]
    assert last["diagnosis"]["cause"] == "failing_everywhere"


def test_after_good_answers_the_pace_comes_back_step_by_step(world):
    refused(world)
    course(world, 6)
    world.sights.inside["orders"] = Sight()
    asked, told = course(world, 20)
    assert [round(at) for at in asked][:4] == [8, 12, 14, 15]
    assert told[14:] == ["ok"] * 6
    assert world.pair("orders").load is None
    assert world.last_look().pairs["orders"].health == "good"
    assert len(world.transitions()) == 1


def test_a_failing_endpoint_that_answers_again_is_good_at_its_next_look(world):
    refused(world)
    course(world, 14)
    world.sights.inside["orders"] = Sight()
    course(world, 8)
    assert world.transitions()[-1][-1] == ("orders", "failing", "good")


def test_nothing_is_asked_before_retry_after(world):
    refused(world, Sight(status=429, headers=(("retry-after", "1500"),)))
    world.sights.inside["orders"] = Sight()
    began = world.clock.now_at()
    course(world, 30)
    # Neither from inside nor, when its ten minutes are over, from outside.
    first_at = next(at for at, work in world.sights.works if work.probes)
    assert 1490 <= first_at - began <= 1560


def test_other_endpoints_are_looked_at_meanwhile(world):
    world.register("plain")
    world.tick()
    refused(world)
    for _ in range(5):
        world.minute()
        assert world.last_look().pairs["plain"].state == "ok"


def test_a_refusal_among_confirmations_ends_them(world):
    world.look()
    world.sights.inside["orders"] = [Sight(status=503), LATER]
    world.sights.works.clear()
    world.minute()
    inside = world.sights.probes(View.INSIDE)
    assert len(inside) == 2
    assert world.pair("orders").state.hard == "good" and world.pair("orders").load.step == 1


def test_a_pinned_refusal_is_no_evidence_and_slows_us_too(world):
    world.sights.pinned["orders"] = LATER
    refused(world, Sight(address="10.0.0.91", status=403))
    assert len(world.sights.probes(View.PINNED)) == 1
    assert world.pair("orders").load.step == 1
    assert len(world.sights.probes(View.INSIDE)) == 2


def test_an_outside_refusal_is_no_evidence_and_its_retry_after_is_kept(world):
    later = Sight(status=429, headers=(("retry-after", "1200"),))
    world.sights.outside["orders"] = [Sight(), later]
    refused(world, Sight(address="10.0.0.91", status=403))
    [*_, last] = world.bus.bodies("Gatewatch Transitions")[-1]
    assert last["after"] == "failing"
    assert last["diagnosis"]["cause"] != "failing_everywhere"
    world.sights.works.clear()
    began = world.clock.now_at()
    while not world.sights.probes(View.OUTSIDE):
        world.minute()
    assert world.clock.now_at() - began >= 1140


def test_an_endpoint_that_was_never_good_is_told_as_it_is_and_asked_less(world):
    world.sights.inside["orders"] = LATER
    world.look()
    assert world.last_look().pairs["orders"].state == "failing"
    _, told = course(world, 4)
    assert told == ["load", "failing", "load", "load"]


def test_looks_after_a_change_keep_off_too(world):
    refused(world)
    world.clock.sleep_seconds(20)
    world.look(why="change")
    assert world.last_look().pairs["orders"].skipped == "load"


def test_where_the_canary_stands_for_nobody_the_route_decides_and_the_pace_slows(world):
    value = {"function": "f", "subnets": "subnet-1", "not_representative": "no way out"}
    world.clients.ssm.put_parameter(
        Name=f"/gatewatch/vantages/{world.vpc}",
        Value=json.dumps(value),
        Type="String",
        Overwrite=True,
    )
    world.tick()
    refused(world)
    assert world.last_look().pairs["orders"].state == "ok"
    _, told = course(world, 2)
    assert told == ["load", "ok"]
