"""How much a message says of who made a change.

Decided here: what of a change is taken away before any text, JSON or event is made of it, so that
no form of a message can say more. `full`: the person or session, the tool, the address. `role`:
the role alone, and the tool's name. `none`: the change and its account. What it does, to which
resources and when stays at each.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from reasoning.change import Actor, Change, Tool
from reasoning.incident import Incident

WITHHELD = "withheld"
"""Type of an actor who is known and not told."""
_ADDRESS = re.compile(r"[0-9.]+|[0-9a-f:]*:[0-9a-f:]+", re.I)


class ActorDetail(StrEnum):
    FULL = "full"
    ROLE = "role"
    NONE = "none"


_ORDER = tuple(ActorDetail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What each way out tells of actors."""

    page: ActorDetail = ActorDetail.FULL
    chat: ActorDetail = ActorDetail.FULL

    @property
    def event(self) -> ActorDetail:
        """Anybody may make a rule on the bus: the stricter of both."""
        return max(self.page, self.chat, key=_ORDER.index)


def told_change(change: Change, detail: ActorDetail) -> Change:
    """`change` with as much of its actor as `detail` lets be said."""
    if detail is ActorDetail.FULL:
        return change
    none = detail is ActorDetail.NONE
    # Of a kind without a rule the summary quotes the call, which may name anybody.
    summary = change.summary if change.typed else f"{change.event_name} ({change.event_source})"
    # A rule for "my address" holds whence it was called, an option may hold who called.
    hidden = _hidden(change)
    return replace(
        change,
        before=_without(hidden, change.before),
        after=_without(hidden, change.after),
        actor=_actor(change.actor, none) if change.actor else None,
        tool=Tool() if none else Tool(name=_service(change.tool.name)),
        source_address="",
        summary=_without(hidden, summary),
        resource_ids=_nameless(change),
    )


def told_incident(incident: Incident, detail: ActorDetail) -> Incident:
    """`incident` with its suspects and its repair as `detail` lets them be said."""
    if detail is ActorDetail.FULL:
        return incident
    suspects = tuple(
        replace(suspect, change=told_change(suspect.change, detail))
        for suspect in incident.suspects
    )
    repair = told_change(incident.repair, detail) if incident.repair else None
    return replace(incident, suspects=suspects, repair=repair, acknowledged_by="", silenced_by="")


def _hidden(change: Change) -> re.Pattern[str] | None:
    """Whatever names the actor or whence they called, as a word of its own."""
    actor = change.actor
    said = (actor.arn, actor.name, actor.session) if actor else ()
    words = sorted({one for one in (*said, change.source_address) if one}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)") if words else None


def _without(hidden: re.Pattern[str] | None, value: Any) -> Any:
    """`value`, text or JSON, with what is hidden taken out of every text."""
    if hidden is None:
        return value
    if isinstance(value, str):
        return hidden.sub(f"({WITHHELD})", value)
    if isinstance(value, dict):
        return {key: _without(hidden, one) for key, one in value.items()}
    return [_without(hidden, one) for one in value] if isinstance(value, list) else value


def _nameless(change: Change) -> tuple[str, ...]:
    """The resources without those that are the actor, or are called after them."""
    actor = change.actor
    if actor is None:
        return change.resource_ids
    names = [one for one in (actor.session, actor.arn, actor.name) if one]
    return tuple(
        one
        for one in change.resource_ids
        if ":assumed-role/" not in one and not any(name in one for name in names)
    )


def _actor(actor: Actor, none: bool) -> Actor:
    if none:
        return Actor(name="", type=WITHHELD)
    named = _NAMELESS.get(actor.type, "an actor without a role")
    if actor.type == "service":
        named = _service(actor.name) or named
    if actor.role:
        named = f"role {actor.role}"
        if actor.type == "stack":
            named = f"a CloudFormation stack, run by role {actor.role}"
    return Actor(name=named, type=actor.type, role=actor.role, account=actor.account)


def _service(name: str) -> str:
    """The name of a service or tool; "" for an address that stood in its place."""
    return "" if _ADDRESS.fullmatch(name) else name


_NAMELESS = {
    "sso": "a user of IAM Identity Center",
    "role": "a role",
    "user": "a user without a role",
    "root": "the account root",
    "service": "an AWS service",
    "stack": "a CloudFormation stack",
    "account": "another account",
}
