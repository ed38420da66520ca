"""A VPC endpoint was modified: private DNS switched, policy, subnets or groups exchanged.

No recorded event of ModifyVpcEndpoint is public: the layout is predicted from the API's model
(docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html), so TYPED is False,
and what cannot be found where it is expected is looked for at any depth.
"""

from dataclasses import replace
from typing import Any

from reasoning.change import Change
from reasoning.cloudtrail import Record
from reasoning.harvest import ids_of
from reasoning.private_dns import names_of
from reasoning.values import find, member, text, texts, truth

KIND = "modify_vpc_endpoint"
EVENTS = frozenset({("ec2.amazonaws.com", "ModifyVpcEndpoint")})
EARLIEST_SECONDS = 0.0
LATEST_SECONDS = 900.0
CAUSES = frozenset({"private_dns_captured", "private_dns_withdrawn", "endpoint_blocked"})
TYPED = False

_LISTS = {
    "AddSubnetId": "subnets_added",
    "RemoveSubnetId": "subnets_removed",
    "AddSecurityGroupId": "security_groups_added",
    "RemoveSecurityGroupId": "security_groups_removed",
    "AddRouteTableId": "route_tables_added",
    "RemoveRouteTableId": "route_tables_removed",
}


def read(record: Record, base: Change) -> Change:
    """The endpoint and what the call set. VPC, service and what stood before are the
    inventory's to add: the call names neither."""
    request = record.request
    subjects = texts(member(request, "VpcEndpointId", "VpcEndpointIds"))
    subjects = tuple(one for one in subjects if one.startswith("vpce-"))
    subjects = subjects or ids_of("vpce-", request, record.response)
    after = _after(request)
    scope: dict[str, Any] = {**base.scope, "names": []}
    service = text(find([request, record.response], "ServiceName"))
    if service:
        scope |= {"service": service, "names": list(names_of(service, base.region))}
    vpc = ids_of("vpc-", request, record.response)
    if len(vpc) == 1:
        scope["vpc_id"] = vpc[0]
    change = replace(
        base, resource_ids=subjects, scope=scope, after=after, before=_before(after), typed=TYPED
    )
    return replace(change, summary=_summary(change))


def breaks(change: Change) -> str:
    """By what it set; a call whose parameters could not be read may have set anything."""
    after = change.after
    if after.get("private_dns") is True:
        return (
            "yes: names of its service will resolve to the endpoint from its VPC; for execute-api "
            "every public API of the Region answers 403 through it"
        )
    if after.get("private_dns") is False:
        return "yes: names of its service return to public addresses: private APIs are lost"
    if not after:
        return "perhaps: the event does not tell what was modified"
    risky = {"policy": "its policy", "ip_address_type": "its address types", "dns": "its DNS"}
    told = [what for key, what in risky.items() if key in after]
    told += [key.replace("_", " ") for key in _LISTS.values() if key in after]
    return f"perhaps: {', '.join(told)}" if told else ""


def _after(request: dict[str, Any]) -> dict[str, Any]:
    after: dict[str, Any] = {}
    private = truth(member(request, "PrivateDnsEnabled"))
    private = truth(find(request, "PrivateDnsEnabled")) if private is None else private
    if private is not None:
        after["private_dns"] = private
    policy = find(request, "PolicyDocument") is not None
    if truth(find(request, "ResetPolicy")):
        after["policy"] = "reset to the default"
    elif policy:
        after["policy"] = "replaced"
    kind = text(find(request, "IpAddressType"))
    if kind:
        after["ip_address_type"] = kind
    options = member(request, "DnsOptions")
    if options:
        after["dns"] = {str(key): text(value) for key, value in options.items()} if isinstance(
            options, dict
        ) else text(options)  # fmt: skip
    for name, key in _LISTS.items():
        ids = texts(member(request, name, f"{name}s"))
        if ids:
            after[key] = list(ids)
    return after


def _before(after: dict[str, Any]) -> dict[str, Any]:
    # Only the request is known: a call may set what was already so, hence "assumed".
    private = after.get("private_dns")
    return {} if private is None else {"private_dns": not private, "private_dns_assumed": True}


def _summary(change: Change) -> str:
    said = dict(change.after)
    private = said.pop("private_dns", None)
    parts = [] if private is None else [f"private DNS {'on' if private else 'off'}"]
    parts += [f"{key.replace('_', ' ')} {_plain(value)}" for key, value in said.items()]
    what = "; ".join(parts) or "what was modified is not told"
    return f"ModifyVpcEndpoint: {', '.join(change.resource_ids) or '(id not told)'}: {what}"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)
