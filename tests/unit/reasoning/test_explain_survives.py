"""Whatever stands in a record, explaining it gives a change or a reason, and never a crash."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probing.wire import from_json, to_json
from reasoning.change import Change
from reasoning.explain import could_break, explain
from tests.unit.reasoning.changes.cloudtrail_records import RECORDER, sample

SAMPLES = [sample(path.stem) for path in sorted(RECORDER.glob("*.json"))]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(["", "{", "[]", '{"a": "vpce-0a1b2c3d4e5f60718"}', "true", "0", 10**400]),
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@st.composite
def damaged(draw):
    """A sample in which up to five places are cut, replaced, wrapped or gone."""
    whole = json.loads(json.dumps(draw(st.sampled_from(SAMPLES))))
    for _ in range(draw(st.integers(1, 5))):
        here = whole
        while True:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(here[key], dict | list) and here[key] and draw(st.booleans()):
                here = here[key]
                continue
            how = draw(st.sampled_from(["drop", "replace", "wrap", "list", "dump", "cut"]))
            value = here[key]
            if how == "drop":
                del here[key]
            else:
                here[key] = {
                    "replace": lambda: draw(JSON),
                    "wrap": lambda value=value: {"item": value},
                    "list": lambda value=value: [value, value],
                    "dump": lambda value=value: json.dumps(value),
                    "cut": lambda value=value: json.dumps(value)[: draw(st.integers(0, 30))],
                }[how]()
            break
    return whole


def survives(event):
    explained = explain(event)
    assert (explained.change is None) != (explained.ignored is None)
    assert explained == explain(event)
    if explained.change is None:
        assert explained.ignored
        return
    change = explained.change
    assert change.actor.name
    assert change.summary
    assert isinstance(could_break(change), str)
    assert all(isinstance(one, str) and one for one in change.resource_ids)
    assert from_json(Change, json.loads(json.dumps(to_json(change)))) == change


@settings(deadline=None, max_examples=400, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_a_damaged_record_is_explained_or_ignored(event):
    survives(event)


@settings(deadline=None, max_examples=200)
@given(JSON)
def test_anything_at_all_is_explained_or_ignored(event):
    survives(event)


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.sampled_from(list(SAMPLES[0]["detail"])), JSON))
def test_any_value_under_the_keys_of_a_record_is_explained_or_ignored(event):
    survives({"eventName": "CreateVpcEndpoint", "eventSource": "ec2.amazonaws.com"} | event)


def test_a_record_that_is_deep_and_large_ends_in_time():
    deep: object = "vpce-0a1b2c3d4e5f60718"
    for _ in range(900):
        deep = {"a": [deep]}
    record = {**sample("ec2.ReplaceRoute")["detail"]}
    survives({**record, "requestParameters": deep})
    survives({**record, "requestParameters": {"a": "a." * 50_000, "b": ["1.1/1 "] * 20_000}})
    survives({**record, "requestParameters": "[" * 100_000})
