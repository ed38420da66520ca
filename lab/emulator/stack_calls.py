"""The EC2 calls that CloudFormation makes for a stack, told as CloudTrail tells them.

MiniStack makes a stack's resources without a call, so the tap would miss them. Decided here: which
call stands for which resource, and who it is told of: whoever asked for the stack, or the stack's
service role, with `invokedBy` CloudFormation either way.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from lab.emulator import tap
from lab.emulator.calls import Call, named
from lab.emulator.endpoint_calls import fields
from lab.emulator.endpoints import ENDPOINTS, REGION
from lab.emulator.interfaces import XML
from lab.emulator.touched import Touch, replace_key

HANDLERS = Touch(
    module="ministack.services.cloudformation.provisioners",
    name="_RESOURCE_HANDLERS",
    keys=("AWS::EC2::VPCEndpoint", "AWS::EC2::SecurityGroup"),
)
TOUCHED = (HANDLERS,)

_asker: ContextVar[Call | None] = ContextVar("asker", default=None)
Props = Mapping[str, Any]
Form = dict[str, str]
Said = tuple[str, Form, str]


def note(call: Call) -> None:
    """Remember who asked; a stack's work runs in the context of that request."""
    _asker.set(call if call.service == "cloudformation" else None)


def _listed(name: str, values: list[str]) -> Form:
    return {f"{name}.{number}": value for number, value in enumerate(values, 1)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _endpoint_created(physical_id: str, props: Props) -> Iterator[Said]:
    form = {
        "VpcId": str(props["VpcId"]),
        "ServiceName": str(props["ServiceName"]),
        "VpcEndpointType": str(props.get("VpcEndpointType", "Gateway")),
        "PrivateDnsEnabled": str(props.get("PrivateDnsEnabled", False)).lower(),
        **_listed("SubnetId", list(props.get("SubnetIds", []))),
        **_listed("SecurityGroupId", list(props.get("SecurityGroupIds", []))),
    }
    if props.get("PolicyDocument"):
        form["PolicyDocument"] = _text(props["PolicyDocument"])
    yield "CreateVpcEndpoint", form, fields(ENDPOINTS.current()[physical_id], "vpcEndpoint")


def _endpoint_updated(physical_id: str, old: Props, new: Props) -> Iterator[Said]:
    form = {"VpcEndpointId": physical_id}
    if old.get("PrivateDnsEnabled") != new.get("PrivateDnsEnabled"):
        form["PrivateDnsEnabled"] = str(new.get("PrivateDnsEnabled", False)).lower()
    if new.get("PolicyDocument") and old.get("PolicyDocument") != new["PolicyDocument"]:
        form["PolicyDocument"] = _text(new["PolicyDocument"])
    for name, key in (("SubnetId", "SubnetIds"), ("SecurityGroupId", "SecurityGroupIds")):
        before, after = list(old.get(key, [])), list(new.get(key, []))
        form |= _listed(f"Add{name}", [one for one in after if one not in before])
        form |= _listed(f"Remove{name}", [one for one in before if one not in after])
    if len(form) > 1:
        yield "ModifyVpcEndpoint", form, "<return>true</return>"


def _endpoint_deleted(physical_id: str, props: Props) -> Iterator[Said]:
    yield "DeleteVpcEndpoints", {"VpcEndpointId.1": physical_id}, "<unsuccessful/>"


def _rules(physical_id: str, side: str, rules: list[Props]) -> Iterator[Said]:
    for rule in rules:
        form = {"GroupId": physical_id, "IpPermissions.1.IpProtocol": str(rule["IpProtocol"])}
        for key in ("FromPort", "ToPort"):
            if key in rule:
                form[f"IpPermissions.1.{key}"] = str(rule[key])
        if "CidrIp" in rule:
            form["IpPermissions.1.IpRanges.1.CidrIp"] = str(rule["CidrIp"])
        other = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
        if other:
            form["IpPermissions.1.Groups.1.GroupId"] = str(other)
        yield side, form, "<return>true</return>"


def _group_created(physical_id: str, props: Props) -> Iterator[Said]:
    form = {
        "GroupName": str(props.get("GroupName", physical_id)),
        "GroupDescription": str(props.get("GroupDescription", "")),
        "VpcId": str(props.get("VpcId", "")),
    }
    answer = f"<return>true</return><groupId>{physical_id}</groupId>"
    yield "CreateSecurityGroup", form, answer
    ingress, egress = "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"
    yield from _rules(physical_id, ingress, list(props.get("SecurityGroupIngress") or []))
    yield from _rules(physical_id, egress, list(props.get("SecurityGroupEgress") or []))


def _group_deleted(physical_id: str, props: Props) -> Iterator[Said]:
    yield "DeleteSecurityGroup", {"GroupId": physical_id}, "<return>true</return>"


def _tell(said: Iterator[Said]) -> None:
    asker = _asker.get()
    for action, form, answer in said:
        if asker is None:
            return
        call = replace(
            asker,
            region=REGION.current()(),
            service="ec2",
            action=action,
            operation=named("ec2", action),
            given=form,
            for_stack=asker.request.form.get("RoleARN", "") or "caller",
        )
        status, headers, xml = XML.current()(200, f"{action}Response", answer)
        tap.tell(call, status, headers, xml)


def _created(tells: Callable[[str, Props], Iterator[Said]], original: Any) -> Any:
    def create(logical_id: str, props: Props, stack_name: str) -> Any:
        answer = original(logical_id, props, stack_name)
        _tell(tells(answer[0], props))
        return answer

    return create


def _updated(original: Any) -> Any:
    def update(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
        answer = original(physical_id, old, new, stack_name)
        _tell(_endpoint_updated(physical_id, old, new))
        return answer

    return update


def _deleted(tells: Callable[[str, Props], Iterator[Said]], original: Any) -> Any:
    def delete(physical_id: str, props: Props) -> None:
        original(physical_id, props)
        _tell(tells(physical_id, props))

    return delete


def install() -> None:
    """Tell what stacks make; after stacks.install()."""
    endpoint = HANDLERS.current()["AWS::EC2::VPCEndpoint"]
    replace_key(endpoint, "create", lambda o: _created(_endpoint_created, o))
    replace_key(endpoint, "update", _updated)
    replace_key(endpoint, "delete", lambda o: _deleted(_endpoint_deleted, o))
    group = HANDLERS.current()["AWS::EC2::SecurityGroup"]
    replace_key(group, "create", lambda o: _created(_group_created, o))
    replace_key(group, "delete", lambda o: _deleted(_group_deleted, o))
