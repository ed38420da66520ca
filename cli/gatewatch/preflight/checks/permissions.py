"""What the caller may do, by IAM's simulator; what a service control policy denies to everyone.

A StackSet deploys as a role of its own: what the caller lacks does not stop it, what the
organisation denies does.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from gatewatch.preflight.actions import MEMBER, PUBLISH
from gatewatch.preflight.findings import Account, Finding
from gatewatch.verdict import Verdict

NAME = "permissions"
MOST_AT_ONCE = 100


def check(account: Account) -> Iterator[Finding]:
    arn = principal(account)
    yield from judged("a member", _simulated(account, arn, MEMBER), own=Verdict.WARN)
    if account.publishes:
        yield from judged("publishing", _simulated(account, arn, PUBLISH), own=Verdict.BAD)


def principal(account: Account) -> str:
    """ARN that can be simulated: a session's is that of its role, which may have a path."""
    arn = account.caller_arn
    if ":assumed-role/" not in arn:
        return arn
    name = arn.split("/")[1]
    return str(account.ask("iam", "get_role", RoleName=name)["Role"]["Arn"])


class By(StrEnum):
    """What decided that an action is not allowed."""

    ORGANISATION = "a service control policy denies"
    CONDITION = "conditions decide on"
    BOUNDARY = "your permissions boundary denies"
    POLICY = "your policies do not allow"


MENDS = {
    By.ORGANISATION: "allow them to roles of Gatewatch and stacksets-exec-*, or leave this account "
    "out",
    By.CONDITION: "",
    By.BOUNDARY: "use an identity without it (PermissionsBoundaryArn gives our roles one)",
    By.POLICY: "use an identity that may (docs/install.md); a StackSet deploys as its own role",
}


def judged(what: str, results: Sequence[Mapping[str, Any]], *, own: Verdict) -> Iterator[Finding]:
    """Findings of one purpose; `own` is how bad it is that the caller's policies lack something."""
    verdicts = {By.ORGANISATION: Verdict.BAD, By.CONDITION: Verdict.UNKNOWN}
    refused: dict[By, list[str]] = {}
    for result in results:
        if result["EvalDecision"] != "allowed":
            refused.setdefault(_decided_by(result), []).append(result["EvalActionName"])
    for by in By:
        if by in refused:
            yield Finding(
                check=NAME,
                verdict=verdicts.get(by, own),
                told=f"{what}: {by} {_few(sorted(refused[by]))}",
                mend=MENDS[by],
            )
    if not refused:
        told = f"{what}: all {len(results)} actions are allowed"
        yield Finding(check=NAME, verdict=Verdict.OK, told=told)


def _decided_by(result: Mapping[str, Any]) -> By:
    if result.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations") is False:
        return By.ORGANISATION
    if result.get("MissingContextValues"):
        return By.CONDITION
    detail = result.get("PermissionsBoundaryDecisionDetail", {})
    return By.BOUNDARY if detail.get("AllowedByPermissionsBoundary") is False else By.POLICY


def _simulated(account: Account, arn: str, actions: Sequence[str]) -> list[Mapping[str, Any]]:
    region = {
        "ContextKeyName": "aws:RequestedRegion",
        "ContextKeyType": "string",
        "ContextKeyValues": [account.region],
    }
    found: list[Mapping[str, Any]] = []
    for start in range(0, len(actions), MOST_AT_ONCE):
        found += account.pages(
            "iam",
            "simulate_principal_policy",
            "EvaluationResults",
            PolicySourceArn=arn,
            ActionNames=list(actions[start : start + MOST_AT_ONCE]),
            ContextEntries=[region],
        )
    return found


def _few(names: Sequence[str]) -> str:
    rest = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + rest
