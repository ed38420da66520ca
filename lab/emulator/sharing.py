"""VPCs that several accounts see, by RAM, and VPCs marked as an account's default one.

Decided here: what a participant of a shared VPC sees, and that it changes nothing of it. It sees
the VPC, its subnets, their route tables and network ACLs, with the owner's id as OwnerId and
without the owner's tags; it puts interfaces and groups of its own there, which the owner sees too
(https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing-service-limitations.html). The very
same record stands under both accounts, so that what the owner changes later shows at once.
"""

from functools import partial
from typing import Any

from lab.emulator.endpoints import VPCS
from lab.emulator.interfaces import ACCOUNT, ERROR, PARAMETER, SUBNETS
from lab.emulator.networks import ACLS
from lab.emulator.routes import TABLES
from lab.emulator.touched import Touch, replace_key
from lab.emulator.world import WORLD

ACTIONS = Touch(
    module="ministack.services.ec2",
    name="_ACTION_MAP",
    keys=("DeleteVpc", "DeleteSubnet", "CreateSubnet", "ModifyVpcAttribute"),
)
TOUCHED = (ACTIONS,)

REFUSED = "You are not authorized to perform this operation."


def mark(vpc_id: str, default: bool, shared_with: list[str]) -> None:
    """Make the VPC its account's default one, or share what stands in it with those accounts.

    ValueError when there is no such VPC or the world does not know such an account.
    """
    scoped = next((key for key in VPCS.current()._data if key[2] == vpc_id), None)
    unknown = sorted(set(shared_with) - WORLD.accounts)
    if scoped is None or unknown:
        raise ValueError(f"no VPC {vpc_id}, or accounts that the world does not know: {unknown}")
    if default:
        VPCS.current()._data[scoped]["IsDefault"] = True
    for participant in shared_with:
        for touch in (VPCS, SUBNETS, TABLES, ACLS):
            store = touch.current()._data
            of_vpc = [one for one in store.items() if one[1].get("VpcId") == vpc_id]
            for (_, region, key), record in of_vpc:
                store[participant, region, key] = record


def _owners_alone(original: Any, store: Touch, parameter: str) -> Any:
    """Refuse a participant; forget what participants saw of a thing that is gone."""

    def act(params: Any) -> Any:
        key = PARAMETER.current()(params, parameter)
        record = store.current().get(key)
        if record and record["OwnerId"] != ACCOUNT.current()():
            return ERROR.current()("UnauthorizedOperation", REFUSED, 403)
        answer = original(params)
        if record and key not in store.current():
            for scoped in [one for one in store.current()._data if one[2] == key]:
                del store.current()._data[scoped]
        return answer

    return act


def install() -> None:
    """Let owners alone change a VPC; after dependencies.install()."""
    table = ACTIONS.current()
    for action in ACTIONS.keys:
        store, parameter = (SUBNETS, "SubnetId") if action == "DeleteSubnet" else (VPCS, "VpcId")
        replace_key(table, action, partial(_owners_alone, store=store, parameter=parameter))
