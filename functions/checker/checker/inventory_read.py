"""What stands in this account and Region, by Describe calls: for the inventory, and on failure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from probing.clock import Clock
from reasoning.inventory import Inventory, Vpc, VpcEndpoint
from reasoning.private_dns import names_of


class DescribeRefused(Exception):
    """A Describe call was refused or failed; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryRead:
    """Reads interface endpoints, their interfaces and VPCs."""

    ec2: Any
    account: str
    region: str
    clock: Clock

    def take(self, vpc_ids: Iterable[str]) -> Inventory:
        """The whole account and Region; DNS attributes only of `vpc_ids`, because they cost two
        calls each. Raises DescribeRefused."""
        placed = frozenset(vpc_ids)
        interfaces = self._interfaces([{"Name": "interface-type", "Values": ["vpc_endpoint"]}])
        return Inventory(
            account=self.account,
            region=self.region,
            taken_at=self.clock.now_at(),
            # In an order of our own: AWS promises none, and a difference is told to the hub.
            vpcs=tuple(
                self._vpc(raw, raw["VpcId"] in placed)
                for raw in sorted(self._vpcs(), key=lambda raw: str(raw["VpcId"]))
            ),
            endpoints=tuple(
                _endpoint(raw, interfaces, self.region)
                for raw in sorted(self._endpoints([]), key=lambda raw: str(raw["VpcEndpointId"]))
                if _is_interface(raw)
            ),
        )

    def endpoints_of(self, vpc_id: str, addresses: Iterable[str]) -> tuple[VpcEndpoint, ...]:
        """The interface endpoints of one VPC as they are now, with the interfaces that hold one
        of `addresses`. An endpoint that is gone is absent. Raises DescribeRefused."""
        wanted = sorted(set(addresses))
        here = {"Name": "vpc-id", "Values": [vpc_id]}
        interfaces: dict[str, tuple[str, ...]] = {}
        if wanted:
            by_address = {"Name": "addresses.private-ip-address", "Values": wanted}
            interfaces = self._interfaces([here, by_address])
        return tuple(
            _endpoint(raw, interfaces, self.region)
            for raw in self._endpoints([here])
            if _is_interface(raw)
        )

    def _endpoints(self, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return self._pages("describe_vpc_endpoints", "VpcEndpoints", filters)

    def _interfaces(self, filters: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
        """Addresses by interface id."""
        # Asked of a whole account without a size, it fails where there are many (EC2 API).
        asked = {"Filters": filters, "PaginationConfig": {"PageSize": 1000}}
        found = pages_of(self.ec2, "describe_network_interfaces", "NetworkInterfaces", asked)
        return {raw["NetworkInterfaceId"]: addresses_of(raw) for raw in found}

    def _vpcs(self) -> list[dict[str, Any]]:
        return self._pages("describe_vpcs", "Vpcs", [])

    def _vpc(self, raw: Mapping[str, Any], placed: bool) -> Vpc:
        tags = {tag["Key"]: tag["Value"] for tag in raw.get("Tags", [])}
        cidrs = [
            block["CidrBlock"]
            for block in raw.get("CidrBlockAssociationSet", [])
            if block.get("CidrBlockState", {}).get("State", "associated") == "associated"
        ] or [raw["CidrBlock"]]
        vpc_id = raw["VpcId"]
        return Vpc(
            id=vpc_id,
            label=tags.get("Name", ""),
            tags={key: value for key, value in sorted(tags.items()) if not key.startswith("aws:")},
            cidrs=tuple(cidrs),
            dns_support=not placed or self._attribute(vpc_id, "enableDnsSupport"),
            dns_hostnames=not placed or self._attribute(vpc_id, "enableDnsHostnames"),
        )

    def _attribute(self, vpc_id: str, name: str) -> bool:
        try:
            answer = self.ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=name)
        except (ClientError, BotoCoreError) as error:
            raise DescribeRefused(f"DescribeVpcAttribute: {_reason(error)}") from error
        return bool(answer[name[0].upper() + name[1:]]["Value"])

    def _pages(
        self, operation: str, result: str, filters: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        return pages_of(self.ec2, operation, result, {"Filters": filters} if filters else {})


def pages_of(
    ec2: Any, operation: str, result: str, arguments: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """All items of a Describe call. Raises DescribeRefused."""
    try:
        pages = ec2.get_paginator(operation).paginate(**arguments)
        return [item for page in pages for item in page[result]]
    except (ClientError, BotoCoreError) as error:
        name = "".join(part.title() for part in operation.split("_"))
        raise DescribeRefused(f"{name}: {_reason(error)}") from error


def _reason(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "error"))
    return type(error).__name__


def _is_interface(raw: Mapping[str, Any]) -> bool:
    return bool(raw.get("VpcEndpointType") == "Interface")


def addresses_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Private IPv4 and IPv6 addresses of an interface, the primary first."""
    found = [raw["PrivateIpAddress"]] if raw.get("PrivateIpAddress") else []
    found += [a["PrivateIpAddress"] for a in raw.get("PrivateIpAddresses", [])]
    found += [a["Ipv6Address"] for a in raw.get("Ipv6Addresses", [])]
    return tuple(dict.fromkeys(found))


def _endpoint(
    raw: Mapping[str, Any], interfaces: Mapping[str, tuple[str, ...]], region: str
) -> VpcEndpoint:
    private_dns = bool(raw.get("PrivateDnsEnabled"))
    created = raw.get("CreationTimestamp")
    ids = tuple(sorted(raw.get("NetworkInterfaceIds", [])))
    return VpcEndpoint(
        id=raw["VpcEndpointId"],
        vpc_id=raw["VpcId"],
        service=raw["ServiceName"],
        # The API answers "available" in the case of the moment: its model and its examples differ.
        state=str(raw.get("State", "")).lower(),
        private_dns=private_dns,
        names=_names(raw, region) if private_dns else (),
        addresses=tuple(a for i in ids for a in interfaces.get(i, ())),
        interface_ids=ids,
        interface_of={a: i for i in ids for a in interfaces.get(i, ())},
        security_groups=tuple(sorted(g["GroupId"] for g in raw.get("Groups", []))),
        policy_hash=_policy_hash(raw.get("PolicyDocument") or ""),
        created_at=created.timestamp() if created is not None else None,
    )


def _names(raw: Mapping[str, Any], region: str) -> tuple[str, ...]:
    """The names taken over: DnsEntries without the endpoint's own (*.vpce.amazonaws.com)."""
    names = sorted(entry.get("DnsName", "") for entry in raw.get("DnsEntries", []))
    taken = tuple(n for n in names if n and not n.split(".amazonaws.com")[0].endswith(".vpce"))
    return taken or names_of(raw["ServiceName"], region)


def _policy_hash(document: str) -> str:
    """Of the parsed policy: white space and the order of keys are no change."""
    if not document:
        return ""
    # Hashed as it stands when it cannot be read: it still shows when it changes.
    with suppress(ValueError):
        document = json.dumps(json.loads(document), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(document.encode()).hexdigest()[:16]
