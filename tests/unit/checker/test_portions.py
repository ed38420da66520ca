"""Probes of a look go into as many invocations as Lambda makes of them."""

import json

import pytest

from checker.portions import portions
from probing.endpoint import Endpoint
from probing.outcome import Failure, State
from probing.wire import Probe, Work, to_json
from tests.unit.checker.by_hand import WELL, Canary, asker
from tests.unit.checker.loopback import HOST
from tests.unit.checker.stores import showing


def probes_of(count, **fields):
    made = [Endpoint(id=f"e{n}", url=f"https://{HOST}/", **fields) for n in range(count)]
    return [Probe(endpoint=endpoint) for endpoint in made]


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_portions_hold_all_probes_in_order_and_none_is_too_large(count):
    probes = probes_of(count, send="ü" * 300)
    limit = 2 * len(json.dumps(to_json(probes_of(1, send="ü" * 300)[0]))) + 10
    found = portions(probes, limit)
    assert [p for portion in found for p in portion] == probes
    assert [len(portion) for portion in found] == ([2] * (count // 2) + [1] * (count % 2) or [0])
    assert all(len(json.dumps([to_json(p) for p in f])) <= limit + 2 for f in found)


def test_a_probe_that_is_too_large_by_itself_stands_alone():
    assert [len(portion) for portion in portions(probes_of(3), 10)] == [1, 1, 1]


def test_what_a_look_may_hold_at_most_fits_into_invocations_of_six_megabytes():
    ca = "-----BEGIN CERTIFICATE-----" + "x" * 16_000
    probes = probes_of(1000, ca=ca, send="é" * 4096)
    found = portions(probes)
    assert len(found) > 1 and sum(map(len, found)) == 1000
    for portion in found:
        assert len(json.dumps(to_json(Work(look="l" * 32, probes=portion)))) < 6_291_456


def test_a_round_in_portions_is_one_round():
    canary = Canary([WELL])
    one = asker(canary, showing(), portion_bytes=10)
    asked = one.ask(probes_of(3), ("execute-api",))
    assert [len(work.probes) for work in canary.asked] == [1, 1, 1]
    assert [work.sentinels for work in canary.asked] == [("execute-api",), (), ()]
    assert len(asked.outcomes) == 3 and len(asked.sentinels) == 1 and not asked.no_answer
    assert len(one.lease.renewed) == 3


@pytest.mark.parametrize("answers, told", [(0, "the canary hangs"), (1, "")])
def test_a_canary_that_hangs_is_asked_no_further_portion(answers, told):
    canary = Canary([WELL], answers=answers)
    asked = asker(canary, showing(), portion_bytes=10).ask(probes_of(4))
    assert len(canary.asked) == answers + 1 and asked.no_answer == told
    states = [asked.inside(f"e{n}").state for n in range(4)]
    assert states == [State.OK] * answers + [State.UNKNOWN] * (4 - answers)
    assert {o.failure for o in asked.outcomes.values() if o.failure} == {Failure.CANARY_ERROR}
