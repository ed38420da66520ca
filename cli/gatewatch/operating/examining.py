"""One examination of a member: what is read, the verdicts, and how refusals become `unknown`.

Decided here: that a part which cannot be read is unknown, and stops no other part. Not decided
here: what is read and how it is judged (`member_work`, `member_sight`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gatewatch.verdict import Verdict
from probing.clock import Clock

MOST_CHARACTERS = 300
"""Of what AWS says when it refuses: a line, not a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`part` is what was examined, `what` what was found; `do` what to do ("" when nothing)."""

    part: str
    verdict: Verdict
    what: str
    do: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource of the member's stack: the name or id that AWS gave it, by its logical id."""

    logical: str
    type: str
    physical: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Whom to ask, about which member or hub. `client` makes a client of a service, in a Region;
    `bus` is the hub's, whose rules stand on it."""

    client: Callable[..., Any]
    clock: Clock
    account: str
    region: str
    stack: str
    status: str
    release: str
    hub_bus_arn: str
    table: str
    bus: str
    resources: Sequence[Resource]
    send: bool = True

    def of_type(self, kind: str) -> tuple[Resource, ...]:
        return tuple(one for one in self.resources if one.type == kind)

    def physical(self, logical: str) -> str:
        """The AWS name of a resource; "" for one that this release of a member lacks."""
        found = (one.physical for one in self.resources if one.logical == logical)
        return next(found, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`read` asks AWS, `judge` is pure: (what was read, now) -> checks."""

    name: str
    read: Callable[[Seat], Any]
    judge: Callable[[Any, float], Iterable[Check]]


def examine(seat: Seat, parts: Sequence[Part]) -> Iterator[Check]:
    """Every part, one after the other."""
    for part in parts:
        try:
            found = part.read(seat)
        except (ClientError, BotoCoreError) as error:
            yield refused(part.name, error)
        else:
            yield from part.judge(found, seat.clock.now_at())


def refused(part: str, error: ClientError | BotoCoreError) -> Check:
    """AWS would not tell: not known, and which right is missing where that is the reason."""
    do = "run it again; if that does not help, see the message"
    if isinstance(error, ClientError):
        told: Mapping[str, str] = error.response.get("Error", {})
        if any(word in told.get("Code", "") for word in ("Denied", "Unauthorized", "Forbidden")):
            do = f"allow it to who runs the doctor ({error.operation_name}; docs/operations.md)"
    what = " ".join(str(error).split())[:MOST_CHARACTERS]
    return Check(part=part, verdict=Verdict.UNKNOWN, what=what, do=do)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """All checks, and what they come to."""

    checks: tuple[Check, ...] = field(default_factory=tuple)

    def count(self, verdict: Verdict) -> int:
        return sum(check.verdict is verdict for check in self.checks)

    def lines(self) -> Iterator[str]:
        """One line each, with what to do below it; the sum last."""
        for check in self.checks:
            yield f"{check.verdict:7} {check.part:16} {check.what}"
            if check.do:
                yield f"{'':24} -> {check.do}"
        told = ", ".join(f"{self.count(verdict)} {verdict}" for verdict in Verdict)
        yield f"{len(self.checks)} checks: {told}"
