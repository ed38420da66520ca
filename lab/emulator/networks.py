"""The rest of EC2's network: lab creation times, true counts of free addresses, and no default VPC
unless the world wants one.

MiniStack gives each account and Region a default VPC on first use. A world states its VPCs; a
default one beside them would be found and watched as well.
"""

from typing import Any

from lab.emulator.clock import LabTime
from lab.emulator.endpoints import VPCS
from lab.emulator.interfaces import GROUPS, SUBNETS, free_addresses
from lab.emulator.routes import TABLES
from lab.emulator.touched import Touch, replace
from lab.emulator.world import WORLD

_EC2 = "ministack.services.ec2"
TIME = Touch(module=_EC2, name="time")
DEFAULTS = Touch(module=_EC2, name="_init_defaults")
DEFAULT_VPC = Touch(module=_EC2, name="_DEFAULT_VPC_ID")
ACLS = Touch(module=_EC2, name="_network_acls")
GATEWAYS = Touch(module=_EC2, name="_internet_gateways")
DEFAULT_GATEWAY = Touch(module=_EC2, name="_DEFAULT_IGW_ID")
INITIALIZED = Touch(module=_EC2, name="_default_initialized_scopes")
SUBNET_FIELDS = Touch(module=_EC2, name="_subnet_fields_xml", parameters=("subnet", "tag"))
TOUCHED = (
    TIME, DEFAULTS, DEFAULT_VPC, ACLS, GATEWAYS, DEFAULT_GATEWAY, INITIALIZED, SUBNET_FIELDS,
)  # fmt: skip


def _remove_default_vpc() -> None:
    vpc = DEFAULT_VPC.current()
    VPCS.current().pop(vpc, None)
    GATEWAYS.current().pop(DEFAULT_GATEWAY.current(), None)
    for touch in (SUBNETS, GROUPS, TABLES, ACLS):
        store = touch.current()
        for key in [key for key, one in store.items() if one.get("VpcId") == vpc]:
            store.pop(key, None)


def _without_default_vpc(original: Any) -> Any:
    def init() -> None:
        original()
        _remove_default_vpc()

    return init


def _counted(original: Any) -> Any:
    def fields(subnet: dict[str, Any], tag: str = "item") -> Any:
        return original(subnet | {"AvailableIpAddressCount": free_addresses(subnet)}, tag)

    return fields


def install() -> None:
    """Lab time for EC2's creation times; count free addresses; drop the default VPCs."""
    replace(TIME, lambda _: LabTime())
    replace(SUBNET_FIELDS, _counted)
    if not WORLD.default_vpc:
        replace(DEFAULTS, _without_default_vpc)
        _remove_default_vpc()
