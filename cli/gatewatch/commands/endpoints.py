"""`gatewatch endpoints`: who looks at what from where, and why not."""

import json
from dataclasses import asdict, dataclass
from typing import Any

import boto3

from alerter.table import Table as HubTable
from checker.state import Table
from gatewatch import registered
from gatewatch.failure import CHECK_FAILED, OK, Failed
from gatewatch.registered import Looker, Row, Told

MANY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`stack` is the hub's stack or the member's."""

    stack: str = "gatewatch"
    region: str | None = None
    profile: str | None = None
    as_json: bool = False


def run(options: Options) -> int:
    """0 when every entry is looked at, 1 when one is not, or a source could not be read. Raises
    Failed where there is no such stack."""
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    views = read(session, options.stack)
    if options.as_json:
        print(json.dumps({name: asdict(told) for name, told in views.items()}, indent=1))
    else:
        for name, told in views.items():
            show(name, told)
    well = all(
        not told.refused and not any(row.why_not for row in told.rows) for told in views.values()
    )
    return OK if well else CHECK_FAILED


def read(session: Any, stack: str) -> dict[str, Told]:
    """The views that the stack gives: of the member that it is or holds, of the organisation where
    it is the hub."""
    cloudformation, dynamodb = session.client("cloudformation"), session.client("dynamodb")
    outputs = _outputs(cloudformation, stack)
    account = session.client("sts").get_caller_identity()["Account"]
    is_hub = "HubBusArn" in outputs
    member = _nested(cloudformation, stack) if is_hub else outputs
    views = {}
    if "TableName" in member:
        table = Table(dynamodb=dynamodb, name=member["TableName"])
        region = session.region_name
        views[f"member {account}/{region}"] = registered.of_member(table, account, region)
    if is_hub:
        known = registered.members(HubTable(dynamodb, outputs["TableName"]))
        bucket = outputs.get("RegistryBucketName")
        text = registered.file_of(session.client("s3"), bucket) if bucket else None
        views["organisation"] = registered.of_organisation(known, text)
    return views


def _outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    try:
        [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except cloudformation.exceptions.ClientError as error:
        raise Failed(f"{stack}: {error} (--stack names another)") from error
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def _nested(cloudformation: Any, stack: str) -> dict[str, str]:
    """The outputs of the member nested in the hub's stack; {} where there is none."""
    told = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    found = [one for one in told if one["LogicalResourceId"] == "Member"]
    return _outputs(cloudformation, found[0]["PhysicalResourceId"]) if found else {}


def show(name: str, told: Told) -> None:
    print(f"{name}: {len(told.rows)} entries{', all looks paused' if told.paused else ''}")
    for kind, why in told.refused.items():
        print(f"  source {kind} could not be read, what it said last stands: {why}")
    for row in told.rows:
        print(f"  {line(row)}")


def line(row: Row) -> str:
    """One entry on one line."""
    head = " ".join(part for part in (row.endpoint, row.url, _in_brackets(row)) if part)
    if row.why_not:
        return f"{head}: NOBODY: {row.why_not}"
    shown = [_looker(one) for one in row.looked_from[:MANY]]
    more = len(row.looked_from) - len(shown)
    return f"{head}: {'; '.join(shown)}{f'; and {more} more' if more else ''}"


def _in_brackets(row: Row) -> str:
    told = [part for part in (row.source, row.owner and f"owner {row.owner}") if part]
    return f"({', '.join(told)})" if told else ""


def _looker(one: Looker) -> str:
    label = f" ({one.label})" if one.label else ""
    return f"{one.account}/{one.region} {one.vpc_id}{label} {one.health}"
