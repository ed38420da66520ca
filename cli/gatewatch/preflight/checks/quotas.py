"""Counts that AWS limits: stacks (one for each VPC), rules, roles, StackSets.

A limit that the account does not tell is AWS's published default, and said to be.
"""

from collections.abc import Iterator

from gatewatch.preflight.findings import Account, Finding, Unanswered
from gatewatch.verdict import Verdict

NAME = "quotas"
STACKS = 2000
"""Stacks in a Region (CloudFormation quotas)."""
RULES = 100
"""Rules on a bus, in the Regions with the lowest default (EventBridge quotas)."""
RULES_OF_A_MEMBER = 10
ROLES_OF_A_MEMBER = 8
STACKSETS = 1000
"""StackSets of an administrator account (CloudFormation quotas)."""
GONE = "DELETE_COMPLETE"


def check(account: Account) -> Iterator[Finding]:
    for one in (_stacks, _rules, _roles, *((_stacksets,) if account.publishes else ())):
        try:
            yield one(account)
        except Unanswered as reason:
            name = one.__name__.removeprefix("_")
            yield Finding(check=name, verdict=Verdict.UNKNOWN, told=str(reason))


def judged(name: str, have: int, more: int, limit: int, source: str) -> Finding:
    """Whether `more` fit beside what there is; the last tenth of a limit is a warning."""
    told = f"{have} of {limit} ({source}); {more} come"
    verdict, mend = Verdict.OK, ""
    if have + more > limit:
        verdict, mend = Verdict.BAD, f"ask for more {name} in Service Quotas, or take some away"
    elif have + more > 0.9 * limit:
        verdict, mend = Verdict.WARN, f"ask for more {name} in Service Quotas soon"
    return Finding(check=name, verdict=verdict, told=told, mend=mend)


def _stacks(account: Account) -> Finding:
    have = account.pages("cloudformation", "list_stacks", "StackSummaries")
    vpcs = len(account.pages("ec2", "describe_vpcs", "Vpcs"))
    limit, source = STACKS, "AWS's default"
    try:
        limits = account.pages("cloudformation", "describe_account_limits", "AccountLimits")
        limit = next(row["Value"] for row in limits if row["Name"] == "StackLimit")
        source = "this account's limit"
    except (Unanswered, StopIteration):
        pass
    standing = sum(1 for stack in have if stack["StackStatus"] != GONE)
    return judged("stacks", standing, vpcs + 1, limit, source)


def _rules(account: Account) -> Finding:
    have = len(account.pages("events", "list_rules", "Rules"))
    return judged("rules", have, RULES_OF_A_MEMBER, RULES, "AWS's lowest default")


def _roles(account: Account) -> Finding:
    summary = account.ask("iam", "get_account_summary")["SummaryMap"]
    limit, source = summary.get("RolesQuota", 1000), "this account's limit"
    return judged("roles", summary.get("Roles", 0), ROLES_OF_A_MEMBER, limit, source)


def _stacksets(account: Account) -> Finding:
    have = account.pages("cloudformation", "list_stack_sets", "Summaries", Status="ACTIVE")
    return judged("stack sets", len(have), 1, STACKSETS, "AWS's default")
