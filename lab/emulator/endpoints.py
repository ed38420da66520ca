"""Interface endpoints: states, interfaces, private DNS, conflicts, filters.

Decided here: what Create, Modify, Delete and DescribeVpcEndpoints do
(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html). Not decided
here: what a name resolves to (the data plane derives that from the state that this keeps).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from lab.emulator import interfaces
from lab.emulator.clock import after, iso, now_at
from lab.emulator.interfaces import SCOPE
from lab.emulator.touched import Touch
from lab.emulator.world import WORLD

_EC2 = "ministack.services.ec2"
ENDPOINTS = Touch(module=_EC2, name="_vpc_endpoints")
VPCS = Touch(module=_EC2, name="_vpcs")
GROUPS = Touch(module=_EC2, name="_security_groups")
TAGS = Touch(module=_EC2, name="_tags")
TAG_SET = Touch(module=_EC2, name="_tag_set_xml", parameters=("resource_id",))
TAG_SPECS = Touch(
    module=_EC2, name="_parse_tag_specs", parameters=("p", "resource_type", "resource_id")
)
FIELDS = Touch(module=_EC2, name="_vpce_fields_xml", parameters=("ep", "tag"))
ACTIONS = Touch(
    module=_EC2,
    name="_ACTION_MAP",
    keys=("CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints", "DescribeVpcEndpoints"),
)
ACCOUNT = Touch(module="ministack.core.responses", name="get_account_id")
REGION = Touch(module="ministack.core.responses", name="get_region")
TOUCHED = (
    ENDPOINTS, VPCS, GROUPS, TAGS, TAG_SET, TAG_SPECS, FIELDS, ACTIONS, ACCOUNT, REGION,
)  # fmt: skip

Record = dict[str, Any]
KEPT_SECONDS = 600.0  # lab: a deleted endpoint stays in the state so that DNS can flip back late
OPEN_POLICY = json.dumps(
    {"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}
)


class Refused(Exception):
    """EC2 refuses the call: `code` and message as it says them."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def is_true(value: Any) -> bool:
    """A query parameter's or a template's boolean."""
    return str(value).lower() == "true"


def is_live(endpoint: Record) -> bool:
    """Whether the endpoint still counts (deleting ones do not hold their names)."""
    return endpoint["State"] in ("pending", "available", "pendingAcceptance")


def of_aws(service: str) -> bool:
    """Whether the service is one of AWS's own, whose private DNS is on unless told otherwise."""
    return service.startswith(("com.amazonaws.", "aws.api.")) and ".vpce-svc-" not in service


def host(service: str) -> str:
    """`com.amazonaws.us-east-1.execute-api` -> `execute-api.us-east-1.amazonaws.com`."""
    return f"{service.rpartition('.')[2]}.{REGION.current()()}.amazonaws.com"


def private_names(service: str) -> list[str]:
    """The names that private DNS takes over; API Gateway's hold the wildcard of all APIs."""
    name = host(service)
    return [f"*.{name}", name] if name.startswith(("execute-api.", "s3.")) else [name]


def check_private_dns(vpc_id: str, service: str, but: str = "") -> None:
    """Refuse private DNS where the VPC's DNS is off or another endpoint owns the name."""
    vpc = VPCS.current()[vpc_id]
    if not (vpc.get("EnableDnsSupport", True) and vpc.get("EnableDnsHostnames", False)):
        raise Refused(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC "
            f"attributes set to true for {vpc_id}",
        )
    for endpoint in ENDPOINTS.current().values():
        same = endpoint["VpcId"] == vpc_id and endpoint["ServiceName"] == service
        owns = endpoint["PrivateDnsEnabled"] and is_live(endpoint)
        if same and owns and endpoint["VpcEndpointId"] != but:
            raise Refused(
                "InvalidParameter",
                "private-dns-enabled cannot be set because there is already a conflicting "
                f"DNS domain for {private_names(service)[0]} in the VPC {vpc_id}",
            )


def make(
    vpc_id: str,
    service: str,
    kind: str,
    private_dns: bool | None,
    subnets: list[str],
    groups: list[str],
    tables: list[str],
    policy: str,
    addresses: Mapping[str, str],
) -> Record:
    """Create an endpoint in the current account and Region; raises Refused."""
    interface = kind == "Interface"
    wanted = interface and (of_aws(service) if private_dns is None else private_dns)
    vpc = _checked_vpc(vpc_id, service, subnets, wanted)
    endpoint: Record = {
        **_born(),
        "VpcEndpointType": kind,
        "VpcId": vpc_id,
        "ServiceName": service,
        "State": "pending" if interface else "available",
        "RouteTableIds": tables,
        "SecurityGroupIds": groups or ([vpc["DefaultSecurityGroupId"]] if interface else []),
        "PrivateDnsEnabled": wanted,
        "PolicyDocument": policy or OPEN_POLICY,
    }
    ENDPOINTS.current()[endpoint["VpcEndpointId"]] = endpoint
    for subnet in subnets if interface else []:
        add_subnet(endpoint, subnet, addresses.get(subnet, ""))
    if interface:
        _later(endpoint, WORLD.delay_seconds("endpoint_available"), _become_available)
    return endpoint


def _checked_vpc(vpc_id: str, service: str, subnets: list[str], private_dns: bool) -> Record:
    vpc: Record | None = VPCS.current().get(vpc_id)
    if vpc is None:
        raise Refused("InvalidVpcId.NotFound", f"The Vpc Id {vpc_id} does not exist")
    if private_dns:
        check_private_dns(vpc_id, service)
    for subnet in subnets:
        if interfaces.SUBNETS.current().get(subnet, {}).get("VpcId") != vpc_id:
            raise Refused("InvalidSubnetId.NotFound", f"The subnet ID '{subnet}' does not exist")
    return vpc


def _born() -> Record:
    at = now_at()
    return {
        "VpcEndpointId": "vpce-" + interfaces.hexadecimal(),
        "OwnerId": ACCOUNT.current()(),
        "SubnetIds": [],
        "NetworkInterfaceIds": [],
        "CreatedAt": at,
        "CreationTimestamp": iso(at),
        "PrivateDnsChangedAt": at,
        "PrivateDnsChangedBy": "create",
        "DeletedAt": None,
    }


def add_subnet(endpoint: Record, subnet: str, address: str = "") -> None:
    """Give the endpoint an interface in `subnet`."""
    text = f"VPC Endpoint Interface {endpoint['VpcEndpointId']}"
    eni = interfaces.create(
        subnet, endpoint["SecurityGroupIds"], interfaces.ENDPOINT, text, address
    )
    endpoint["SubnetIds"].append(subnet)
    endpoint["NetworkInterfaceIds"].append(eni["NetworkInterfaceId"])


def remove_subnet(endpoint: Record, subnet: str) -> None:
    """Take the endpoint's interface out of `subnet`."""
    store = interfaces.INTERFACES.current()
    for eni in list(endpoint["NetworkInterfaceIds"]):
        if store[eni]["SubnetId"] == subnet:
            endpoint["NetworkInterfaceIds"].remove(eni)
            interfaces.remove(eni)
    endpoint["SubnetIds"] = [one for one in endpoint["SubnetIds"] if one != subnet]


def set_private_dns(endpoint: Record, wanted: bool, by: str) -> None:
    """Switch private DNS and keep when and by what, so that DNS can follow with its delay."""
    if endpoint["PrivateDnsEnabled"] != wanted:
        endpoint["PrivateDnsEnabled"] = wanted
        endpoint["PrivateDnsChangedAt"] = now_at()
        endpoint["PrivateDnsChangedBy"] = by


def set_groups(endpoint: Record, groups: list[str]) -> None:
    """Attach exactly `groups` to the endpoint and its interfaces."""
    endpoint["SecurityGroupIds"] = groups
    names = GROUPS.current()
    for eni in endpoint["NetworkInterfaceIds"]:
        interfaces.INTERFACES.current()[eni]["Groups"] = [
            {"GroupId": g, "GroupName": names.get(g, {}).get("GroupName", g)} for g in groups
        ]


def _later(endpoint: Record, seconds: float, action: Callable[[Record], None]) -> None:
    account, region = ACCOUNT.current()(), REGION.current()()

    def run() -> None:
        with SCOPE.current()(account, region):
            action(endpoint)

    after(seconds, run)


def _become_available(endpoint: Record) -> None:
    if endpoint["State"] == "pending":
        endpoint["State"] = "available"


def delete(endpoint: Record) -> None:
    """Begin the deletion: `deleting` at once, interfaces and record gone a little later."""
    endpoint["State"] = "deleting"
    endpoint["DeletedAt"] = now_at()
    # The addresses stay known until DNS has flipped back.
    store = interfaces.INTERFACES.current()
    endpoint["Kept"] = [dict(store[eni]) for eni in endpoint["NetworkInterfaceIds"] if eni in store]
    if endpoint["PrivateDnsEnabled"]:
        endpoint["PrivateDnsChangedAt"] = endpoint["DeletedAt"]
        endpoint["PrivateDnsChangedBy"] = "delete"
    _later(endpoint, WORLD.delay_seconds("endpoint_deleted"), _vanish)
    _later(endpoint, KEPT_SECONDS, _forget)


def _vanish(endpoint: Record) -> None:
    for eni in endpoint["NetworkInterfaceIds"]:
        interfaces.remove(eni)
    endpoint["State"] = "deleted"


def _forget(endpoint: Record) -> None:
    ENDPOINTS.current().pop(endpoint["VpcEndpointId"], None)
    TAGS.current().pop(endpoint["VpcEndpointId"], None)
