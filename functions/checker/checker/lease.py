"""One look at a time in a VPC: a lease by conditional write, in real time.

Real time, because what it protects (invocations) runs in real time, in a lab too. A holder that
dies is replaced as soon as its lease ends; a holder that finds itself replaced stops.
"""

from dataclasses import dataclass

from checker.state import Conflict, Key, Table
from probing.clock import Clock

SPARE_SECONDS = 2.0
EXPIRES_AFTER_SECONDS = 3600


class LeaseLost(Exception):
    """Another look took the VPC while this one was slower than its lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Why a lease was not given: it is held. `again`: the holder was told to look once more;
    otherwise its look started late enough to stand for this one."""

    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease that `holder` has on a VPC until it is released or not renewed in time."""

    table: Table
    clock: Clock
    vpc_id: str
    holder: str

    @property
    def _key(self) -> Key:
        return _key(self.vpc_id)

    def renew(self, seconds: float) -> None:
        """Hold on for `seconds` of real time and a little more. Raises LeaseLost."""
        try:
            self.table.update(
                self._key,
                "SET #until = :until",
                condition="#holder = :me",
                names={"#until": "until", "#holder": "holder"},
                values={
                    ":until": {"N": str(self.clock.real_now_at() + seconds + SPARE_SECONDS)},
                    ":me": {"S": self.holder},
                },
            )
        except Conflict as error:
            raise LeaseLost(f"the look at {self.vpc_id} was overtaken") from error

    def release(self) -> bool:
        """Give it back; True when somebody asked for one more look meanwhile."""
        try:
            old = self.table.delete(
                self._key,
                condition="#holder = :me",
                names={"#holder": "holder"},
                values={":me": {"S": self.holder}},
            )
        except Conflict:
            return False
        return bool(old and old.get("again", {}).get("BOOL"))


def take(
    table: Table, clock: Clock, vpc_id: str, *, holder: str, not_before: float, seconds: float
) -> Lease | Held:
    """The lease, or what became of the wish for it.

    Two rounds: a holder may let go between our refused write and our mark on its lease.
    """
    for _ in range(2):
        now = clock.real_now_at()
        try:
            table.put(
                _key(vpc_id),
                {
                    "holder": {"S": holder},
                    "until": {"N": str(now + seconds + SPARE_SECONDS)},
                    "started_at": {"N": str(clock.now_at())},
                    "again": {"BOOL": False},
                    "expires_at": {"N": str(int(now) + EXPIRES_AFTER_SECONDS)},
                },
                condition="attribute_not_exists(pk) OR #until < :now",
                names={"#until": "until"},
                values={":now": {"N": str(now)}},
            )
            return Lease(table=table, clock=clock, vpc_id=vpc_id, holder=holder)
        except Conflict:
            held = table.get(_key(vpc_id))
        if held is None:
            continue
        if float(held["started_at"]["N"]) >= not_before:
            return Held(again=False)
        if _mark_again(table, vpc_id, held["holder"]["S"]):
            return Held(again=True)
    return Held(again=False)


def _mark_again(table: Table, vpc_id: str, holder: str) -> bool:
    try:
        table.update(
            _key(vpc_id),
            "SET #again = :yes",
            condition="#holder = :them",
            names={"#again": "again", "#holder": "holder"},
            values={":yes": {"BOOL": True}, ":them": {"S": holder}},
        )
    except Conflict:
        return False
    return True


def _key(vpc_id: str) -> Key:
    return (f"vpc#{vpc_id}", "lease")
