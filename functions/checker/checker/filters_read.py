"""Security groups around a VPC endpoint and where the canary stands, by Describe calls.

Read only where a connection to an endpoint timed out: a steady look asks for none of it.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from checker.inventory_read import DescribeRefused, addresses_of, pages_of
from probing.clock import Clock
from reasoning.inventory import VpcEndpoint
from reasoning.security_groups import Filters, GroupRule, SecurityGroup
from reasoning.vantage import Vantage

_OWN = {"Key": "gatewatch:part", "Value": "canary"}
"""The tag of the group that vpc.yaml makes."""
_LISTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FiltersRead:
    """Asks EC2."""

    ec2: Any
    clock: Clock

    def around(self, endpoints: Iterable[VpcEndpoint], vantage: Vantage) -> Filters:
        """All groups of the endpoints' VPCs (one that was taken off an endpoint may be the one
        that admitted), and the addresses of the canary. Never raises: `refused` says why not."""
        around = tuple(endpoints)
        vpc_ids = sorted({vantage.vpc_id, *(endpoint.vpc_id for endpoint in around)})
        try:
            groups = self._groups(vpc_ids)
            standing = self._standing(vantage)
        except DescribeRefused as error:
            return Filters(refused=str(error))
        wanted = {*vantage.security_groups, *(g for e in around for g in e.security_groups)}
        return Filters(
            groups=groups,
            standing=standing,
            prefix_lists=self._prefix_lists(group for group in groups if group.id in wanted),
            at=self.clock.now_at(),
        )

    def _groups(self, vpc_ids: list[str]) -> tuple[SecurityGroup, ...]:
        here = {"Filters": [{"Name": "vpc-id", "Values": vpc_ids}]}
        found = pages_of(self.ec2, "describe_security_groups", "SecurityGroups", here)
        return tuple(_group(raw) for raw in found)

    def _standing(self, vantage: Vantage) -> tuple[str, ...]:
        """Addresses of the interfaces that the canary's subnets and groups share; Lambda has one
        for each subnet, whatever function it was made for
        (docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html)."""
        groups, subnets = set(vantage.security_groups), vantage.subnet_id.split(",")
        if not groups:
            return ()
        wanted = {"vpc-id": [vantage.vpc_id], "group-id": sorted(groups)}
        filters = [{"Name": name, "Values": values} for name, values in wanted.items()]
        found = pages_of(
            self.ec2, "describe_network_interfaces", "NetworkInterfaces", {"Filters": filters}
        )
        return tuple(
            address
            for raw in found
            if {group["GroupId"] for group in raw.get("Groups", [])} == groups
            and raw.get("InterfaceType") == "lambda"
            and raw.get("SubnetId") in subnets
            for address in addresses_of(raw)
        )

    def _prefix_lists(self, groups: Iterable[SecurityGroup]) -> dict[str, tuple[str, ...]]:
        """Networks of the lists that rules name; one that cannot be read is left out."""
        rules = (rule for group in groups for rule in (*group.ingress, *group.egress))
        named = sorted({one for rule in rules for one in rule.prefix_lists})[:_LISTS]
        lists: dict[str, tuple[str, ...]] = {}
        for one in named:
            with suppress(DescribeRefused):
                entries = pages_of(
                    self.ec2,
                    "get_managed_prefix_list_entries",
                    "Entries",
                    {"PrefixListId": one},
                )
                lists[one] = tuple(entry["Cidr"] for entry in entries)
        return lists


def _group(raw: Mapping[str, Any]) -> SecurityGroup:
    return SecurityGroup(
        id=raw["GroupId"],
        ingress=tuple(_rule(one) for one in raw.get("IpPermissions", [])),
        egress=tuple(_rule(one) for one in raw.get("IpPermissionsEgress", [])),
        own=_OWN in raw.get("Tags", []),
    )


def _rule(raw: Mapping[str, Any]) -> GroupRule:
    cidrs = [one["CidrIp"] for one in raw.get("IpRanges", [])]
    cidrs += [one["CidrIpv6"] for one in raw.get("Ipv6Ranges", [])]
    return GroupRule(
        protocol=str(raw.get("IpProtocol", "-1")),
        first_port=raw.get("FromPort"),
        last_port=raw.get("ToPort"),
        cidrs=tuple(cidrs),
        groups=tuple(one.get("GroupId", "") for one in raw.get("UserIdGroupPairs", [])),
        prefix_lists=tuple(one["PrefixListId"] for one in raw.get("PrefixListIds", [])),
    )
