"""From an event to a change: what a CloudTrail record, bare or in an EventBridge envelope, says.

Decided here: whether an event changed anything, and the part that all kinds share. Not decided
here: the typed part (`changes/`), and whether the change is to blame.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from reasoning.actors import actor_of
from reasoning.change import Change
from reasoning.changes import DETAIL_TYPE, KINDS, UNKNOWN, kind_of
from reasoning.cloudtrail import Ignored, Record, read_record
from reasoning.harvest import harvest
from reasoning.quoting import quoted, shortened
from reasoning.toolmarks import tool_of
from reasoning.values import account_id, decoded, member, text, truth

# A verb ends where the next word begins: ListListeners reads, ListenTo would not.
_READ = re.compile(
    r"(Describe|Get|List|Lookup|Head|BatchGet|BatchDescribe|BatchList|Search|Query|Scan|Select|"
    r"Simulate|Validate|Preview|Estimate|Filter|View|Check|Discover)(?![a-z])"
)
_NO_CALLS = {
    "AwsConsoleSignIn": "a sign-in",
    "AwsConsoleAction": "an action inside the console",
    "AwsCloudTrailInsight": "a CloudTrail insight",
    "AwsVpceEvent": "traffic through a VPC endpoint",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Exactly one of the two: the change, or why the event is none."""

    change: Change | None = None
    ignored: str | None = None


def explain(event: Any) -> Explained:
    """What `event` changed: a CloudTrail record or an EventBridge envelope around one, as
    decoded JSON. Never raises: what is no event at all is ignored with the reason."""
    try:
        record = _opened(event)
        _refuse_what_changed_nothing(record)
        kind = kind_of(record.source, record.name)
        base = _base(record, kind.KIND if kind else UNKNOWN)
        return Explained(change=kind.read(record, base) if kind else _unknown(record, base))
    except Ignored as reason:
        return Explained(ignored=str(reason))


def could_break(change: Change) -> str:
    """Which paths the change could break, in a sentence; "" when it can break none."""
    kind = KINDS.get(change.kind)
    if kind:
        return kind.breaks(change)
    return "not known: Gatewatch has no rule for this kind of change"


def _opened(event: Any) -> Record:
    event = decoded(event)
    if not isinstance(event, dict) or not ("detail" in event or "detail-type" in event):
        return read_record(event)
    kind, source = text(event.get("detail-type")), text(event.get("source"))
    if kind and kind != DETAIL_TYPE:
        raise Ignored(f"an EventBridge event of type {kind!r}, not {DETAIL_TYPE!r}")
    if source and not source.startswith("aws."):
        # Anyone who may call PutEvents can send any other source; only AWS can send aws.*.
        raise Ignored(f"refused: an EventBridge event from source {source!r}, not from AWS")
    detail = decoded(event.get("detail"))
    named = detail.get("recipientAccountId") if isinstance(detail, dict) else None
    envelope, record = account_id(event.get("account")), account_id(named)
    if named is not None and envelope != record:
        raise Ignored(
            f"refused: the envelope is of account {text(event.get('account')) or '(none)'}, "
            f"the record of account {text(named) or '(none)'}"
        )
    return read_record(
        detail, account=envelope, region=text(event.get("region")), time=event.get("time")
    )


def _refuse_what_changed_nothing(record: Record) -> None:
    if record.error_code.endswith("DryRunOperation") or truth(member(record.request, "DryRun")):
        raise Ignored(f"{record.name}: a dry run, it changed nothing")
    if record.error_code:
        raise Ignored(f"{record.name}: failed with {record.error_code}, it changed nothing")
    if record.read_only or _READ.match(record.name):
        raise Ignored(f"{record.name}: read-only, it changed nothing")
    if record.type in _NO_CALLS:
        raise Ignored(f"{record.name}: {_NO_CALLS[record.type]}, not a change")
    if record.category in ("Data", "NetworkActivity", "Insight"):
        raise Ignored(f"{record.name}: a {record.category} event, not a change of infrastructure")


def _base(record: Record, kind: str) -> Change:
    lost = [part for part in record.unread if part != "responseElements"]
    return Change(
        id=record.id,
        kind=kind,
        event_name=record.name,
        event_source=record.source,
        at=record.at,
        account=record.account,
        region=record.region,
        actor=actor_of(record),
        tool=tool_of(record),
        source_address=record.source_address,
        scope={"not_readable": lost} if lost else {},
    )


def _unknown(record: Record, base: Change) -> Change:
    """All that a record says without a rule for its kind: ids, names, ports, networks, quoted."""
    found = harvest(record.request, record.response)
    vpcs = [one for one in found.ids if one.startswith("vpc-")]
    told = {"hosts": found.hosts, "ports": found.ports, "cidrs": found.cidrs}
    scope: dict[str, Any] = {**base.scope, **{key: list(one) for key, one in told.items() if one}}
    if len(vpcs) == 1:
        scope["vpc_id"] = vpcs[0]
    service = record.source.partition(".")[0]
    said = quoted(record.request) or "no parameters told"
    parts = [f"{record.name} ({service}): {said}"]
    words = {"cidrs": "networks"}
    parts += [
        f"{words.get(key, key)} {shortened(', '.join(one), 300)}"
        for key, one in told.items()
        if one
    ]
    return replace(base, resource_ids=found.ids, scope=scope, summary="; ".join(parts), typed=False)
