"""An organisation on this machine to publish to: moto on a loopback port, two units, accounts.

Decided here: what stands in it. Not decided here: how its StackSets answer (`stacksets`).

    python -m lab.organisation        # prints what to export, and stays until ^C
"""

import argparse
import json
import logging
import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
import requests
from moto.organizations.models import organizations_backends
from moto.server import ThreadedMotoServer

from lab import stacksets

HOME = "eu-west-1"
UNITS = {"workloads": ("orders", "payments"), "sandbox": ("trial",)}
"""Units below the root, and the accounts in each."""

KEYS = {"pk": "HASH", "sk": "RANGE"}
TABLE = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in KEYS],
    "KeySchema": [{"AttributeName": n, "KeyType": kind} for n, kind in KEYS.items()],
}
"""The hub's table, as template.yaml has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """`accounts` are account ids by name, `units` ids of organisational units by name. The
    caller is the management account."""

    endpoint: str
    id: str
    root: str
    management: str
    units: dict[str, str]
    accounts: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """What makes any AWS client speak to it, and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "lab",
            "AWS_SECRET_ACCESS_KEY": "lab",
            "AWS_REGION": HOME,
            "AWS_DEFAULT_REGION": HOME,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    @property
    def names(self) -> dict[str, str]:
        """Ids by the names that a walk types: ROOT, UNIT_WORKLOADS, ACCOUNT_ORDERS."""
        units = {f"UNIT_{name.upper()}": unit for name, unit in self.units.items()}
        accounts = {f"ACCOUNT_{name.upper()}": number for name, number in self.accounts.items()}
        return {"ROOT": self.root} | units | accounts


@contextmanager
def organisation(port: int = 0, *, hub: bool = False) -> Iterator[Organisation]:
    """A fresh one, gone when the block is left; with `hub`, a stack that tells a hub's outputs."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    stacksets.extend()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    try:
        host, taken = server.get_host_and_port()
        endpoint = f"http://{host}:{taken}"
        # moto keeps what an earlier one in this process held.
        requests.post(f"{endpoint}/moto-api/reset", timeout=30).raise_for_status()
        organizations_backends.master_accounts.clear()
        found = _peopled(endpoint)
        if hub:
            stand_in_hub(found, found.id)
        yield found
    finally:
        server.stop()


def _peopled(endpoint: str) -> Organisation:
    session = boto3.Session("lab", "lab", region_name=HOME)
    organizations = session.client("organizations", endpoint_url=endpoint)
    made = organizations.create_organization(FeatureSet="ALL")["Organization"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    units, accounts = {}, {}
    for unit, names in UNITS.items():
        answer = organizations.create_organizational_unit(ParentId=root, Name=unit)
        units[unit] = answer["OrganizationalUnit"]["Id"]
        for name in names:
            status = organizations.create_account(AccountName=name, Email=f"{name}@example.com")
            accounts[name] = status["CreateAccountStatus"]["AccountId"]
            organizations.move_account(
                AccountId=accounts[name], SourceParentId=root, DestinationParentId=units[unit]
            )
    organizations.enable_aws_service_access(ServicePrincipal=stacksets.TRUSTED)
    _trail(session, endpoint)
    return Organisation(
        endpoint=endpoint,
        id=made["Id"],
        root=root,
        management=made["MasterAccountId"],
        units=units,
        accounts=accounts,
    )


def stand_in_hub(found: Organisation, admits: str, has_member: str = "false") -> None:
    """A stack `gatewatch` with a hub's outputs and its table, in which no member has reported."""
    outputs = {
        "HubBusArn": f"arn:aws:events:{HOME}:{found.management}:event-bus/gatewatch-hub",
        "HubBusName": "gatewatch-hub",
        "RegistryBucketName": "hub-registry",
        "TableName": {"Ref": "Table"},
    }
    given = {"OrganizationId": admits, "DeployMember": has_member}
    template = {
        "Parameters": {name: {"Type": "String"} for name in given},
        "Resources": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": TABLE}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    session = boto3.Session("lab", "lab", region_name=HOME)
    session.client("cloudformation", endpoint_url=found.endpoint).create_stack(
        StackName="gatewatch",
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
    )


def _trail(session: boto3.Session, endpoint: str) -> None:
    """A trail of all Regions that logs management events, as a landing zone makes one."""
    session.client("s3", endpoint_url=endpoint).create_bucket(
        Bucket="trail", CreateBucketConfiguration={"LocationConstraint": HOME}
    )
    cloudtrail = session.client("cloudtrail", endpoint_url=endpoint)
    cloudtrail.create_trail(Name="everything", S3BucketName="trail", IsMultiRegionTrail=True)
    cloudtrail.put_event_selectors(
        TrailName="everything",
        EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}],
    )
    cloudtrail.start_logging(Name="everything")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lab.organisation", description=__doc__)
    parser.add_argument("--port", type=int, default=5005, help="loopback port (default: 5005)")
    # moto says of each kind of resource that it does not model, each time, that it does not.
    logging.getLogger("moto").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    port, ends = parser.parse_args().port, {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # also in the server's threads: waited for below
    with organisation(port, hub=True) as found:
        for name, value in (found.environment | found.names).items():
            print(f"export {name}={value}")
        print("# ready", flush=True)
        signal.sigwait(ends)


if __name__ == "__main__":
    main()
