"""CloudFormation: what MiniStack drops or refuses of the types that the templates use.

Decided here: properties of functions that are kept, endpoints made as EC2 makes them, the types
added, deletions that wait for interfaces as CloudFormation does, and lab time for all it tells.
"""

import json
import time
from typing import Any

from lab.emulator import dependencies, endpoints, function_interfaces
from lab.emulator.clock import CLOCK, iso, now_at
from lab.emulator.endpoints import ENDPOINTS, TAGS
from lab.emulator.function_interfaces import FUNCTIONS
from lab.emulator.stack_types import ADDED, keep_bus_policy
from lab.emulator.touched import Touch, replace, replace_key

_CFN = "ministack.services.cloudformation"
_LAMBDA = "ministack.services.lambda_svc"
HANDLERS = Touch(
    module=f"{_CFN}.provisioners",
    name="_RESOURCE_HANDLERS",
    keys=(
        "AWS::Lambda::Function", "AWS::EC2::VPCEndpoint", "AWS::EC2::SecurityGroup",
        "AWS::EC2::Subnet", "AWS::Events::EventBus", "AWS::Lambda::EventSourceMapping",
    ),
)  # fmt: skip
LAMBDA_CREATE = Touch(
    module=f"{_CFN}.provisioners",
    name="_lambda_create",
    parameters=("logical_id", "props", "stack_name"),
)
LAMBDA_UPDATE = Touch(
    module=f"{_CFN}.provisioners",
    name="_lambda_update",
    parameters=("physical_id", "old_props", "new_props", "stack_name", "logical_id"),
)
ON_THREAD = Touch(
    module=f"{_CFN}.stacks", name="_runs_on_worker_thread", parameters=("resource_type",)
)
ENDPOINT_ATTRIBUTES = Touch(module=f"{_CFN}.provisioners", name="_ec2_vpc_endpoint_attributes")
WITH_VPC_ID = Touch(module=_LAMBDA, name="_vpc_config_with_id", parameters=("request_config",))
INVALIDATE = Touch(module=_LAMBDA, name="invalidate_worker")
NOW = tuple(
    Touch(module=f"{_CFN}.{part}", name="now_iso") for part in ("handlers", "stacks", "changesets")
)
TOUCHED = (
    *NOW, HANDLERS, LAMBDA_CREATE, LAMBDA_UPDATE, ON_THREAD, ENDPOINT_ATTRIBUTES,
    WITH_VPC_ID, INVALIDATE,
)  # fmt: skip

WAITING = ("AWS::EC2::SecurityGroup", "AWS::EC2::Subnet")
POLL_SECONDS = 0.1
GIVE_UP_SECONDS = 3600.0  # lab: CloudFormation's patience with a group that stays in use
Props = dict[str, Any]


def _keep(name: str, props: Props) -> None:
    function = FUNCTIONS.current()[name]
    config = function["config"]
    vpc = WITH_VPC_ID.current()(props["VpcConfig"]) if props.get("VpcConfig") else {}
    if (config.get("VpcConfig") or {}) != vpc:
        config["VpcConfig"] = vpc
        INVALIDATE.current()(name)
    reserved = props.get("ReservedConcurrentExecutions")
    function["concurrency"] = None if reserved is None else int(reserved)
    if props.get("DeadLetterConfig"):
        config["DeadLetterConfig"] = props["DeadLetterConfig"]
    function_interfaces.follow_functions()


def _function_create(original: Any) -> Any:
    def create(logical_id: str, props: Props, stack_name: str) -> Any:
        answer = original(logical_id, props, stack_name)
        _keep(answer[0], props)
        return answer

    return create


def _function_update(original: Any) -> Any:
    def update(physical_id: str, old: Props, new: Props, stack: str, logical: Any = None) -> Any:
        answer = original(physical_id, old, new, stack, logical)
        _keep(answer[0], new)
        return answer

    return update


def _function_delete(original: Any) -> Any:
    def delete(physical_id: str, props: Props) -> None:
        original(physical_id, props)
        INVALIDATE.current()(physical_id)
        function_interfaces.follow_functions()

    return delete


def _endpoint_create(logical_id: str, props: Props, stack_name: str) -> Any:
    private_dns = props.get("PrivateDnsEnabled")
    policy = props.get("PolicyDocument") or ""
    endpoint = endpoints.make(
        vpc_id=props["VpcId"],
        service=props["ServiceName"],
        kind=props.get("VpcEndpointType", "Gateway"),
        # Unlike the API, CloudFormation's default is off.
        private_dns=False if private_dns is None else endpoints.is_true(private_dns),
        subnets=list(props.get("SubnetIds", [])),
        groups=list(props.get("SecurityGroupIds", [])),
        tables=list(props.get("RouteTableIds", [])),
        policy=policy if isinstance(policy, str) else json.dumps(policy),
        addresses={},
    )
    if props.get("Tags"):
        TAGS.current()[endpoint["VpcEndpointId"]] = list(props["Tags"])
    return endpoint["VpcEndpointId"], ENDPOINT_ATTRIBUTES.current()(endpoint)


def _endpoint_update(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
    endpoint = ENDPOINTS.current()[physical_id]
    wanted = endpoints.is_true(new.get("PrivateDnsEnabled", False))
    if wanted and not endpoint["PrivateDnsEnabled"]:
        endpoints.check_private_dns(endpoint["VpcId"], endpoint["ServiceName"], but=physical_id)
    endpoints.set_private_dns(endpoint, wanted, by="modify")
    subnets = list(new.get("SubnetIds", []))
    for subnet in [one for one in endpoint["SubnetIds"] if one not in subnets]:
        endpoints.remove_subnet(endpoint, subnet)
    for subnet in [one for one in subnets if one not in endpoint["SubnetIds"]]:
        endpoints.add_subnet(endpoint, subnet)
    if new.get("SecurityGroupIds"):
        endpoints.set_groups(endpoint, list(new["SecurityGroupIds"]))
    if new.get("PolicyDocument"):
        policy = new["PolicyDocument"]
        text = policy if isinstance(policy, str) else json.dumps(policy)
        endpoint["PolicyDocument"] = text
    return physical_id, ENDPOINT_ATTRIBUTES.current()(endpoint)


def _endpoint_delete(physical_id: str, props: Props) -> None:
    endpoint = ENDPOINTS.current().get(physical_id)
    if endpoint and endpoint["State"] not in ("deleting", "deleted"):
        endpoints.delete(endpoint)


def _when_free(original: Any, standing: Any) -> Any:
    """Delete when no interface stands any more; runs on a thread of its own."""

    def delete(physical_id: str, props: Props) -> None:
        deadline = CLOCK.now_at() + GIVE_UP_SECONDS
        while standing(physical_id):
            if CLOCK.now_at() > deadline:
                raise ValueError(f"resource {physical_id} has a dependent object")
            time.sleep(POLL_SECONDS)
        original(physical_id, props)

    return delete


def _threaded(original: Any) -> Any:
    def runs_on_worker_thread(resource_type: str) -> bool:
        return resource_type in WAITING or bool(original(resource_type))

    return runs_on_worker_thread


def _mapping_create(original: Any) -> Any:
    """CloudFormation makes a number of a parameter's text; MiniStack's poller compares them."""

    def create(logical_id: str, props: Props, stack_name: str) -> Any:
        scaling = props.get("ScalingConfig") or {}
        if "MaximumConcurrency" in scaling:
            number = int(scaling["MaximumConcurrency"])
            props = props | {"ScalingConfig": {"MaximumConcurrency": number}}
        return original(logical_id, props, stack_name)

    return create


def _bus_create(original: Any) -> Any:
    def create(logical_id: str, props: Props, stack_name: str) -> Any:
        answer = original(logical_id, props, stack_name)
        keep_bus_policy(answer[0], props.get("Policy"))
        return answer

    return create


def install() -> None:
    """Complete CloudFormation's handlers."""
    table = HANDLERS.current()
    replace(LAMBDA_CREATE, _function_create)
    function = table["AWS::Lambda::Function"]
    function["create"] = LAMBDA_CREATE.current()
    replace_key(function, "update", _function_update)
    replace_key(function, "delete", _function_delete)
    table["AWS::EC2::VPCEndpoint"] = {
        "create": _endpoint_create,
        "update": _endpoint_update,
        "delete": _endpoint_delete,
    }
    group, subnet = dependencies.interfaces_with_group, dependencies.interfaces_in_subnet
    replace_key(table["AWS::EC2::SecurityGroup"], "delete", lambda o: _when_free(o, group))
    replace_key(table["AWS::EC2::Subnet"], "delete", lambda o: _when_free(o, subnet))
    replace_key(table["AWS::Events::EventBus"], "create", _bus_create)
    replace_key(table["AWS::Lambda::EventSourceMapping"], "create", _mapping_create)
    replace(ON_THREAD, _threaded)
    for touch in NOW:
        replace(touch, lambda _: lambda: iso(now_at()))
    for kind, handlers in ADDED.items():
        table.setdefault(kind, handlers)
