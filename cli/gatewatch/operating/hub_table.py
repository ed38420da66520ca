"""The hub's table, read with the caller's own credentials: members, placements, problems.

The layout is the alerter's (`alerter.digests`, `alerter.membership`, `alerter.reports`).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from alerter.table import Table
from gatewatch.failure import Failed
from gatewatch.operating.members import Member
from probing.wire import WireError, from_json
from reasoning.placements import Placements
from reasoning.transition import Digest, MemberProblem

_SIDE_BY_SIDE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The hub's stack: where it is, which release, which table."""

    stack: str
    region: str
    release: str
    table: str
    default_owner: str = "gatewatch"
    mode: str = "notify"
    bus_arn: str = ""


def find(cloudformation: Any, stack: str) -> Hub:
    """The hub of that stack name. Raises Failed when there is none, or it is not a hub."""
    region = str(cloudformation.meta.region_name)
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except cloudformation.exceptions.ClientError as error:
        message = error.response["Error"].get("Message", str(error))
        raise Failed(
            f"no hub: {message} ({region}): name its stack by --stack, or its Region"
        ) from error
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
    if not {"TableName", "HubBusName"} <= set(outputs):
        raise Failed(f"stack {stack} in {region} is no hub: it has no output TableName")
    given = {p["ParameterKey"]: p.get("ParameterValue", "") for p in found.get("Parameters", [])}
    return Hub(
        stack=stack,
        region=region,
        release=given.get("Release", ""),
        table=outputs["TableName"],
        default_owner=given.get("DefaultOwner") or "gatewatch",
        mode=given.get("Mode") or "notify",
        bus_arn=outputs.get("HubBusArn", ""),
    )


def members(dynamodb: Any, table_name: str) -> tuple[Member, ...]:
    """Every member that reported, in order. Raises Failed for an item that cannot be read."""
    table = Table(dynamodb, table_name)
    try:
        digests = [from_json(Digest, item.body) for item in table.query("members")]
        places = [(one.account, one.region) for one in digests]
        placements = table.many((f"placements#{a}#{r}", "now") for a, r in places)
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            problems = list(pool.map(lambda place: tuple(_problems(table, *place)), places))
        return tuple(
            Member(
                account=digest.account,
                region=digest.region,
                digest=digest,
                placements=_placements(placements, digest),
                problems=open_ones,
            )
            for digest, open_ones in zip(digests, problems, strict=True)
        )
    except WireError as error:
        raise Failed(f"table {table_name} holds what this release cannot read: {error}") from error


def _problems(table: Table, account: str, region: str) -> Iterator[MemberProblem]:
    for item in table.query(f"problem#{account}#{region}"):
        problem = from_json(MemberProblem, item.body)
        if problem.open:
            yield problem


def _placements(found: dict[tuple[str, str], Any], digest: Digest) -> Placements | None:
    item = found.get((f"placements#{digest.account}#{digest.region}", "now"))
    return from_json(Placements, item.body) if item else None
