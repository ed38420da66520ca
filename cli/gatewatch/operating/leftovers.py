"""What outlives a member: canary stacks, interfaces, and all that is tagged as ours or named so.

Decided here: how each is found, and how one takes it away. Nothing is removed here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from gatewatch.operating import vantages
from gatewatch.publishing.aws import Client
from placer import remains

TAG = "gatewatch:part"
LOGS = ("/aws/lambda/gatewatch-", "/gatewatch/")
LAYER = "Gatewatch - "
"""How descriptions of our layer versions begin; a layer version bears no tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """`end` says how to take it away."""

    kind: str
    name: str
    region: str
    end: str


def orphans(client: Client, region: str) -> tuple[tuple[Orphan, ...], tuple[str, ...]]:
    """(what is left in the Region, what could not be asked). Meant for a Region without a member
    and without a hub."""
    found: dict[str, Orphan] = {}
    refused: list[str] = []
    for kind, ask in _KINDS.items():
        try:
            for one in ask(client, region):
                found.setdefault(one.name, one)
        except (ClientError, BotoCoreError) as error:
            refused.append(f"{kind} in {region} not asked: {error}")
    return tuple(found.values()), tuple(refused)


def _stacks(client: Client, region: str) -> Iterator[Orphan]:
    for stack in remains.stacks(client("cloudformation", region)):
        end = f"aws cloudformation delete-stack --region {region} --stack-name {stack.name}"
        yield Orphan(kind="canary stack", name=stack.name, region=region, end=end)


def _interfaces(client: Client, region: str) -> Iterator[Orphan]:
    account = str(client("sts", region).get_caller_identity()["Account"])
    for name in remains.interfaces(client("ec2", region), account):
        end = "AWS releases it up to 45 minutes after its function is gone"
        yield Orphan(kind="network interface", name=name, region=region, end=end)


def _layers(client: Client, region: str) -> Iterator[Orphan]:
    for page in client("lambda", region).get_paginator("list_layers").paginate():
        for layer in page["Layers"]:
            newest = layer["LatestMatchingVersion"]
            if str(newest.get("Description", "")).startswith(LAYER):
                name, version = layer["LayerName"], newest["Version"]
                end = (
                    f"aws lambda delete-layer-version --region {region} --layer-name {name} "
                    f"--version-number {version} (and its older ones)"
                )
                yield Orphan(kind="layer", name=layer["LayerArn"], region=region, end=end)


def _logs(client: Client, region: str) -> Iterator[Orphan]:
    for prefix in LOGS:
        pages = client("logs", region).get_paginator("describe_log_groups")
        for page in pages.paginate(logGroupNamePrefix=prefix):
            for group in page["logGroups"]:
                name = group["logGroupName"]
                end = f"aws logs delete-log-group --region {region} --log-group-name {name}"
                yield Orphan(kind="log group", name=name, region=region, end=end)


def _parameters(client: Client, region: str) -> Iterator[Orphan]:
    for parameter in vantages.parameters(client("ssm", region)):
        name = parameter["Name"]
        end = f"aws ssm delete-parameter --region {region} --name {name}"
        yield Orphan(kind="parameter", name=name, region=region, end=end)


def _tagged(client: Client, region: str) -> Iterator[Orphan]:
    """Everything else that bears our tag (Resource Groups Tagging API)."""
    pages = client("resourcegroupstaggingapi", region).get_paginator("get_resources")
    for page in pages.paginate(TagFilters=[{"Key": TAG}]):
        for one in page["ResourceTagMappingList"]:
            arn = one["ResourceARN"]
            tags = {tag["Key"]: tag["Value"] for tag in one["Tags"]}
            service = arn.split(":")[2]
            end = f"delete it in {service}; it was of a Gatewatch {tags.get(TAG, 'part')}"
            yield Orphan(kind=f"{service} resource", name=arn, region=region, end=end)


_KINDS: dict[str, Callable[[Client, str], Iterator[Orphan]]] = {
    "canary stacks": _stacks,
    "interfaces": _interfaces,
    "log groups": _logs,
    "parameters": _parameters,
    "layers": _layers,
    "tagged resources": _tagged,
}
