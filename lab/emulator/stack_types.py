"""CloudFormation types that MiniStack refuses and the templates use.

Decided here: EventBusPolicy, RolePolicy, SecurityGroupIngress and -Egress. One table at the end.
"""

import json
import uuid
from typing import Any

from lab.emulator.buses import ACCOUNT, POLICIES, REGION
from lab.emulator.interfaces import GROUPS
from lab.emulator.touched import Touch

RULES = Touch(
    module="ministack.services.cloudformation.provisioners",
    name="_ec2_sg_permissions",
    parameters=("rules",),
)
ROLE_POLICIES = Touch(module="ministack.services.iam", name="_put_role_policy", parameters=("p",))
NO_ROLE_POLICY = Touch(
    module="ministack.services.iam", name="_delete_role_policy", parameters=("p",)
)
TOUCHED = (RULES, ROLE_POLICIES, NO_ROLE_POLICY)
Props = dict[str, Any]


def _bus_arn(bus: str) -> str:
    return f"arn:aws:events:{REGION.current()()}:{ACCOUNT.current()()}:event-bus/{bus}"


def keep_bus_policy(bus: str, policy: Any) -> None:
    """Make `policy` (a document, maybe as text) the bus's; nothing without one."""
    if policy:
        document = json.loads(policy) if isinstance(policy, str) else policy
        POLICIES.current()[bus] = document


def _statement(bus: str, props: Props) -> Props:
    given = props.get("Statement")
    if given:
        statement = json.loads(given) if isinstance(given, str) else dict(given)
    else:
        who = props.get("Principal", "*")
        statement = {
            "Effect": "Allow",
            "Principal": who if who == "*" else {"AWS": who},
            "Action": props.get("Action", "events:PutEvents"),
            "Resource": _bus_arn(bus),
        }
        condition = props.get("Condition")
        if condition:
            statement["Condition"] = {condition["Type"]: {condition["Key"]: condition["Value"]}}
    statement["Sid"] = props["StatementId"]
    return statement


def _bus_policy_create(logical_id: str, props: Props, stack_name: str) -> Any:
    bus = str(props.get("EventBusName") or "default").rpartition("/")[2]
    policy = POLICIES.current().get(bus) or {"Version": "2012-10-17", "Statement": []}
    others = [one for one in policy["Statement"] if one.get("Sid") != props["StatementId"]]
    POLICIES.current()[bus] = {**policy, "Statement": [*others, _statement(bus, props)]}
    return f"{bus}|{props['StatementId']}", {}


def _bus_policy_update(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
    _bus_policy_delete(physical_id, old)
    return _bus_policy_create(physical_id, new, stack_name)


def _bus_policy_delete(physical_id: str, props: Props) -> None:
    bus, _, sid = physical_id.partition("|")
    policy = POLICIES.current().get(bus)
    if policy:
        policy["Statement"] = [one for one in policy["Statement"] if one.get("Sid") != sid]


def _role_policy_create(logical_id: str, props: Props, stack_name: str) -> Any:
    document = props["PolicyDocument"]
    answer = ROLE_POLICIES.current()(
        {
            "RoleName": props["RoleName"],
            "PolicyName": props["PolicyName"],
            "PolicyDocument": document if isinstance(document, str) else json.dumps(document),
        }
    )
    if answer[0] >= 400:
        raise ValueError(f"AWS::IAM::RolePolicy {logical_id}: {answer[2].decode()}")
    return f"{props['PolicyName']}|{props['RoleName']}", {}


def _role_policy_update(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
    made = _role_policy_create(physical_id, new, stack_name)
    if made[0] != physical_id:
        _role_policy_delete(physical_id, old)
    return made


def _role_policy_delete(physical_id: str, props: Props) -> None:
    name, _, role = physical_id.partition("|")
    NO_ROLE_POLICY.current()({"RoleName": role, "PolicyName": name})


def _group_rule(side: str) -> dict[str, Any]:
    def create(logical_id: str, props: Props, stack_name: str) -> Any:
        group = GROUPS.current()[props["GroupId"]]
        group.setdefault(side, []).extend(RULES.current()([props]))
        return "sgr-" + uuid.uuid4().hex[:17], {}

    def delete(physical_id: str, props: Props) -> None:
        group = GROUPS.current().get(props["GroupId"])
        gone = RULES.current()([props])
        if group:
            group[side] = [rule for rule in group.get(side, []) if rule not in gone]

    def update(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
        delete(physical_id, old)
        return create(physical_id, new, stack_name)

    return {"create": create, "update": update, "delete": delete}


ADDED: dict[str, dict[str, Any]] = {
    "AWS::Events::EventBusPolicy": {
        "create": _bus_policy_create,
        "update": _bus_policy_update,
        "delete": _bus_policy_delete,
    },
    "AWS::IAM::RolePolicy": {
        "create": _role_policy_create,
        "update": _role_policy_update,
        "delete": _role_policy_delete,
    },
    "AWS::EC2::SecurityGroupIngress": _group_rule("IpPermissions"),
    "AWS::EC2::SecurityGroupEgress": _group_rule("IpPermissionsEgress"),
}
