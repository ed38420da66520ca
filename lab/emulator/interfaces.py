"""Network interfaces: addresses in their subnet, those of endpoints and functions, and filters.

Decided here: which interface exists and what Describe answers. Not decided here: which ones
functions need (function_interfaces).
"""

import ipaddress
import threading
import uuid
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from lab.emulator.touched import Touch, replace_key

_EC2 = "ministack.services.ec2"
INTERFACES = Touch(module=_EC2, name="_network_interfaces")
SUBNETS = Touch(module=_EC2, name="_subnets")
GROUPS = Touch(module=_EC2, name="_security_groups")
TAGS = Touch(module=_EC2, name="_tags")
ACTIONS = Touch(
    module=_EC2,
    name="_ACTION_MAP",
    keys=("DescribeNetworkInterfaces", "CreateNetworkInterface", "DeleteNetworkInterface"),
)
PARAMETER = Touch(module=_EC2, name="_p", parameters=("params", "key", "default"))
MEMBERS = Touch(module=_EC2, name="_parse_member_list", parameters=("params", "prefix"))
FILTERS = Touch(module=_EC2, name="_parse_filters", parameters=("params",))
XML = Touch(module=_EC2, name="_xml", parameters=("status", "root_tag", "inner"))
ERROR = Touch(module=_EC2, name="_error", parameters=("code", "message", "status"))
FIELDS = Touch(module=_EC2, name="_eni_fields_xml", parameters=("eni", "tag"))
ACCOUNT = Touch(module="ministack.core.responses", name="get_account_id")
SCOPE = Touch(
    module="ministack.core.responses", name="request_scope", parameters=("account_id", "region")
)
TOUCHED = (
    INTERFACES, SUBNETS, GROUPS, TAGS, ACTIONS, PARAMETER, MEMBERS, FILTERS, XML, ERROR, FIELDS,
    ACCOUNT, SCOPE,
)  # fmt: skip

Record = dict[str, Any]
ENDPOINT, FUNCTION = "vpc_endpoint", "lambda"
KEPT_BY_AWS = 5
SMALL = 64
FIRST_HOST = 10  # AWS keeps the first four; room for instances a scenario addresses by hand
LOCK = threading.RLock()


def hexadecimal() -> str:
    """The 17 digits of a resource id."""
    return uuid.uuid4().hex[:17]


def standing(subnet_id: str) -> list[Record]:
    """The interfaces in a subnet, of every account that it is shared with."""
    found = list(INTERFACES.current()._data.values())
    return [eni for eni in found if eni["SubnetId"] == subnet_id]


def free_addresses(subnet: Record) -> int:
    """How many addresses of the subnet nobody holds; AWS keeps five
    (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html)."""
    size = ipaddress.ip_network(subnet["CidrBlock"]).num_addresses
    return max(0, size - KEPT_BY_AWS - len(standing(subnet["SubnetId"])))


def free_address(subnet_id: str) -> str:
    """The lowest address of the subnet that no interface holds; ValueError when it is full."""
    network = ipaddress.ip_network(SUBNETS.current()[subnet_id]["CidrBlock"])
    used = {eni["PrivateIpAddress"] for eni in standing(subnet_id)}
    first = FIRST_HOST if network.num_addresses > SMALL else 4
    for offset in range(first, network.num_addresses - 1):
        address = str(network[offset])
        if address not in used:
            return address
    raise ValueError(f"subnet {subnet_id} ({network}) has no free address")


def create(subnet_id: str, groups: list[str], kind: str, text: str, address: str = "") -> Record:
    """Make an interface in the current account and Region and return its record."""
    with LOCK:
        subnet = SUBNETS.current()[subnet_id]
        eni = "eni-" + hexadecimal()
        names = GROUPS.current()
        record: Record = {
            "NetworkInterfaceId": eni,
            "SubnetId": subnet_id,
            "VpcId": subnet["VpcId"],
            "AvailabilityZone": subnet["AvailabilityZone"],
            "Description": text,
            "OwnerId": ACCOUNT.current()(),
            "Status": "in-use",
            "PrivateIpAddress": address or free_address(subnet_id),
            "InterfaceType": kind,
            "SourceDestCheck": True,
            "MacAddress": "02:" + ":".join(eni[4 + i : 6 + i] for i in range(0, 10, 2)),
            "Groups": [
                {"GroupId": g, "GroupName": names.get(g, {}).get("GroupName", g)} for g in groups
            ],
            "Attachment": None,
        }
        INTERFACES.current()[eni] = record
        return record


def remove(interface_id: str) -> None:
    """Forget the interface; nothing when it is gone already."""
    INTERFACES.current().pop(interface_id, None)


def groups_of(eni: Record) -> list[str]:
    return [group["GroupId"] for group in eni["Groups"]]


VALUES: Mapping[str, Callable[[Record], list[str]]] = {
    "vpc-id": lambda e: [e["VpcId"]],
    "subnet-id": lambda e: [e["SubnetId"]],
    "network-interface-id": lambda e: [e["NetworkInterfaceId"]],
    "description": lambda e: [e["Description"]],
    "interface-type": lambda e: [e["InterfaceType"]],
    "status": lambda e: [e["Status"]],
    "availability-zone": lambda e: [e["AvailabilityZone"]],
    "owner-id": lambda e: [e["OwnerId"]],
    "group-id": groups_of,
    "group-name": lambda e: [group["GroupName"] for group in e["Groups"]],
    "private-ip-address": lambda e: [e["PrivateIpAddress"]],
    "addresses.private-ip-address": lambda e: [e["PrivateIpAddress"]],
    "requester-managed": lambda e: [str(e["InterfaceType"] in (ENDPOINT, FUNCTION)).lower()],
    "vpc-endpoint-id": lambda e: [e["Description"].rpartition(" ")[2]],
}


def tag_values(resource_id: str, name: str) -> list[str] | None:
    """What a `tag:<key>` or `tag-key` filter compares with; None for another filter."""
    tags = TAGS.current().get(resource_id, [])
    if name.startswith("tag:"):
        return [tag.get("Value", "") for tag in tags if tag["Key"] == name[4:]]
    return [tag["Key"] for tag in tags] if name == "tag-key" else None


def matches(values: list[str], wanted: list[str]) -> bool:
    """EC2's filters: any wanted value, with `*` and `?`."""
    return any(fnmatchcase(value, want) for value in values for want in wanted)


def _selected(eni: Record, filters: Mapping[str, list[str]]) -> bool:
    for name, wanted in filters.items():
        tags = tag_values(eni["NetworkInterfaceId"], name)
        values = VALUES[name](eni) if tags is None else tags
        if not matches(values, wanted):
            return False
    return True


def unknown_filter(filters: Mapping[str, list[str]], known: Mapping[str, Any]) -> Any:
    """EC2's error for a filter it does not know, or None."""
    for name in filters:
        if name not in known and not name.startswith("tag:") and name != "tag-key":
            text = f"The filter '{name}' is invalid"
            return ERROR.current()("InvalidParameterValue", text, 400)
    return None


def _describe(_: Any) -> Any:
    def describe(params: Any) -> Any:
        ids = MEMBERS.current()(params, "NetworkInterfaceId")
        filters = FILTERS.current()(params)
        store = INTERFACES.current()
        for eni in ids:
            if eni not in store:
                text = f"The networkInterface ID '{eni}' does not exist"
                return ERROR.current()("InvalidNetworkInterfaceID.NotFound", text, 400)
        wrong = unknown_filter(filters, VALUES)
        if wrong is not None:
            return wrong
        found = [
            eni
            for eni in [*store.values(), *_of_participants()]
            if (not ids or eni["NetworkInterfaceId"] in ids) and _selected(eni, filters)
        ]
        items = "".join(FIELDS.current()(eni) for eni in found)
        inner = f"<networkInterfaceSet>{items}</networkInterfaceSet>"
        return XML.current()(200, "DescribeNetworkInterfacesResponse", inner)

    return describe


def _of_participants() -> list[Record]:
    """Interfaces of other accounts in the current account's shared subnets: it sees them."""
    account, subnets = ACCOUNT.current()(), SUBNETS.current()
    foreign = [
        eni for eni in list(INTERFACES.current()._data.values()) if eni["OwnerId"] != account
    ]
    return [e for e in foreign if subnets.get(e["SubnetId"], {}).get("OwnerId") == account]


def _create_in_subnet(original: Any) -> Any:
    def make(params: Any) -> Any:
        before = set(INTERFACES.current())
        answer = original(params)
        for eni in set(INTERFACES.current()) - before:
            record = INTERFACES.current()[eni]
            wanted = PARAMETER.current()(params, "PrivateIpAddress")
            if record["SubnetId"] in SUBNETS.current():
                try:
                    record["PrivateIpAddress"] = wanted or free_address(record["SubnetId"])
                except ValueError as full:
                    remove(eni)
                    return ERROR.current()("InsufficientFreeAddressesInSubnet", str(full), 400)
                inner = FIELDS.current()(record, tag="networkInterface")
                return XML.current()(200, "CreateNetworkInterfaceResponse", inner)
        return answer

    return make


def install() -> None:
    """Answer DescribeNetworkInterfaces with filters; put new interfaces into their subnet."""
    table = ACTIONS.current()
    replace_key(table, "DescribeNetworkInterfaces", _describe)
    replace_key(table, "CreateNetworkInterface", _create_in_subnet)
