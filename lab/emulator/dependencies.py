"""Deletes that EC2 refuses while something stands: DependencyViolation.

Decided here: what blocks the deletion of a subnet, a security group, a VPC and a managed interface.
"""

from functools import partial
from typing import Any

from lab.emulator import interfaces
from lab.emulator.endpoints import ENDPOINTS, is_live
from lab.emulator.interfaces import ERROR, GROUPS, INTERFACES, PARAMETER
from lab.emulator.touched import Touch, replace_key

ACTIONS = Touch(
    module="ministack.services.ec2",
    name="_ACTION_MAP",
    keys=("DeleteSubnet", "DeleteSecurityGroup", "DeleteVpc", "DeleteNetworkInterface"),
)
TOUCHED = (ACTIONS,)
VIOLATION = "DependencyViolation"


def interfaces_with_group(group_id: str) -> list[str]:
    """Interfaces that carry the group."""
    return [
        eni["NetworkInterfaceId"]
        for eni in list(INTERFACES.current()._data.values())
        if any(group["GroupId"] == group_id for group in eni["Groups"])
    ]


def interfaces_in_subnet(subnet_id: str) -> list[str]:
    """Interfaces that stand in the subnet, of whichever account."""
    return [eni["NetworkInterfaceId"] for eni in interfaces.standing(subnet_id)]


def _refers(group: dict[str, Any], group_id: str) -> bool:
    rules = group.get("IpPermissions", []) + group.get("IpPermissionsEgress", [])
    pairs = [pair for rule in rules for pair in rule.get("UserIdGroupPairs", [])]
    return any(pair.get("GroupId") == group_id for pair in pairs)


def _group(params: Any) -> str:
    group_id = PARAMETER.current()(params, "GroupId")
    others = [g for key, g in GROUPS.current().items() if key != group_id]
    if interfaces_with_group(group_id) or any(_refers(group, group_id) for group in others):
        return f"resource {group_id} has a dependent object"
    return ""


def _subnet(params: Any) -> str:
    subnet = PARAMETER.current()(params, "SubnetId")
    if interfaces_in_subnet(subnet):
        return f"The subnet '{subnet}' has dependencies and cannot be deleted."
    return ""


def _vpc(params: Any) -> str:
    vpc = PARAMETER.current()(params, "VpcId")
    standing = any(eni["VpcId"] == vpc for eni in list(INTERFACES.current()._data.values()))
    held = any(e["VpcId"] == vpc and is_live(e) for e in ENDPOINTS.current().values())
    if standing or held:
        return f"The vpc '{vpc}' has dependencies and cannot be deleted."
    return ""


def _guarded(original: Any, blocker: Any, code: str) -> Any:
    def delete(params: Any) -> Any:
        message = blocker(params)
        return ERROR.current()(code, message, 400) if message else original(params)

    return delete


def _interface(params: Any) -> str:
    eni = PARAMETER.current()(params, "NetworkInterfaceId")
    record = INTERFACES.current().get(eni) or {}
    managed = record.get("InterfaceType") in (interfaces.ENDPOINT, interfaces.FUNCTION)
    return f"Network interface '{eni}' is currently in use." if managed else ""


def install() -> None:
    """Guard the four deletes."""
    table = ACTIONS.current()
    blockers = {"DeleteSubnet": _subnet, "DeleteSecurityGroup": _group, "DeleteVpc": _vpc}
    for action, blocker in blockers.items():
        replace_key(table, action, partial(_guarded, blocker=blocker, code=VIOLATION))
    replace_key(
        table,
        "DeleteNetworkInterface",
        lambda original: _guarded(original, _interface, "InvalidParameterValue"),
    )
