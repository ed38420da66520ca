import dataclasses
import json

import pytest

from probing.outcome import State
from probing.wire import from_json, to_json
from reasoning.case import Case, RouteClass
from reasoning.changes import KINDS as CHANGE_KINDS
from reasoning.diagnose import Diagnosis
from reasoning.diagnosis import KINDS, LAST_RESORT, diagnose
from tests.support.cases import ORDERS, VANTAGE, captured_case, inventory, outcome

RULES = sorted(kind for kind in KINDS if kind != LAST_RESORT)
EMPTY = Case(
    endpoint=ORDERS,
    vantage=VANTAGE,
    inside=dataclasses.replace(outcome(None, address=None), state=State.UNKNOWN, resolution=None),
    route_class=RouteClass.NONE,
    inventory=inventory(),
)


@pytest.mark.parametrize("kind", RULES)
def test_a_rule_is_silent_where_there_is_no_evidence(kind):
    assert KINDS[kind].judge(EMPTY) is None
    assert KINDS[kind].judge(dataclasses.replace(EMPTY, inside=outcome())) is None


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_rule_is_named_like_its_file_and_says_its_own_cause(kind):
    module = KINDS[kind]
    assert module.__name__.rpartition(".")[2] == kind
    found = module.judge(captured_case())
    assert found is None or found.cause == kind


def test_every_case_has_a_diagnosis_and_the_same_one_each_time():
    for case in (EMPTY, captured_case()):
        assert diagnose(case)
        assert diagnose(case) == diagnose(case)


def test_every_cause_that_a_change_claims_has_a_rule():
    kinds = CHANGE_KINDS.values()
    claimed = {c for kind in kinds for c in kind.CAUSES | getattr(kind, "REPAIRS", frozenset())}
    assert claimed <= set(KINDS)


def test_a_diagnosis_survives_the_wire():
    for found in (*diagnose(EMPTY), *diagnose(captured_case())):
        assert from_json(Diagnosis, json.loads(json.dumps(to_json(found)))) == found
