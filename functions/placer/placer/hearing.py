"""What the placer hears: a message of its queue, as a wish to run, a sign of teardown, or both.

Decided here: which events mean that somebody takes a VPC down. Not decided here: what follows
from it (`placer.plan`).
"""

import json
from dataclasses import dataclass
from typing import Any

from reasoning.actors import actor_of
from reasoning.changes import DETAIL_TYPE
from reasoning.cloudtrail import Ignored, Record, read_record
from reasoning.harvest import harvest
from reasoning.toolmarks import role_of
from reasoning.values import account_id, text

REFUSED = {"DeleteVpc": "vpc-", "DeleteSubnet": "subnet-", "DeleteSecurityGroup": "sg-"}
"""Deletions that AWS refuses while an interface of ours is in the way: prefix of the subject."""
DONE = {
    "DeleteNatGateway": "nat-",
    "DeleteSubnet": "subnet-",
    "DetachInternetGateway": "igw-",
    "DeleteVpc": "vpc-",
}
"""Deletions that begin a teardown when they succeed."""
IN_USE = ("DependencyViolation", "InvalidGroup.InUse")
"""Ends of the error codes that say "something still stands in it": EC2's common error codes
(docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html), with `Client.` before."""


class NotHeard(ValueError):
    """A message that the placer's queue should not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Somebody takes something down. `subject` is the id of it; `vpc_id` where the event names the
    VPC, else "". `role` is the name of the role that did it, `by` who it was, for people."""

    event: str
    subject: str
    at: float
    vpc_id: str = ""
    failed: bool = False
    by: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """`hops` counts the rounds that the placer woke itself. `made` is the VPC that the event says
    was made at `at`. Everything else an event can say is read from AWS itself."""

    hops: int = 0
    sign: Sign | None = None
    made: str = ""
    at: float = 0.0


def read(body: str, account: str) -> Heard:
    """A message of the placer's queue. Raises NotHeard naming what is wrong with it."""
    try:
        data = json.loads(body)
    except ValueError as error:
        raise NotHeard(f"not JSON: {body[:100]!r}") from error
    if not isinstance(data, dict):
        raise NotHeard(f"no object: {body[:100]!r}")
    if data.get("kind") in ("tick", "wake"):
        hops = data.get("hops", 0)
        return Heard(hops=hops if isinstance(hops, int) else 0)
    if account_id(data.get("account")) != account:
        raise NotHeard(f"an event of account {text(data.get('account')) or '(none)'}")
    if text(data.get("detail-type")) != DETAIL_TYPE:
        return Heard()
    return _event(data, account)


def _event(data: dict[str, Any], account: str) -> Heard:
    try:
        record = read_record(data.get("detail"), account=account, time=data.get("time"))
    except Ignored as reason:
        raise NotHeard(str(reason)) from reason
    if record.name == "CreateVpc" and not record.error_code:
        made = [one for one in harvest(record.response).ids if one.startswith("vpc-")]
        return Heard(made=made[0] if made else "", at=record.at)
    return Heard(sign=_sign(record))


def _sign(record: Record) -> Sign | None:
    failed = bool(record.error_code)
    if failed and not record.error_code.endswith(IN_USE):
        return None
    prefix = (REFUSED if failed else DONE).get(record.name)
    ids = harvest(record.request).ids
    subject = next((one for one in ids if prefix and one.startswith(prefix)), "")
    if not subject:
        return None
    return Sign(
        event=record.name,
        subject=subject,
        at=record.at,
        vpc_id=next((one for one in ids if one.startswith("vpc-")), ""),
        failed=failed,
        by=actor_of(record).name,
        role=role_of(record),
    )
