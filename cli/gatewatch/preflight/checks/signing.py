"""What refuses a deployment that every permission allows: code signing, CloudFormation hooks."""

from collections.abc import Iterator

from gatewatch.preflight.findings import Account, Finding, Unanswered
from gatewatch.verdict import Verdict

NAME = "code signing"
HOOKS = "hooks"


def check(account: Account) -> Iterator[Finding]:
    yield _signing(account)
    try:
        yield _hooks(account)
    except Unanswered as reason:
        yield Finding(check=HOOKS, verdict=Verdict.UNKNOWN, told=str(reason))


def _signing(account: Account) -> Finding:
    rows = account.pages("lambda", "list_code_signing_configs", "CodeSigningConfigs")
    strict = [
        row["CodeSigningConfigId"]
        for row in rows
        if row.get("CodeSigningPolicies", {}).get("UntrustedArtifactOnDeployment") == "Enforce"
    ]
    if not strict:
        return Finding(check=NAME, verdict=Verdict.OK, told="nothing here enforces signed code")
    return Finding(
        check=NAME,
        verdict=Verdict.WARN,
        told=f"{', '.join(strict)} refuse unsigned code where functions must have them",
        mend="Gatewatch's packages are not signed: exempt functions tagged gatewatch:part from the "
        "policy that demands it",
    )


def _hooks(account: Account) -> Finding:
    rows = [
        row
        for visibility in ("PRIVATE", "PUBLIC")
        for row in account.pages(
            "cloudformation", "list_types", "TypeSummaries", Type="HOOK", Visibility=visibility
        )
        if visibility == "PRIVATE" or row.get("IsActivated")
    ]
    if not rows:
        return Finding(check=HOOKS, verdict=Verdict.OK, told="no CloudFormation hook")
    names = ", ".join(sorted({row["TypeName"] for row in rows}))
    return Finding(
        check=HOOKS,
        verdict=Verdict.WARN,
        told=f"hooks may refuse a stack: {names}",
        mend="hold `gatewatch render` against their rules before publishing",
    )
