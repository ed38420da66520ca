"""`gatewatch doctor`: is the member of this account and Region well, and what is to be done.

Decided here: how the examination is told, and its exit code. Not decided here: what is examined
(`operating.member_work`, `operating.member_sight`).
"""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import boto3

from gatewatch.failure import CHECK_FAILED, OK, PARTIAL
from gatewatch.operating import member_sight, member_stack, member_work
from gatewatch.operating.examining import Examined, examine
from gatewatch.verdict import Verdict
from probing.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`send` False: no event is put on the hub's bus; everything else only reads."""

    stack: str = ""
    send: bool = True
    region: str | None = None
    profile: str | None = None
    as_json: bool = False


def run(options: Options) -> int:
    """1 when something is bad, 4 when something could not be told, else 0."""
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    clients: dict[tuple[str, ...], Any] = {}

    def client(service: str, region: str = "") -> Any:
        if (service, region) not in clients:
            clients[service, region] = session.client(service, region_name=region or None)
        return clients[service, region]

    seat = member_stack.find(
        client, options.stack, clock=Clock.from_environment(), send=options.send
    )
    checks = [*examine(seat, (*member_work.PARTS, *member_sight.PARTS))]
    for hub in member_stack.hubs(client, clock=seat.clock):
        of_hub = examine(hub, member_work.PARTS)
        checks += [replace(check, part=f"hub's {check.part}") for check in of_hub]
    examined = Examined(checks=tuple(checks))
    head = {"account": seat.account, "region": seat.region, "stack": seat.stack}
    if options.as_json:
        rows = [asdict(check) for check in examined.checks]
        print(json.dumps(head | {"release": seat.release, "checks": rows}, indent=1))
    else:
        print(f"member {seat.stack} of {seat.account}, {seat.region}, release {seat.release}")
        print("\n".join(examined.lines()))
    if examined.count(Verdict.BAD):
        return CHECK_FAILED
    return PARTIAL if examined.count(Verdict.UNKNOWN) else OK
