"""Nothing of Gatewatch is left in an account and Region: what a member and its canaries made.

What others put there stays: registry entries, secrets, the bucket of artefacts.
"""

from collections.abc import Callable, Iterator
from typing import Any

from lab.looks import until
from lab.world.live import LiveWorld
from lab.world.parts import Member

KIND = "gone"
OURS = "gatewatch"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    home = Member(*str(arguments["member"]).split("/"))

    def client(service: str) -> Any:
        return live.client(service, at=home)

    until(
        live,
        arguments.get("within_looks", 1),
        lambda: not left(client),
        lambda: f"nothing left in {home}; there is {left(client)}",
    )


def left(client: Callable[[str], Any]) -> list[str]:
    """What is there of ours, as "kind name"."""
    return [f"{kind} {name}" for kind, names in KINDS.items() for name in names(client)]


def _stacks(client: Callable[[str], Any]) -> Iterator[str]:
    pages = client("cloudformation").get_paginator("describe_stacks").paginate()
    found = (stack for page in pages for stack in page["Stacks"])
    yield from (s["StackName"] for s in found if s["StackStatus"] != "DELETE_COMPLETE")


def _functions(client: Callable[[str], Any]) -> Iterator[str]:
    pages = client("lambda").get_paginator("list_functions").paginate()
    yield from _ours(one["FunctionName"] for page in pages for one in page["Functions"])


def _layers(client: Callable[[str], Any]) -> Iterator[str]:
    pages = client("lambda").get_paginator("list_layers").paginate()
    yield from (one["LayerName"] for page in pages for one in page["Layers"])


def _roles(client: Callable[[str], Any]) -> Iterator[str]:
    pages = client("iam").get_paginator("list_roles").paginate()
    yield from _ours(one["RoleName"] for page in pages for one in page["Roles"])


def _interfaces(client: Callable[[str], Any]) -> Iterator[str]:
    pages = client("ec2").get_paginator("describe_network_interfaces").paginate()
    yield from _ours(one["Description"] for page in pages for one in page["NetworkInterfaces"])


def _groups(client: Callable[[str], Any]) -> Iterator[str]:
    pages = client("ec2").get_paginator("describe_security_groups").paginate()
    found = (one for page in pages for one in page["SecurityGroups"])
    yield from _ours(f"{one['GroupName']} {one['Description'].lower()}" for one in found)


def _log_groups(client: Callable[[str], Any]) -> Iterator[str]:
    pages = client("logs").get_paginator("describe_log_groups").paginate()
    yield from _ours(one["logGroupName"] for page in pages for one in page["logGroups"])


def _parameters(client: Callable[[str], Any]) -> Iterator[str]:
    pages = (
        client("ssm")
        .get_paginator("get_parameters_by_path")
        .paginate(Path="/gatewatch/vantages/", Recursive=True)
    )
    yield from (one["Name"] for page in pages for one in page["Parameters"])


def _tables(client: Callable[[str], Any]) -> Iterator[str]:
    pages = client("dynamodb").get_paginator("list_tables").paginate()
    yield from _ours(name for page in pages for name in page["TableNames"])


def _queues(client: Callable[[str], Any]) -> Iterator[str]:
    yield from _ours(client("sqs").list_queues().get("QueueUrls", []))


def _rules(client: Callable[[str], Any]) -> Iterator[str]:
    yield from _ours(one["Name"] for one in client("events").list_rules()["Rules"])


def _schedules(client: Callable[[str], Any]) -> Iterator[str]:
    yield from _ours(one["Name"] for one in client("scheduler").list_schedules()["Schedules"])


def _ours(names: Any) -> Iterator[str]:
    yield from (name for name in names if OURS in name)


KINDS: dict[str, Callable[[Callable[[str], Any]], Iterator[str]]] = {
    "stack": _stacks,
    "function": _functions,
    "layer": _layers,
    "role": _roles,
    "interface": _interfaces,
    "security group": _groups,
    "log group": _log_groups,
    "parameter": _parameters,
    "table": _tables,
    "queue": _queues,
    "rule": _rules,
    "schedule": _schedules,
}
"""What is looked for, by what people call it."""
