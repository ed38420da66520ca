"""`gatewatch status`: every account and Region of a hub, and what is wrong there.

Decided here: what is read, and the exit code. Not decided here: what counts as wrong
(`operating.members`), how it reads (`operating.overview`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import boto3

from gatewatch.failure import CHECK_FAILED, OK, Failed
from gatewatch.operating import hub_table, instances, overview
from gatewatch.operating.members import Member
from probing.clock import Clock
from reasoning.told import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`account` and `region` narrow what is shown."""

    stack: str = "gatewatch"
    stack_set: str = "gatewatch-member"
    account: str = ""
    region: str = ""
    wrong_only: bool = False
    hub_region: str | None = None
    profile: str | None = None
    as_json: bool = False

    def wants(self, member: Member) -> bool:
        return self.account in ("", member.account) and self.region in ("", member.region)


def run(options: Options) -> int:
    """Print it; 0 when nothing is wrong in what is shown, else 1. Raises Failed without a hub."""
    session = boto3.Session(profile_name=options.profile, region_name=options.hub_region)
    cloudformation = session.client("cloudformation")
    hub = hub_table.find(cloudformation, options.stack)
    deployed = instances.read(cloudformation, options.stack_set)
    heard = hub_table.members(session.client("dynamodb"), hub.table)
    members = [one for one in instances.joined(heard, deployed.found) if options.wants(one)]
    if not members:
        raise Failed(_nobody(hub, options, heard), code=CHECK_FAILED)
    now_at = Clock.from_environment().now_at()
    rows = overview.rows(members, release=hub.release, now_at=now_at)
    name = f"{hub.stack} ({hub.region})"
    if options.as_json:
        told = overview.document(rows, hub=name, release=hub.release, now_at=now_at)
        print(json.dumps(told | {"note": deployed.note, "mode": hub.mode}, indent=1))
    else:
        notes = [f"note    {deployed.note}"] if deployed.note else []
        if hub.mode == Mode.OBSERVE:
            notes.append("mode    observe: no page goes out (`gatewatch report` says which would)")
        shown = overview.lines(
            rows,
            hub=name,
            release=hub.release,
            now_at=now_at,
            wrong_only=options.wrong_only,
            notes=notes,
        )
        print("\n".join(shown))
    return CHECK_FAILED if any(row.wrong for row in rows) else OK


def _nobody(hub: hub_table.Hub, options: Options, heard: Sequence[Member]) -> str:
    if not heard:
        return (
            f"hub {hub.stack} ({hub.region}): no member has reported; a new one does within two "
            "minutes (`gatewatch doctor` in its account says what keeps it)"
        )
    where = " ".join(name for name in (options.account, options.region) if name)
    return f"hub {hub.stack} ({hub.region}): no member of {where} among {len(heard)}"
