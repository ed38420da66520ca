"""MaxRate: one endpoint is looked at no more often than that from all VPCs of a member."""

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import pytest

from checker.budget import Budget
from checker.rate import AHEAD_SECONDS, Share, minute_of, offset_of
from checker.taking_part import Shares, Terms, paid
from probing.endpoint import Endpoint
from tests.unit.checker.stubs import START_AT
from tests.unit.checker.world import ACCOUNT

ORDERS = Endpoint(id="orders", url="https://x.example.com/")


def scene(vpc_id, vpcs, endpoint=ORDERS, canaries=1):
    return SimpleNamespace(
        vpc_id=vpc_id,
        vantage=SimpleNamespace(account=ACCOUNT),
        placed=SimpleNamespace(canaries=canaries),
        elsewhere=tuple(other for other in vpcs if other != vpc_id),
        endpoints=(endpoint,),
        pairs={endpoint.id: SimpleNamespace(load=None)},
    )


def vpcs_of(count):
    return [f"vpc-{number:08x}" for number in range(count)]


@pytest.mark.parametrize(
    ("vpcs", "max_rate", "every"),
    [
        (1, 1, 1),
        (60, 1, 1),
        (61, 1, 2),
        (120, 1, 2),
        (121, 1, 3),
        (200, 1, 4),
        (200, 4, 1),
        (1, 0.01, 2),
        (6, 0.1, 1),
        (7, 0.1, 2),
        (10, 0.01, 17),
    ],
)
def test_beyond_the_rate_each_vpc_takes_part_in_every_kth_minute(vpcs, max_rate, every):
    shares = [Share(rank=rank, of=vpcs, max_rate=max_rate) for rank in range(vpcs)]
    assert {share.every_minutes for share in shares} == {every}
    for share in shares:
        assert sum(share.has_turn("orders", minute) for minute in range(every)) == 1


@pytest.mark.parametrize("vpcs", [1, 7, 60, 61, 119, 121, 200, 500])
@pytest.mark.parametrize("max_rate", [0.05, 0.5, 1.0, 3.0])
def test_no_minute_gets_more_than_the_rate_and_none_of_a_cycle_is_idle(vpcs, max_rate):
    shares = [Share(rank=rank, of=vpcs, max_rate=max_rate) for rank in range(vpcs)]
    looks = [sum(s.has_turn("orders", minute) for s in shares) for minute in range(120)]
    assert max(looks) <= max(1, 60 * max_rate)
    assert sum(looks) / 120 <= 60 * max_rate + 1e-9
    if vpcs >= 60 * max_rate:
        assert min(looks) >= vpcs // shares[0].every_minutes


def test_endpoints_take_their_turns_in_different_minutes():
    share = Share(rank=3, of=600, max_rate=1)
    first = Counter(
        next(m for m in range(10) if share.has_turn(f"e{number}", m)) for number in range(500)
    )
    assert set(first) == set(range(10)) and max(first.values()) < 90


@pytest.mark.parametrize(
    ("late", "minute"), [(0.0, 100), (0.9, 100), (8.0, 100), (29.0, 100), (-1.0, 100)]
)
def test_a_look_that_begins_late_stands_for_its_own_minute(late, minute):
    for offset in (0, 31, 59):
        assert minute_of(100 * 60 + offset + late, offset) == minute
        assert minute_of(101 * 60 + offset + late, offset) == minute + 1


def test_a_share_is_among_the_vpcs_that_look_at_the_endpoint():
    vpcs = vpcs_of(10)
    named = replace(ORDERS, from_vpcs=("vpc-00000007", "vpc-00000002", "vpc-0000dead"))
    mine = "vpc-00000007"
    found = Shares.of(scene(mine, vpcs), 1.0)
    assert found.share(ORDERS) == Share(rank=found.placed.index(mine), of=10, max_rate=1.0)
    assert found.share(named).of == 2
    other = Shares.of(scene("vpc-00000002", vpcs), 1.0)
    assert {found.share(named).rank, other.share(named).rank} == {0, 1}


def test_the_canaries_of_a_vpc_share_what_it_may_ask():
    vpcs = vpcs_of(10)
    found = Shares.of(scene("vpc-00000007", vpcs, canaries=2), 1.0)
    assert found.share(ORDERS).max_rate == 0.5


def requests(vpcs, max_rate, minutes, cost, *, events=()):
    """Times of all requests of all VPCs, each looking every minute; `cost` says how many a look at
    that minute makes. In the minutes of `events` each VPC looks 20 and 40 s later once more."""
    names, times = vpcs_of(vpcs), []
    for vpc_id in names:
        budget, offset = Budget(), offset_of(ACCOUNT, vpc_id)
        for minute in range(minutes):
            began = START_AT + 60 * minute + offset
            looks = [(began, "tick")]
            looks += [(began + d, "change") for d in (20, 40) if minute in events]
            for now, why in looks:
                budget = budget.at(now)
                terms = Terms(max_rate=max_rate, minute=minute_of(now, offset), why=why)
                here = scene(vpc_id, names)
                if terms.left_out(here, budget, now):
                    continue
                count = cost(minute)
                times += [now] * count
                budget = budget.with_look(now).with_extras({"orders": count - 1}, now)
                budget = paid(budget, {"orders": count}, here, max_rate)
    return sorted(times)


def most_within(times, seconds):
    start, most = 0, 0
    for end, at in enumerate(times):
        while at - times[start] >= seconds:
            start += 1
        most = max(most, end - start + 1)
    return most


@pytest.mark.parametrize("vpcs", [1, 30, 60, 90, 150])
def test_while_all_is_well_no_minute_gets_more_than_the_rate(vpcs):
    times = requests(vpcs, 1.0, 60, lambda minute: 1)
    assert most_within(times, 60) <= 60
    assert len(times) >= 0.7 * min(vpcs, 60) * 60


@pytest.mark.parametrize("vpcs", [2, 60, 150])
def test_what_an_outage_costs_beyond_the_rate_is_paid_for_afterwards(vpcs):
    """Every look of the first two minutes confirms and proves (5 requests); a rotated credential
    or outside look (2) comes on top each tenth."""
    times = requests(vpcs, 1.0, 150, lambda m: 5 if m < 2 else 2 if m % 10 == 0 else 1)
    for hours in (1, 2):
        within = hours * 3600
        # A minute ahead, and one look of five requests that a VPC has begun.
        assert most_within(times, within) <= within + 60 + 5 * vpcs


@pytest.mark.parametrize("vpcs", [60, 150])
def test_looks_after_a_change_come_out_of_the_same_share(vpcs):
    times = requests(vpcs, 1.0, 90, lambda m: 1, events=range(30, 75))
    assert most_within(times, 3600) <= 3600 + 60 + vpcs
    # They are looked at all the same: more often than without.
    first_event_minute = [t for t in times if 0 <= t - START_AT - 30 * 60 < 120]
    assert len(first_event_minute) >= min(vpcs, 60)


@pytest.mark.parametrize(("vpcs", "minutes"), [(20, 1), (30, 2), (60, 4), (120, 10), (200, 16)])
def test_a_first_look_that_fails_delays_the_next_as_documented(vpcs, minutes):
    share = Share(rank=0, of=vpcs, max_rate=1.0)
    start = next(minute for minute in range(9) if share.has_turn("orders", minute))
    paid_until = share.paid_until(0.0, 5, 60.0 * start)
    waits = range(1, 30)
    assert minutes == next(
        wait
        for wait in waits
        if share.has_turn("orders", start + wait)
        and paid_until - 60.0 * (start + wait) <= AHEAD_SECONDS
    )
