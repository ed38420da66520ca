"""A trail that logs management events: without one EventBridge is told of no change (EventBridge
guide, "AWS service events delivered via AWS CloudTrail")."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from gatewatch.preflight.findings import Account, Finding, Unanswered
from gatewatch.verdict import Verdict

NAME = "trail"
MEND = (
    "make a trail of all Regions that logs management events, write events at least (the first "
    "copy of them costs nothing)"
)


def check(account: Account) -> Iterator[Finding]:
    trails = account.ask("cloudtrail", "describe_trails", includeShadowTrails=True)["trailList"]
    here = [t for t in trails if t.get("IsMultiRegionTrail") or t["HomeRegion"] == account.region]
    found: dict[bool, list[str]] = {True: [], False: []}
    unknown = []
    for trail in here:
        try:
            found[_logs(account, trail)].append(trail["Name"])
        except (Unanswered, ClientError) as reason:
            unknown.append(f"{trail['Name']}: {reason}")
    if found[True]:
        names = ", ".join(found[True])
        yield Finding(check=NAME, verdict=Verdict.OK, told=f"management events are logged: {names}")
    elif unknown:  # typical of an organisation's trail, seen from a member account
        yield Finding(
            check=NAME,
            verdict=Verdict.UNKNOWN,
            told="; ".join(unknown),
            mend="ask whoever owns the trail whether it logs management events and is on",
        )
    else:
        silent = ", ".join(found[False]) or "none"
        told = f"no trail logs management events here (found, and silent: {silent})"
        yield Finding(check=NAME, verdict=Verdict.BAD, told=told, mend=MEND)


def _logs(account: Account, trail: Mapping[str, Any]) -> bool:
    arn, home = trail["TrailARN"], replace(account, region=trail["HomeRegion"])
    if not home.ask("cloudtrail", "get_trail_status", Name=arn)["IsLogging"]:
        return False
    answer = home.ask("cloudtrail", "get_event_selectors", TrailName=arn)
    advanced = answer.get("AdvancedEventSelectors") or []
    if advanced:
        return any(_selects_management(selector) for selector in advanced)
    return any(
        selector.get("IncludeManagementEvents") and selector.get("ReadWriteType") != "ReadOnly"
        for selector in answer.get("EventSelectors") or []
    )


def _selects_management(selector: Mapping[str, Any]) -> bool:
    """An advanced selector of management events that lets writes of all services through."""
    fields = {field["Field"]: field for field in selector.get("FieldSelectors", [])}
    if "Management" not in fields.get("eventCategory", {}).get("Equals", []):
        return False
    return "true" not in fields.get("readOnly", {}).get("Equals", [])
