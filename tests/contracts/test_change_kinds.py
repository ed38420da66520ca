"""What every kind of change must offer, asked of each one that is found."""

import json
from pathlib import Path

import pytest
import yaml

from reasoning.changes import KINDS, UNKNOWN, event_patterns, kind_of
from reasoning.explain import could_break, explain
from tests.unit.reasoning.changes.cloudtrail_records import RECORDER

SAMPLES = {path.name: json.loads(path.read_text("utf-8")) for path in RECORDER.glob("*.json")}
EVENTS = sorted(event for kind in KINDS.values() for event in kind.EVENTS)
LONGEST_EFFECT_SECONDS = 3600

MEMBER = Path(__file__).resolve().parents[2] / "member.yaml"


class Template(yaml.SafeLoader):
    """CloudFormation's short functions are kept as what they are given."""


Template.add_multi_constructor("!", lambda loader, _, node: getattr(node, "value", None))


def rules_of_the_member():
    resources = yaml.load(MEMBER.read_text("utf-8"), Loader=Template)["Resources"].values()
    patterns = [one["Properties"].get("EventPattern") for one in resources
                if one["Type"] == "AWS::Events::Rule"
                and one["Properties"]["Targets"][0]["Id"] == "changes"]  # fmt: skip
    return {
        pattern["detail"]["eventSource"][0]: pattern
        for pattern in patterns
        if pattern and "eventSource" in pattern.get("detail", {})
    }


def matches(pattern, event):
    """EventBridge's matching, as far as the patterns use it: exact values, and `exists`."""
    for key, wanted in pattern.items():
        if isinstance(wanted, dict):
            if not matches(wanted, event.get(key, {})):
                return False
        elif wanted == [{"exists": False}]:
            if key in event:
                return False
        elif event.get(key) not in wanted:
            return False
    return True


def envelopes_of(source, name):
    return [
        event
        for event in SAMPLES.values()
        if event.get("detail", {}).get("eventSource") == source
        and event["detail"]["eventName"] == name
    ]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_declares_itself_whole(kind):
    assert kind.__name__.rpartition(".")[2] == kind.KIND != UNKNOWN
    assert isinstance(kind.TYPED, bool)
    assert kind.EVENTS
    assert kind.__doc__


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_an_effect_window_begins_before_it_ends_and_ends_in_an_hour(kind):
    assert 0 <= kind.EARLIEST_SECONDS < kind.LATEST_SECONDS <= LONGEST_EFFECT_SECONDS


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_names_the_diagnoses_that_it_can_cause_or_mend(kind):
    causes = kind.CAUSES | getattr(kind, "REPAIRS", frozenset())
    assert causes
    assert all(cause == cause.lower() and cause.isidentifier() for cause in causes)


@pytest.mark.parametrize(("source", "name"), EVENTS)
def test_an_event_belongs_to_one_kind(source, name):
    claimed = [kind.KIND for kind in KINDS.values() if (source, name) in kind.EVENTS]
    assert claimed == [kind_of(source, name).KIND]


@pytest.mark.parametrize(("source", "name"), EVENTS)
def test_an_event_has_samples_that_its_pattern_lets_through(source, name):
    told = [event for event in envelopes_of(source, name) if explain(event).change]
    assert told, f"no sample of {name} in events/recorder"
    for event in told:
        assert matches(event_patterns()[source], event)
        change = explain(event).change
        assert change.kind == kind_of(source, name).KIND
        assert change.resource_ids
        assert isinstance(could_break(change), str)


@pytest.mark.parametrize(("source", "name"), EVENTS)
def test_both_serialisations_of_an_event_have_a_sample(source, name):
    requests = [event["detail"]["requestParameters"] for event in envelopes_of(source, name)]
    assert any(f"{name}Request" in request for request in requests)
    assert any(next(iter(request))[0].islower()
               for request in requests if request)  # fmt: skip


@pytest.mark.parametrize("file", sorted(SAMPLES))
def test_a_pattern_lets_no_failed_call_through(file):
    event = SAMPLES[file]
    if "errorCode" in event.get("detail", {}):
        assert not any(matches(pattern, event) for pattern in event_patterns().values())
        assert explain(event).change is None


@pytest.mark.parametrize("pattern", event_patterns().values(), ids=event_patterns())
def test_a_pattern_is_short_enough_and_cannot_be_forged(pattern):
    assert len(json.dumps(pattern)) <= 2048
    assert all(source.startswith("aws.") for source in pattern["source"])


def test_the_rules_of_the_member_let_through_what_the_kinds_know_and_no_more():
    assert rules_of_the_member() == event_patterns()
