"""EC2 dry runs of what a canary needs in a VPC: its group, its interface. Nothing is made."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from gatewatch.preflight.findings import Account, Finding
from gatewatch.publishing.aws import code_of
from gatewatch.verdict import Verdict

NAME = "network"
WOULD = "DryRunOperation"
NOT_ALLOWED = "UnauthorizedOperation"
BY_ORGANISATION = "service control policy"


def check(account: Account) -> Iterator[Finding]:
    subnets = account.pages("ec2", "describe_subnets", "Subnets")
    if not subnets:
        yield Finding(check=NAME, verdict=Verdict.OK, told="no subnet here: nothing to look from")
        return
    subnet = max(subnets, key=lambda row: row.get("AvailableIpAddressCount", 0))
    group = {
        "GroupName": "gatewatch-preflight",
        "Description": "Gatewatch preflight, a dry run",
        "VpcId": subnet["VpcId"],
    }
    yield _tried(account, "create_security_group", group)
    yield _tried(account, "create_network_interface", {"SubnetId": subnet["SubnetId"]})


def _tried(account: Account, operation: str, arguments: dict[str, Any]) -> Finding:
    name = "ec2:" + "".join(part.title() for part in operation.split("_"))
    try:
        getattr(account.client("ec2", account.region), operation)(DryRun=True, **arguments)
    except ClientError as error:
        return judged(name, code_of(error), str(error))
    return Finding(check=NAME, verdict=Verdict.UNKNOWN, told=f"{name}: the dry run told nothing")


def judged(name: str, code: str, message: str) -> Finding:
    """What a dry run's answer says; a policy of the organisation stops the canaries' role too."""
    if code == WOULD:
        return Finding(check=NAME, verdict=Verdict.OK, told=f"{name} would be done")
    if code != NOT_ALLOWED:
        return Finding(check=NAME, verdict=Verdict.UNKNOWN, told=f"{name}: {message}")
    if BY_ORGANISATION in message:
        return Finding(
            check=NAME,
            verdict=Verdict.BAD,
            told=f"{name}: a service control policy denies it, to the canaries' role too",
            mend="allow it to roles of Gatewatch, or leave this account out",
        )
    return Finding(
        check=NAME,
        verdict=Verdict.WARN,
        told=f"{name}: you may not; the role that makes canaries has its own right",
        mend="nothing, unless `gatewatch place` is to be run without the service role",
    )
