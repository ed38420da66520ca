"""The network's state for the data plane: GET /_lab/state.

Decided here: the JSON that DNS, routes and filters are derived from. The revision counts changes of
that JSON, so that nothing has to remember to announce itself.
"""

import asyncio
import hashlib
import json
import time
from typing import Any

from lab.emulator.clock import now_at
from lab.emulator.endpoints import ENDPOINTS, VPCS
from lab.emulator.interfaces import FUNCTION, GROUPS, INTERFACES, SUBNETS
from lab.emulator.networks import DEFAULT_VPC
from lab.emulator.routes import TABLES, way_out
from lab.emulator.touched import Touch

POLL_SECONDS = 0.05
Scoped = tuple[str, str, str]


def _here(touch: Touch, vpc_id: str) -> list[dict[str, Any]]:
    """What stands in the VPC, each once: of a shared one several accounts see the same."""
    found = {
        key[2]: record
        for key, record in list(touch.current()._data.items())
        if record.get("VpcId") == vpc_id
    }
    return list(found.values())


def _interface(eni: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": eni["NetworkInterfaceId"],
        "subnet": eni["SubnetId"],
        "address": eni["PrivateIpAddress"],
    }


def _endpoint(scope: tuple[str, str], endpoint: dict[str, Any]) -> dict[str, Any]:
    store = INTERFACES.current()._data
    standing = [store.get((*scope, eni)) for eni in endpoint["NetworkInterfaceIds"]]
    known = [eni for eni in standing if eni] or endpoint.get("Kept", [])
    return {
        "id": endpoint["VpcEndpointId"],
        "service": endpoint["ServiceName"],
        "type": endpoint["VpcEndpointType"],
        "state": endpoint["State"],
        "created_at": endpoint["CreatedAt"],
        "security_groups": endpoint["SecurityGroupIds"],
        "interfaces": [_interface(eni) for eni in known],
        "private_dns": endpoint["PrivateDnsEnabled"],
        "private_dns_changed_at": endpoint["PrivateDnsChangedAt"],
        "private_dns_changed_by": endpoint["PrivateDnsChangedBy"],
        "deleted_at": endpoint["DeletedAt"],
        "policy": endpoint["PolicyDocument"],
    }


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    return {
        "protocol": rule.get("IpProtocol", "-1"),
        "from": rule.get("FromPort"),
        "to": rule.get("ToPort"),
        "cidrs": [one["CidrIp"] for one in rule.get("IpRanges", [])],
        "groups": [one.get("GroupId", "") for one in rule.get("UserIdGroupPairs", [])],
    }


def _group(group: dict[str, Any]) -> dict[str, Any]:
    return {
        "ingress": [_rule(rule) for rule in group.get("IpPermissions", [])],
        "egress": [_rule(rule) for rule in group.get("IpPermissionsEgress", [])],
    }


def _vpc(key: Scoped, vpc: dict[str, Any]) -> dict[str, Any]:
    scope, vpc_id = (key[0], key[1]), key[2]
    subnets = _here(SUBNETS, vpc_id)
    tables = _here(TABLES, vpc_id)
    return {
        "account": key[0],
        "region": key[1],
        "cidr": vpc["CidrBlock"],
        "dns_support": bool(vpc.get("EnableDnsSupport", True)),
        "dns_hostnames": bool(vpc.get("EnableDnsHostnames", False)),
        "way_out": {
            one["SubnetId"]: way_out(one["SubnetId"], tables, vpc_id, scope) for one in subnets
        },
        "subnets": {
            one["SubnetId"]: {"cidr": one["CidrBlock"], "az": one["AvailabilityZone"]}
            for one in subnets
        },
        "endpoints": [
            _endpoint(scope, one)
            for one in _here(ENDPOINTS, vpc_id)
            if one["VpcEndpointType"] == "Interface"
        ],
        "function_interfaces": [
            {
                **_interface(eni),
                "groups": [group["GroupId"] for group in eni["Groups"]],
                "function": eni.get("Function", ""),
            }
            for eni in _here(INTERFACES, vpc_id)
            if eni["InterfaceType"] == FUNCTION
        ],
        "security_groups": {one["GroupId"]: _group(one) for one in _here(GROUPS, vpc_id)},
    }


class Revisions:
    """Counts how often the state changed since the start."""

    def __init__(self) -> None:
        self._revision = 0
        self._digest = ""

    def current(self) -> tuple[int, dict[str, Any]]:
        """(revision, VPCs by id)."""
        stored = list(VPCS.current()._data.items())
        theirs = [
            (key, vpc)
            for key, vpc in stored
            if vpc["OwnerId"] == key[0] and key[2] != DEFAULT_VPC.current()
        ]
        vpcs = {key[2]: _vpc(key, vpc) for key, vpc in theirs}
        digest = hashlib.sha256(json.dumps(vpcs, sort_keys=True).encode()).hexdigest()
        if digest != self._digest:
            self._digest, self._revision = digest, self._revision + 1
        return self._revision, vpcs


REVISIONS = Revisions()


async def wait(known: int | None, seconds: float) -> dict[str, Any]:
    """The state, at once or as soon as its revision is not `known` (real `seconds` at most)."""
    deadline = time.monotonic() + seconds
    while True:
        revision, vpcs = REVISIONS.current()
        if revision != known or time.monotonic() >= deadline:
            return {"revision": revision, "now": now_at(), "vpcs": vpcs}
        await asyncio.sleep(POLL_SECONDS)
