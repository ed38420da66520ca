"""Switch private DNS of a VPC endpoint off or on again; the endpoint itself stays.

Off: what is served through it by name loses its way. On: public names under its wildcard are
captured. Source: docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html.
"""

from collections.abc import Mapping
from typing import Any

from reasoning.case import RouteClass
from reasoning.change import Change
from reasoning.clocktext import hour_minute
from reasoning.private_dns import covers
from reasoning.transition import DigestPair, Health
from reasoning.undo import Undo, checked

KIND = "modify_vpc_endpoint"


def undo(command: Mapping[str, Any], change: Change) -> Undo | None:
    """`private_dns_enabled` says which way; None when an id has not the form of one."""
    values = checked(command, "account", "region", "vpc_endpoint_id")
    switch = command.get("private_dns_enabled")
    if values is None or not isinstance(switch, bool):
        return None
    account, region, endpoint_id = values
    option = "--private-dns-enabled" if switch else "--no-private-dns-enabled"
    return Undo(
        account=account,
        command=f"aws ec2 modify-vpc-endpoint --region {region} "
        f"--vpc-endpoint-id {endpoint_id} {option}",
        unseen=_unseen(switch, change),
        after="recovery in 1-5 min",
        in_tool={
            "Terraform": f"set private_dns_enabled = {str(switch).lower()} there",
            "CloudFormation": f"set PrivateDnsEnabled: {str(switch).lower()} in the stack",
        },
    )


def _unseen(switch: bool, change: Change) -> str:
    if switch:
        return "unregistered public APIs under these names are captured and cannot be seen"
    if change.event_name != "CreateVpcEndpoint":
        return "unregistered private APIs cannot be seen"
    since = hour_minute(change.at)
    return f"unregistered private APIs cannot be seen, but none is older than {since}"


def breaks(command: Mapping[str, Any], facts: Mapping[str, Any], pair: DigestPair) -> str:
    """Why switching back would break this pair, which is not down; "" when it would not."""
    since = f" since {hour_minute(pair.good_since_at)}" if pair.good_since_at else ""
    hosts, names = (pair.endpoint.host, *pair.cname_chain), facts.get("names") or ()
    named = pair.vpc_id == facts.get("vpc_id") and any(covers(names, host) for host in hosts)
    if named and pair.health is Health.UNKNOWN and pair.route_class is RouteClass.NONE:
        return "its way is not known, as its last look said nothing"
    if named and pair.health is Health.CHANGING:
        return "its way changes just now, and may be this endpoint"
    if not command.get("private_dns_enabled"):
        through = pair.vpc_endpoint_id and pair.vpc_endpoint_id == command.get("vpc_endpoint_id")
        return f"private, good only{since} through this endpoint" if through else ""
    public = pair.route_class in (RouteClass.PUBLIC, RouteClass.CLOUDFRONT)
    return f"public, good{since}, captured when private DNS is on" if named and public else ""
