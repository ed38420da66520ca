"""What a member and the hub say to each other: versioned JSON, written and read only here.

An EventBridge detail is {"version", "account", "region", "sent_at", "body"}; the detail-type says
what the body is. The hub refuses a detail whose account is not the envelope's, so a compromised
member can lie about itself only. A reader ignores keys that it does not know.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from probing.wire import WireError, from_json, to_json
from reasoning.change import Change
from reasoning.inventory import Inventory
from reasoning.placements import Left, Placements
from reasoning.transition import Digest, MemberProblem, Transition

VERSION = 1
READS = (1,)
SOURCE = "gatewatch.member"

__all__ = [
    "KINDS",
    "CHANGE",
    "TRANSITIONS",
    "DIGEST",
    "INVENTORY",
    "PROBLEM",
    "PLACEMENTS",
    "LEFT",
    "Envelope",
    "entry",
    "read",
    "refused",
    "write",
]

CHANGE = "Gatewatch Change"
TRANSITIONS = "Gatewatch Transitions"
DIGEST = "Gatewatch Digest"
INVENTORY = "Gatewatch Inventory"
PROBLEM = "Gatewatch Problem"
PLACEMENTS = "Gatewatch Placements"
LEFT = "Gatewatch Left"

KINDS: dict[str, type[Any]] = {
    CHANGE: Change,
    TRANSITIONS: Transition,
    DIGEST: Digest,
    INVENTORY: Inventory,
    PROBLEM: MemberProblem,
    PLACEMENTS: Placements,
    LEFT: Left,
}
"""What the body of each detail-type is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A message as the hub read it: `records` are of the type that `detail_type` names."""

    detail_type: str
    account: str
    region: str
    sent_at: float
    records: tuple[Any, ...]


def write(
    detail_type: str, records: tuple[Any, ...], *, account: str, region: str, sent_at: float
) -> dict[str, Any]:
    """The `Detail` (before json.dumps) of one entry for PutEvents."""
    body = [to_json(record) for record in records]
    return {
        "version": VERSION,
        "account": account,
        "region": region,
        "sent_at": sent_at,
        "body": body,
    }


def entry(detail_type: str, detail: Mapping[str, Any], bus_arn: str) -> dict[str, str]:
    """One entry for PutEvents; `detail` as `write` makes it."""
    return {
        "Source": SOURCE,
        "DetailType": detail_type,
        "Detail": json.dumps(detail, separators=(",", ":")),
        "EventBusName": bus_arn,
    }


def refused(answer: Mapping[str, Any]) -> list[Any] | None:
    """The entries that a bus did not take, as PutEvents answers; None when it took all. As a call
    it succeeds either way."""
    entries = [one for one in answer.get("Entries", []) if one.get("ErrorCode")]
    return entries if answer.get("FailedEntryCount") or entries else None


def read(event: dict[str, Any]) -> Envelope:
    """Read an EventBridge event from the hub's queue.

    Raises WireError: unknown detail-type, a version that we do not read, a body that does not
    parse, or an account that is not the envelope's.
    """
    detail_type, detail = event.get("detail-type"), event.get("detail")
    kind = KINDS.get(str(detail_type))
    if kind is None or not isinstance(detail, dict):
        raise WireError(f"detail-type {detail_type!r} is none of {sorted(KINDS)}")
    if detail.get("version") not in READS:
        raise WireError(f"{detail_type}: version {detail.get('version')!r} is not one of {READS}")
    if str(detail.get("account")) != str(event.get("account")):
        raise WireError(
            f"{detail_type}: the body speaks for account {detail.get('account')!r}, "
            f"the envelope is of {event.get('account')!r}: refused"
        )
    return Envelope(
        detail_type=str(detail_type),
        account=str(detail["account"]),
        region=str(detail.get("region", "")),
        sent_at=float(detail.get("sent_at", 0.0)),
        records=tuple(from_json(kind, record) for record in detail.get("body", [])),
    )
