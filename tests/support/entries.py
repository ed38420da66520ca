"""Registry entries and single outcomes, for tests of probes."""

from typing import Any

from probing.endpoint import Endpoint
from probing.outcome import Outcome
from probing.registration import parse
from probing.wire import Answer

HOST = "api.example"


def entry(url: str, **fields: Any) -> Endpoint:
    """The endpoint of an entry that must be good."""
    endpoint, problems = parse({"name": "a", "url": url, **fields}, source="test")
    assert endpoint is not None, problems
    return endpoint


def only(answer: Answer) -> Outcome:
    (outcome,) = answer.outcomes
    return outcome
