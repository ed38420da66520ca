"""The last look at a VPC: the one small write of a steady look, and what digests are made of."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from checker.budget import Budget
from checker.packed import pack, unpack
from checker.state import Key, Table
from probing.wire import from_json, to_json
from reasoning.case import RouteClass
from reasoning.transition import Health

SKIPPED = "skipped"


class LookState(StrEnum):
    LOOKED = "looked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLook:
    """One endpoint in the last look. `state` is ok | failing | unknown | skipped, and `skipped`
    then says why (budget | rate | load); the rest of a skipped one is what was known before.
    `last_good_at` is the last look that saw it good, `seen_at` the last that did not skip it;
    `phases` are milliseconds by stage. `failing_at` are addresses of the name that failed: the
    next look begins with them, or a name that lost one of several would seem well by chance.
    `proved_at` is when the credential was made that was last seen to work: another worker of the
    checker may still show an older one."""

    state: str
    health: Health
    route_class: RouteClass
    host: str = ""
    cname_chain: tuple[str, ...] = ()
    vpc_endpoint_id: str = ""
    good_since_at: float | None = None
    last_good_at: float | None = None
    phases: dict[str, float] = field(default_factory=dict)
    seen_at: float | None = None
    skipped: str = ""
    failing_at: tuple[str, ...] = ()
    proved_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcLook:
    """`at` is when it ended. `reason` says why it is `unknown`. `unsent`: endpoints whose
    transitions the hub's bus has not taken. `problems`: open ones by key, as told to the hub."""

    at: float
    state: LookState = LookState.LOOKED
    reason: str = ""
    pairs: dict[str, PairLook] = field(default_factory=dict)
    captured: tuple[str, ...] = ()
    public_answered: bool = False
    budget: Budget = field(default_factory=Budget)
    problems: dict[str, str] = field(default_factory=dict)
    unsent: tuple[str, ...] = ()

    def seen_at(self, endpoint: str) -> float | None:
        """When the endpoint was last looked at: in this look, but for one that it skipped. None
        when nothing is known of it."""
        row = self.pairs.get(endpoint)
        if row is None or row.seen_at is not None:
            return row.seen_at if row else None
        return None if row.state == SKIPPED else self.at


def key(vpc_id: str) -> Key:
    return (f"vpc#{vpc_id}", "look")


def load(item: dict[str, Any] | None) -> VpcLook | None:
    return None if item is None else from_json(VpcLook, unpack(item))


def save(table: Table, vpc_id: str, look: VpcLook) -> None:
    table.put(key(vpc_id), {"body": {"B": pack(to_json(look))}})
