"""How long a token is kept, whatever its endpoint says of it."""

import math

import pytest

from checker.tokens import Grant, TokenRefused, Tokens, lifetime_seconds
from probing.deadline import Deadline
from tests.unit.checker.stores import Endpoint
from tests.unit.checker.stubs import VirtualClock

GRANT = Grant(token_url="https://id.example/token", client_id="gw", secret="s3cr3t")
OTHER = Grant(token_url="https://id.example/token", client_id="gw", secret="r0t4ted")


class Kept:
    """Tokens of one endpoint, and the time."""

    def __init__(self, **endpoint):
        self.clock = VirtualClock()
        self.endpoint = Endpoint(**endpoint)
        self.tokens = Tokens(fetch=self.endpoint, clock=self.clock)

    def token(self, after=0.0, *, grant=GRANT, again=False, seconds=10.0):
        self.clock.time.at += after
        return self.tokens.token(grant, Deadline.after(self.clock, seconds), again=again)


@pytest.mark.parametrize(
    "told, seconds",
    [
        (3600, 3600),
        ("1800", 1800),
        (599.5, 599.5),
        (None, 300),
        ("soon", 300),
        ([], 300),
        (True, 300),
        (math.nan, 300),
        (math.inf, 3600),
        (10**400, 300),
        (86_400, 3600),
        (0, 0),
        (-5, 0),
    ],
)
def test_a_lifetime_is_believed_within_bounds(told, seconds):
    assert lifetime_seconds(told) == seconds


def test_a_token_is_fetched_once_until_a_minute_before_its_end():
    kept = Kept(expires_in=600)
    assert [kept.token(), kept.token(after=539), kept.token(after=2)] == ["t1", "t1", "t2"]


def test_a_short_token_is_kept_for_half_of_its_life():
    kept = Kept(expires_in=20)
    assert [kept.token(), kept.token(after=9), kept.token(after=2)] == ["t1", "t1", "t2"]


def test_a_token_without_a_life_is_used_once():
    kept = Kept(expires_in=0)
    assert [kept.token(), kept.token(after=1)] == ["t1", "t2"]


def test_a_rotated_secret_fetches_its_own_token():
    kept = Kept()
    assert [kept.token(), kept.token(grant=OTHER), kept.token()] == ["t1", "t2", "t1"]


def test_a_refused_token_is_fetched_again_once_in_five_minutes():
    kept = Kept()
    assert kept.token() == "t1"
    assert [kept.token(again=True), kept.token(after=60, again=True)] == ["t2", "t2"]
    assert kept.token(after=240, again=True) == "t3"


@pytest.mark.parametrize(
    ("refuses", "seconds"),
    [(TokenRefused("status 503"), 10.0), (None, 0.0)],
    ids=["refused", "no time"],
)
def test_a_refused_token_that_could_not_be_fetched_again_is_never_taken_for_a_new_one(
    refuses, seconds
):
    kept = Kept()
    kept.token()
    for _ in range(3):
        kept.endpoint.refuses = refuses
        assert kept.token(after=60) == "t1"
        with pytest.raises(TokenRefused):
            kept.token(again=True, seconds=seconds)
    kept.endpoint.refuses = None
    assert kept.token(after=60, again=True) != "t1"


def test_until_a_token_ends_it_is_used_though_no_other_is_to_be_had():
    kept = Kept(expires_in=600)
    kept.token()
    kept.endpoint.refuses = TokenRefused("status 503")
    assert kept.token(after=541) == "t1"
    with pytest.raises(TokenRefused, match="503"):
        kept.token(after=60)


def test_an_endpoint_that_refused_is_left_alone_for_half_a_minute():
    kept = Kept(refuses=TokenRefused("status 503"))
    for after in (0, 3, 9, 17):
        with pytest.raises(TokenRefused):
            kept.token(after=after)
    assert kept.endpoint.asked == 1
    kept.endpoint.refuses = None
    assert kept.token(after=2) == "t2"


def test_without_time_nothing_is_asked_and_nothing_is_held_against_the_endpoint():
    kept = Kept()
    with pytest.raises(TokenRefused, match="no time"):
        kept.token(seconds=0.0)
    assert kept.endpoint.asked == 0
    assert kept.token() == "t1"


def test_tokens_and_secrets_are_shown_in_no_repr():
    kept = Kept()
    kept.token()
    assert "t1" not in repr(kept.tokens) and "s3cr3t" not in repr((kept.tokens, GRANT))
