"""Calls that IAM denies the checker: each action told as a problem, whichever part met it.

A denial may end a tick or a look before anything is told of it, or be met where nobody tells (the
end of a lease, a Describe call of a look). So the clients note every one; it is kept in the member
table, for the tick to tell until it has not been met for a while, and sent at once where the table
is what is denied, or the tick.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from checker.hub import Hub
from checker.packed import pack, unpack
from checker.state import Key, Table
from probing.clock import Clock
from reasoning import wire
from reasoning.transition import MemberProblem

KEY: Key = ("denied", "now")
TOLD_SECONDS = 180.0
"""A denial of every look is met once a minute: after three without it, it is gone."""
CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_TOLD_ELSEWHERE = frozenset(
    {"DescribeNetworkInterfaces", "DescribeVpcAttribute", "DescribeVpcEndpoints", "DescribeVpcs"}
)
"""The tick asks these too, and tells of its inventory."""
_ACTIONS = {"Invoke": "InvokeFunction"}
"""Operations whose permission has another name."""

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Denials:
    """What this worker's clients were denied, as IAM actions, since it was last taken."""

    _seen: set[str] = field(default_factory=set)

    def watch(self, client: Any) -> Any:
        """Note what this client is denied from now on; the client."""
        client.meta.events.register("after-call", self._note)
        return client

    def taken(self) -> set[str]:
        """What was noted, which is then forgotten."""
        found = set(self._seen)
        self._seen.difference_update(found)
        return found

    def _note(self, *, parsed: Any, model: Any, **_: Any) -> None:
        if parsed.get("Error", {}).get("Code") not in CODES or model.name in _TOLD_ELSEWHERE:
            return
        service = model.service_model.signing_name
        self._seen.add(f"{service}:{_ACTIONS.get(model.name, model.name)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Keeps and tells denials. `_sent`: those that only this worker told, and must take back."""

    denials: Denials
    table: Table
    hub: Hub
    clock: Clock
    _sent: set[str] = field(default_factory=set)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Around the handling of one message; what that raises is raised on."""
        failed = True
        try:
            yield
            failed = False
        finally:
            self._settle(failed=failed)

    def problems(self, now_at: float) -> tuple[MemberProblem, ...]:
        """One for each action that was denied lately, by whatever worker."""
        known = self._known(now_at)
        return tuple(_problem(action, now_at) for action in sorted(known))

    def _settle(self, *, failed: bool) -> None:
        now_at, met = self.clock.now_at(), self.denials.taken()
        if not met:
            self._take_back(now_at)
            return
        kept = self._keep(met, now_at)
        met |= self.denials.taken()  # the keeping may be what is denied
        logger.error("denied by IAM", actions=sorted(met))
        if failed or not kept:
            sent = self.hub.send(wire.PROBLEM, [[_problem(a, now_at)] for a in sorted(met)])
            if sent and not kept:
                self._sent.update(met)

    def _keep(self, met: set[str], now_at: float) -> bool:
        try:
            known = self._known(now_at) | dict.fromkeys(met, now_at)
            self.table.put(KEY, {"body": {"B": pack(known)}})
        except (ClientError, BotoCoreError):
            return False
        return True

    def _known(self, now_at: float) -> dict[str, float]:
        item = self.table.get(KEY)
        found = {} if item is None else unpack(item)
        return {a: float(at) for a, at in found.items() if now_at - float(at) < TOLD_SECONDS}

    def _take_back(self, now_at: float) -> None:
        gone = [[_problem(a, now_at, is_open=False)] for a in sorted(self._sent)]
        if gone and self.hub.send(wire.PROBLEM, gone):
            self._sent.clear()


def _problem(action: str, now_at: float, *, is_open: bool = True) -> MemberProblem:
    return MemberProblem(
        key=f"denied:{action}",
        what=f"the checker is denied {action}: what needs it does not happen",
        mend="see the role of the checker in member.yaml, the permissions boundary and service "
        "control policies",
        at=now_at,
        open=is_open,
    )
