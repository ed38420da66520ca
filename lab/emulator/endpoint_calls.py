"""The four EC2 calls on VPC endpoints: parameters in, XML out. The rules are in endpoints.py."""

from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from lab.emulator import endpoints, interfaces
from lab.emulator.endpoints import (
    ACTIONS,
    ENDPOINTS,
    FIELDS,
    GROUPS,
    OPEN_POLICY,
    TAG_SET,
    TAG_SPECS,
    Record,
    Refused,
    check_private_dns,
    is_true,
)  # fmt: skip
from lab.emulator.interfaces import ERROR, FILTERS, MEMBERS, PARAMETER, XML
from lab.emulator.touched import replace

HOSTED_ZONE = "Z7HUB22UULQXV"


def _set(name: str, items: list[str]) -> str:
    return f"<{name}>" + "".join(f"<item>{item}</item>" for item in items) + f"</{name}>"


def dns_names(endpoint: Record) -> list[str]:
    """DnsEntries: the regional name, one per zone, and the private names while they are on."""
    vpce, name = endpoint["VpcEndpointId"], endpoints.host(endpoint["ServiceName"])
    stem = f"{vpce}-{vpce[5:13]}"
    zone_host = name.replace(".amazonaws.com", ".vpce.amazonaws.com")
    store = interfaces.INTERFACES.current()
    zones = sorted(
        store[eni]["AvailabilityZone"] for eni in endpoint["NetworkInterfaceIds"] if eni in store
    )
    names = [f"{stem}.{zone_host}"] + [f"{stem}-{zone}.{zone_host}" for zone in zones]
    if endpoint["PrivateDnsEnabled"]:
        names += endpoints.private_names(endpoint["ServiceName"])
    return names


def fields(ep: Record, tag: str = "item") -> str:
    """One endpoint as EC2 answers it."""
    interface = ep["VpcEndpointType"] == "Interface"
    names = GROUPS.current()
    groups = [
        f"<groupId>{g}</groupId><groupName>{names.get(g, {}).get('GroupName', g)}</groupName>"
        for g in ep.get("SecurityGroupIds", [])
    ]
    entries = [
        f"<dnsName>{name}</dnsName><hostedZoneId>{HOSTED_ZONE}</hostedZoneId>"
        for name in (dns_names(ep) if interface else [])
    ]
    dns_options = "<dnsOptions><dnsRecordIpType>ipv4</dnsRecordIpType></dnsOptions>"
    return (
        f"<{tag}><vpcEndpointId>{ep['VpcEndpointId']}</vpcEndpointId>"
        f"<vpcEndpointType>{ep['VpcEndpointType']}</vpcEndpointType><vpcId>{ep['VpcId']}</vpcId>"
        f"<serviceName>{escape(ep['ServiceName'])}</serviceName><state>{ep['State']}</state>"
        f"<policyDocument>{escape(ep.get('PolicyDocument') or '')}</policyDocument>"
        + _set("routeTableIdSet", ep.get("RouteTableIds", []))
        + _set("subnetIdSet", ep["SubnetIds"])
        + _set("groupSet", groups)
        + "<ipAddressType>ipv4</ipAddressType>"
        + (dns_options if interface else "")
        + f"<privateDnsEnabled>{str(ep['PrivateDnsEnabled']).lower()}</privateDnsEnabled>"
        "<requesterManaged>false</requesterManaged>"
        + _set("networkInterfaceIdSet", ep["NetworkInterfaceIds"])
        + _set("dnsEntrySet", entries)
        + f"<creationTimestamp>{ep['CreationTimestamp']}</creationTimestamp>"
        f"<ownerId>{ep['OwnerId']}</ownerId>{TAG_SET.current()(ep['VpcEndpointId'])}</{tag}>"
    )


def _answering(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def answer(params: Any) -> Any:
        try:
            return handler(params)
        except Refused as refused:
            return ERROR.current()(refused.code, str(refused), 400)

    return answer


def _addresses(params: Any) -> dict[str, str]:
    found, number = {}, 1
    while subnet := PARAMETER.current()(params, f"SubnetConfiguration.{number}.SubnetId"):
        found[subnet] = PARAMETER.current()(params, f"SubnetConfiguration.{number}.Ipv4")
        number += 1
    return found


def _create(params: Any) -> Any:
    p, many = PARAMETER.current(), MEMBERS.current()
    private_dns = p(params, "PrivateDnsEnabled")
    addresses = _addresses(params)
    endpoint = endpoints.make(
        vpc_id=p(params, "VpcId"),
        service=p(params, "ServiceName"),
        kind=p(params, "VpcEndpointType") or "Gateway",
        private_dns=is_true(private_dns) if private_dns else None,
        subnets=many(params, "SubnetId") or list(addresses),
        groups=many(params, "SecurityGroupId"),
        tables=many(params, "RouteTableId"),
        policy=p(params, "PolicyDocument"),
        addresses=addresses,
    )
    TAG_SPECS.current()(params, "vpc-endpoint", endpoint["VpcEndpointId"])
    return XML.current()(200, "CreateVpcEndpointResponse", fields(endpoint, "vpcEndpoint"))


def _found(vpce: str) -> Record:
    endpoint: Record | None = ENDPOINTS.current().get(vpce)
    if endpoint is None or endpoint["State"] == "deleted":
        raise Refused(
            "InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{vpce}' does not exist"
        )
    return endpoint


def _modify(params: Any) -> Any:
    p, many = PARAMETER.current(), MEMBERS.current()
    endpoint = _found(p(params, "VpcEndpointId"))
    wanted = p(params, "PrivateDnsEnabled")
    if wanted:
        if is_true(wanted) and not endpoint["PrivateDnsEnabled"]:
            vpce = endpoint["VpcEndpointId"]
            check_private_dns(endpoint["VpcId"], endpoint["ServiceName"], but=vpce)
        endpoints.set_private_dns(endpoint, is_true(wanted), by="modify")
    if is_true(p(params, "ResetPolicy")):
        endpoint["PolicyDocument"] = OPEN_POLICY
    elif p(params, "PolicyDocument"):
        endpoint["PolicyDocument"] = p(params, "PolicyDocument")
    for subnet in many(params, "RemoveSubnetId"):
        endpoints.remove_subnet(endpoint, subnet)
    for subnet in many(params, "AddSubnetId"):
        if subnet not in endpoint["SubnetIds"]:
            endpoints.add_subnet(endpoint, subnet)
    added, removed = many(params, "AddSecurityGroupId"), many(params, "RemoveSecurityGroupId")
    if added or removed:
        kept = [g for g in endpoint["SecurityGroupIds"] if g not in removed]
        endpoints.set_groups(endpoint, kept + [g for g in added if g not in kept])
    tables = [t for t in endpoint["RouteTableIds"] if t not in many(params, "RemoveRouteTableId")]
    endpoint["RouteTableIds"] = tables + many(params, "AddRouteTableId")
    return XML.current()(200, "ModifyVpcEndpointResponse", "<return>true</return>")


def _delete(params: Any) -> Any:
    failed = []
    for vpce in MEMBERS.current()(params, "VpcEndpointId"):
        try:
            endpoint = _found(vpce)
        except Refused as refused:
            failed.append(
                f"<resourceId>{vpce}</resourceId><error><code>{refused.code}</code>"
                f"<message>{escape(str(refused))}</message></error>"
            )
            continue
        if endpoint["State"] != "deleting":
            endpoints.delete(endpoint)
    return XML.current()(200, "DeleteVpcEndpointsResponse", _set("unsuccessful", failed))


VALUES: Mapping[str, Callable[[Record], list[str]]] = {
    "vpc-id": lambda e: [e["VpcId"]],
    "service-name": lambda e: [e["ServiceName"]],
    "vpc-endpoint-id": lambda e: [e["VpcEndpointId"]],
    "vpc-endpoint-type": lambda e: [e["VpcEndpointType"]],
    "vpc-endpoint-state": lambda e: [e["State"]],
    "ip-address-type": lambda e: ["ipv4"],
}


def _selected(endpoint: Record, filters: Mapping[str, list[str]]) -> bool:
    for name, wanted in filters.items():
        tags = interfaces.tag_values(endpoint["VpcEndpointId"], name)
        values = VALUES[name](endpoint) if tags is None else tags
        if not interfaces.matches(values, wanted):
            return False
    return True


def _describe(params: Any) -> Any:
    ids = MEMBERS.current()(params, "VpcEndpointId")
    filters = FILTERS.current()(params)
    wrong = interfaces.unknown_filter(filters, VALUES)
    if wrong is not None:
        return wrong
    found = [_found(vpce) for vpce in ids] or [
        one for one in ENDPOINTS.current().values() if one["State"] != "deleted"
    ]
    items = "".join(fields(one) for one in found if _selected(one, filters))
    inner = f"<vpcEndpointSet>{items}</vpcEndpointSet>"
    return XML.current()(200, "DescribeVpcEndpointsResponse", inner)


def install() -> None:
    """Replace MiniStack's four calls on VPC endpoints."""
    table = ACTIONS.current()
    handlers = {
        "CreateVpcEndpoint": _create,
        "ModifyVpcEndpoint": _modify,
        "DeleteVpcEndpoints": _delete,
        "DescribeVpcEndpoints": _describe,
    }
    for action, handler in handlers.items():
        table[action] = _answering(handler)
    replace(FIELDS, lambda _: fields)
