"""Which answers suspect us first, what they count as, and how much less we ask then."""

from dataclasses import replace

import pytest

from checker import our_load
from checker.our_load import Load
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
