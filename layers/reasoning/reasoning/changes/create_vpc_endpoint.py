"""A VPC endpoint was created: with private DNS it takes names over from the public internet.

Layout: public recorded events of CreateVpcEndpoint (wrapped), and the fields of
docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html.
"""

from dataclasses import replace
from typing import Any

from reasoning.change import Change
from reasoning.cloudtrail import Record
from reasoning.harvest import ids_of
from reasoning.private_dns import is_aws_service, names_of
from reasoning.values import member, text, texts, truth

KIND = "create_vpc_endpoint"
EVENTS = frozenset({("ec2.amazonaws.com", "CreateVpcEndpoint")})
EARLIEST_SECONDS = 0.0
LATEST_SECONDS = 900.0
CAUSES = frozenset({"private_dns_captured"})
TYPED = True

_WITH_NAMES = ("Interface", "Resource", "ServiceNetwork")


def read(record: Record, base: Change) -> Change:
    """The endpoint, its VPC and service, whether it has private DNS, the names it takes over."""
    made = member(record.response, "vpcEndpoint") or {}
    service = _said(record, made, "ServiceName")
    kind = _type(record, made, service)
    private, assumed = _private_dns(record, made, kind, service)
    subjects = texts(member(made, "vpcEndpointId")) or ids_of("vpce-", record.response)
    scope: dict[str, Any] = {
        **base.scope,
        "vpc_id": _said(record, made, "VpcId"),
        "service": service,
        "endpoint_type": kind,
        "names": list(_names(record, made, service, base.region)) if private else [],
        "subnet_ids": _ids(record, made, "SubnetId", "subnetIdSet"),
        "security_group_ids": _ids(record, made, "SecurityGroupId", "groupSet"),
        "route_table_ids": _ids(record, made, "RouteTableId", "routeTableIdSet"),
        "interface_ids": list(texts(member(made, "networkInterfaceIdSet"))),
    }
    after: dict[str, Any] = {"state": text(member(made, "state")) or "pending"}
    if kind in _WITH_NAMES:
        after["private_dns"] = private
    if assumed:
        after["private_dns_assumed"] = scope["private_dns_assumed"] = True
    change = replace(
        base, resource_ids=subjects, scope=_filled(scope), after=after, before={"state": "absent"}
    )
    return replace(change, summary=_summary(change))


def breaks(change: Change) -> str:
    """Its names answer privately from its VPC; a gateway endpoint changes the way, no name."""
    names, vpc = change.scope.get("names", []), change.scope.get("vpc_id") or "its VPC"
    if names:
        return f"yes: from {vpc}, {', '.join(names)} will resolve to the endpoint's addresses" + (
            "; public APIs of that Region answer 403 through it, or time out while it is pending "
            "or its security groups refuse port 443"
            if any("execute-api" in name for name in names)
            else ""
        )
    if change.after.get("private_dns"):
        return f"perhaps: private DNS is on in {vpc}, for names that the event does not tell"
    if change.scope.get("endpoint_type") == "Gateway":
        service = change.scope.get("service") or "the service"
        return f"perhaps: traffic of {vpc} to {service} takes another way; no name changes"
    return ""


def _private_dns(record: Record, made: Any, kind: str, service: str) -> tuple[bool, bool]:
    """(private DNS, whether that is an assumption). The answer is the control plane's own word;
    where neither side says it, an AWS service's interface endpoint has it by default."""
    if kind not in _WITH_NAMES:
        return False, False
    said = truth(member(made, "privateDnsEnabled"))
    said = truth(member(record.request, "PrivateDnsEnabled")) if said is None else said
    if said is not None:
        return said, False
    assumed = kind == "Interface" and is_aws_service(service)
    return assumed, assumed


def _type(record: Record, made: Any, service: str) -> str:
    said = _said(record, made, "VpcEndpointType")
    if said:
        return said
    # The API's default is Gateway, which only these two services offer; a record that lost its
    # type to truncation must not hide an interface endpoint.
    return "Gateway" if service.rpartition(".")[2] in ("s3", "dynamodb") else "Interface"


def _names(record: Record, made: Any, service: str, region: str) -> tuple[str, ...]:
    listed = texts(member(made, "dnsEntrySet"), "dnsName")
    told = tuple(name for name in listed if ".vpce.amazonaws." not in name)
    options = member(record.request, "DnsOptions")
    chosen = texts(member(options, "PrivateDnsSpecifiedDomain", "PrivateDnsSpecifiedDomains"))
    return tuple(dict.fromkeys((*names_of(service, region), *told, *chosen)))


def _ids(record: Record, made: Any, asked: str, answered: str) -> list[str]:
    told = texts(member(made, answered), "groupId", "subnetId", "routeTableId")
    return list(told or texts(member(record.request, asked, f"{asked}s")))


def _said(record: Record, made: Any, name: str) -> str:
    return text(member(made, name)) or text(member(record.request, name))


def _filled(scope: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in scope.items() if key == "names" or value}


def _summary(change: Change) -> str:
    scope, subject = change.scope, ", ".join(change.resource_ids) or "(id not told)"
    kind = scope.get("endpoint_type", "").lower()
    where = f"{kind} VPC endpoint {subject} for {scope.get('service') or 'a service not told'}"
    line = f"CreateVpcEndpoint: {where} in {scope.get('vpc_id') or 'a VPC not told'}"
    if "private_dns" not in change.after:
        return line
    if not change.after["private_dns"]:
        return f"{line}, private DNS off"
    assumed = " (assumed: the event does not say)" if scope.get("private_dns_assumed") else ""
    names = ", ".join(scope["names"])
    return f"{line}, private DNS on{assumed}" + (f": takes over {names}" if names else "")
