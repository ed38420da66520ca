"""A member that is here already: two of them in one account and Region look at the same VPCs."""

from collections.abc import Iterator

from gatewatch.preflight.findings import Account, Finding
from gatewatch.verdict import Verdict

NAME = "member"
STANDING = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


def check(account: Account) -> Iterator[Finding]:
    rows = account.pages(
        "cloudformation", "list_stacks", "StackSummaries", StackStatusFilter=list(STANDING)
    )
    members = sorted(
        row["StackName"] for row in rows if "Gatewatch member" in row.get("TemplateDescription", "")
    )
    if len(members) > 1:
        yield Finding(
            check=NAME,
            verdict=Verdict.BAD,
            told=f"two members stand here: {', '.join(members)}",
            mend="keep one: deploy the hub with DeployMember=false where a StackSet brings one",
        )
    elif members:
        yield Finding(
            check=NAME,
            verdict=Verdict.WARN if account.publishes else Verdict.OK,
            told=f"a member stands here: {members[0]}",
            mend="if a StackSet is to reach this account, deploy the hub with DeployMember=false"
            if account.publishes
            else "",
        )
    else:
        yield Finding(check=NAME, verdict=Verdict.OK, told="no member stands here yet")
