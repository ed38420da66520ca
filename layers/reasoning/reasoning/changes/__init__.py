"""The kinds of change that Gatewatch understands: one module each, found by itself.

A kind offers: KIND, EVENTS (eventSource, eventName), EARLIEST_SECONDS and LATEST_SECONDS (its
effect window after eventTime), CAUSES (diagnoses that it can produce), TYPED (its layout was seen
in a public recorded event), read(record, base) -> Change, and breaks(change) -> str. A kind that
can break nothing has no CAUSES and names in REPAIRS what it can mend.
"""

import json
import pkgutil
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Protocol

from reasoning.change import Change
from reasoning.cloudtrail import Record

DETAIL_TYPE = "AWS API Call via CloudTrail"
UNKNOWN = "unknown"
PATTERN_LIMIT = 2048


class Kind(Protocol):
    """`read` adds the typed part to `base`; it raises Ignored when the call changed nothing.
    `breaks` says which paths the change could break, "" when none."""

    KIND: str
    EVENTS: frozenset[tuple[str, str]]
    EARLIEST_SECONDS: float
    LATEST_SECONDS: float
    CAUSES: frozenset[str]
    TYPED: bool

    def read(self, record: Record, base: Change) -> Change: ...

    def breaks(self, change: Change) -> str: ...


def _discovered() -> dict[str, Any]:
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return {module.KIND: module for module in modules}


KINDS: Mapping[str, Kind] = MappingProxyType(_discovered())
_BY_EVENT = {event: kind for kind in KINDS.values() for event in kind.EVENTS}


def kind_of(event_source: str, event_name: str) -> Kind | None:
    """The kind of an event, by an exact match of source *and* name (names collide: CreateRoute
    is both EC2's and API Gateway's)."""
    return _BY_EVENT.get((event_source, event_name))


def event_patterns() -> dict[str, dict[str, Any]]:
    """The EventBridge pattern of the events of all kinds, by eventSource (one rule each).

    `source` is there because PutEvents cannot forge `aws.*`; failed calls and dry runs carry an
    errorCode and stay out. Raises ValueError when one exceeds EventBridge's 2,048 characters
    (docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html).
    """
    patterns: dict[str, dict[str, Any]] = {}
    for source in sorted({source for source, _ in _BY_EVENT}):
        names = sorted(name for of, name in _BY_EVENT if of == source)
        pattern = {
            "source": [f"aws.{source.partition('.')[0]}"],
            "detail-type": [DETAIL_TYPE],
            "detail": {
                "eventSource": [source],
                "eventName": names,
                "errorCode": [{"exists": False}],
            },
        }
        size = len(json.dumps(pattern))
        if size > PATTERN_LIMIT:
            raise ValueError(
                f"the pattern for {source} has {size} characters, above {PATTERN_LIMIT}: "
                "split its rule in two"
            )
        patterns[source] = pattern
    return patterns
