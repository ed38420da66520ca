"""Whether StackSets may reach the organisation's accounts, seen from where they are made."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from gatewatch.preflight.findings import Account, Finding, Unanswered
from gatewatch.publishing.aws import code_of
from gatewatch.verdict import Verdict

NAME = "organisation"
TRUSTED = "member.org.stacksets.cloudformation.amazonaws.com"
"""CloudFormation StackSets as Organizations knows it (Organizations guide, trusted services)."""
ACTIVATE = (
    "in the management account: aws cloudformation activate-organizations-access (or StackSets, "
    "Activate trusted access, in the console)"
)


def check(account: Account) -> Iterator[Finding]:
    try:
        found = account.ask("organizations", "describe_organization")["Organization"]
    except ClientError as error:
        if code_of(error) != "AWSOrganizationsNotInUseException":
            raise
        verdict = Verdict.BAD if account.publishes else Verdict.OK
        mend = "publish with --kind self-managed or plain" if account.publishes else ""
        told = "the account is in no organisation"
        yield Finding(check=NAME, verdict=verdict, told=told, mend=mend)
        return
    management = found["MasterAccountId"]
    who = "this account" if management == account.account else management
    yield Finding(check=NAME, verdict=Verdict.OK, told=f"{found['Id']}, managed by {who}")
    if found.get("FeatureSet", "ALL") != "ALL":
        yield Finding(
            check=NAME,
            verdict=Verdict.BAD,
            told="it has consolidated billing alone, and so no service-managed StackSets",
            mend="switch all features on, or publish with --kind self-managed",
        )
    if account.publishes:
        managed = management == account.account
        yield from _trusted(account) if managed else _delegated(account)


def _trusted(account: Account) -> Iterator[Finding]:
    """Organizations' side and CloudFormation's side: both must be on."""
    rows = account.pages(
        "organizations", "list_aws_service_access_for_organization", "EnabledServicePrincipals"
    )
    on = TRUSTED in {row["ServicePrincipal"] for row in rows}
    yield Finding(
        check="trusted access",
        verdict=Verdict.OK if on else Verdict.BAD,
        told=f"Organizations {'trusts' if on else 'does not trust'} StackSets",
        mend="" if on else ACTIVATE,
    )
    try:
        yield _activated(account, "SELF")
    except Unanswered as reason:
        yield Finding(check="trusted access", verdict=Verdict.UNKNOWN, told=str(reason))


def _delegated(account: Account) -> Iterator[Finding]:
    yield _activated(account, "DELEGATED_ADMIN")


def _activated(account: Account, call_as: str) -> Finding:
    try:
        answer = account.ask("cloudformation", "describe_organizations_access", CallAs=call_as)
    except ClientError as error:  # ValidationError: this account is no delegated administrator
        return Finding(
            check="delegated administrator",
            verdict=Verdict.BAD,
            told=f"StackSets refuse this account as {call_as}: {error}",
            mend="in the management account: aws organizations register-delegated-administrator "
            f"--service-principal {TRUSTED} --account-id {account.account}",
        )
    on = answer.get("Status") == "ENABLED"
    return Finding(
        check="trusted access",
        verdict=Verdict.OK if on else Verdict.BAD,
        told=f"StackSets' access to the organisation is {answer.get('Status', 'not told')}",
        mend="" if on else ACTIVATE,
    )
