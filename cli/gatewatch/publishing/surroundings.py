"""Who publishes, for which organisation, and which hub the members tell.

Decided here: where these facts are read. A fact that may not be read is "", and the plan says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gatewatch.publishing.aws import Client, ask

NOT_HANDED_DOWN = frozenset({"Release"})
"""Outputs of a hub that a member has a parameter for, and must not get."""


RENAMED = {"RegistryBucketName": "RegistryBucket"}
"""Outputs of a hub whose parameter in a member has another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`organization` and `management` are "" where there is none or it may not be read; `hub` are
    the outputs of the hub's stack, `hub_admits` the organisation that its bus lets in,
    `hub_has_member` whether a member is nested in it."""

    account: str
    partition: str
    region: str
    organization: str = ""
    management: str = ""
    hub: Mapping[str, str] = field(default_factory=dict)
    hub_admits: str = ""
    hub_has_member: bool = False

    @property
    def is_management(self) -> bool:
        return self.account == self.management


def read(client: Client, region: str, hub_stack: str) -> Surroundings:
    """The surroundings. Raises Failed when not even the caller's own account can be read."""
    caller = ask(client("sts", region), "get_caller_identity", "your credentials")
    organization = _organization(client("organizations", region))
    outputs, given = _hub(client("cloudformation", region), hub_stack)
    return Surroundings(
        account=str(caller["Account"]),
        partition=str(caller["Arn"]).split(":")[1],
        region=region,
        organization=str(organization.get("Id", "")),
        management=str(organization.get("MasterAccountId", "")),
        hub=outputs,
        hub_admits=given.get("OrganizationId", ""),
        hub_has_member=given.get("DeployMember") == "true",
    )


def handed_down(hub: Mapping[str, str], parameters: frozenset[str]) -> dict[str, str]:
    """Outputs of the hub that a member has a parameter for: HubBusArn and its like."""
    named = {RENAMED.get(name, name): value for name, value in hub.items()}
    return {k: v for k, v in named.items() if k in parameters and k not in NOT_HANDED_DOWN}


def _organization(client: Any) -> dict[str, Any]:
    try:
        return dict(client.describe_organization()["Organization"])
    except (ClientError, BotoCoreError):  # no organisation, or no right to ask: told as unknown
        return {}


def _hub(client: Any, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Outputs and parameters of the hub's stack."""
    try:
        (stack,) = client.describe_stacks(StackName=name)["Stacks"]
    except (ClientError, BotoCoreError):  # no such stack here: --hub-bus-arn says where it is
        return {}, {}
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
    given = {p["ParameterKey"]: p.get("ParameterValue", "") for p in stack.get("Parameters", [])}
    return outputs, given
