"""Unrelated changes that other people make meanwhile: none of them may ever be blamed.

Order and content come from the seed. Each decoy is a real call over HTTP, so each gives a real
event; among them are changes of the very kinds that break paths, in places that cannot have.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Client = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoy:
    """`offset_seconds`: lab time after the scenario's timeline begins."""

    offset_seconds: float
    actor: str
    what: str
    seed: int


def draw(count: int, actors: tuple[str, ...], over_seconds: float, seed: int) -> tuple[Decoy, ...]:
    """`count` decoys of random kind, spread over `over_seconds` of lab time."""
    dice = random.Random(seed)
    kinds = list(KINDS)
    dice.shuffle(kinds)
    drawn = [
        Decoy(
            offset_seconds=round(dice.uniform(0, over_seconds), 1),
            actor=dice.choice(actors),
            what=kinds[number % len(kinds)],
            seed=dice.randrange(10**6),
        )
        for number in range(count)
    ]
    return tuple(sorted(drawn, key=lambda decoy: decoy.offset_seconds))


def make(decoy: Decoy, client: Client, ids: dict[str, str]) -> None:
    """Make that change with the actor's own client."""
    KINDS[decoy.what](client, ids, random.Random(decoy.seed))


def _spare_vpc(client: Client, ids: dict[str, str]) -> str:
    """The VPC that no canary looks from: endpoints made there can capture nothing watched."""
    return ids["vpc.spare"]


def _endpoint(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    service = dice.choice(("sqs", "sns", "logs", "kms", "ecr.api"))
    _tolerate_conflict(
        client,
        VpcId=dice.choice((_spare_vpc(client, ids), ids["vpc.a"])),
        VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.{ids['region']}.{service}",
        SubnetIds=[],
        PrivateDnsEnabled=True,
    )


def _same_service_elsewhere(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    _tolerate_conflict(
        client,
        VpcId=_spare_vpc(client, ids),
        VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.{ids['region']}.execute-api",
        SubnetIds=[ids["subnet.spare"]],
        PrivateDnsEnabled=True,
    )


def _tolerate_conflict(client: Client, **arguments: Any) -> None:
    """A second private-DNS owner in one VPC is refused, as on AWS: a decoy all the same."""
    ec2 = client("ec2")
    if not arguments["SubnetIds"]:
        arguments.pop("SubnetIds")
    try:
        ec2.create_vpc_endpoint(**arguments)
    except ec2.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in ("InvalidParameter", "PrivateDnsConflict"):
            raise


def _endpoint_without_private_dns(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    client("ec2").create_vpc_endpoint(
        VpcId=_spare_vpc(client, ids),
        VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.{ids['region']}.execute-api",
        SubnetIds=[ids["subnet.spare"]],
        PrivateDnsEnabled=False,
    )


def _group(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    vpc = ids[dice.choice(("vpc.a", "vpc.spare"))]
    name = f"team-{dice.randrange(10**6)}"
    made = client("ec2").create_security_group(VpcId=vpc, GroupName=name, Description=name)
    client("ec2").authorize_security_group_ingress(
        GroupId=made["GroupId"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "IpRanges": [{"CidrIp": "198.51.100.0/24"}],
            }
        ],
    )


def _rule_of_endpoints(client: Client, ids: dict[str, str], port: int, cidr: str) -> None:
    """A rule that comes and goes in the very group that guards the endpoints of VPC a."""
    ec2 = client("ec2")
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": cidr}]}
    ec2.authorize_security_group_ingress(GroupId=ids["group.a"], IpPermissions=[rule])
    ec2.revoke_security_group_ingress(GroupId=ids["group.a"], IpPermissions=[rule])


def _rule_for_another_port(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    port = dice.randrange(1024, 65000)
    _rule_of_endpoints(client, ids, port, cidr="10.0.0.0/16")


def _rule_for_another_network(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    _rule_of_endpoints(client, ids, 443, cidr=f"172.20.{dice.randrange(256)}.0/24")


def _rules_of_another_group(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    ec2, name = client("ec2"), f"team-{dice.randrange(10**6)}"
    group = ec2.create_security_group(VpcId=ids["vpc.a"], GroupName=name, Description=name)
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    rule |= {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[rule])
    ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[rule])


def _tags(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    client("ec2").create_tags(
        Resources=[ids["vpc.a"]], Tags=[{"Key": f"cost-{dice.randrange(99)}", "Value": "x"}]
    )


def _route_table(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    client("ec2").create_route_table(VpcId=_spare_vpc(client, ids))


def _subnet(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    ec2 = client("ec2")
    try:
        ec2.create_subnet(
            VpcId=_spare_vpc(client, ids), CidrBlock=f"10.0.{dice.randrange(100, 250)}.0/28"
        )
    except ec2.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "InvalidSubnet.Conflict":
            raise


def _parameter(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    client("ssm").put_parameter(
        Name=f"/team/{dice.randrange(10**6)}", Value="x", Type="String", Overwrite=True
    )


def _queue(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    client("sqs").create_queue(QueueName=f"team-{dice.randrange(10**6)}")


def _topic(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    client("sns").create_topic(Name=f"team-{dice.randrange(10**6)}")


def _bucket(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    client("s3").create_bucket(Bucket=f"team-{dice.randrange(10**9)}")


def _log_group(client: Client, ids: dict[str, str], dice: random.Random) -> None:
    client("logs").create_log_group(logGroupName=f"/team/{dice.randrange(10**9)}")


KINDS: dict[str, Callable[[Client, dict[str, str], random.Random], None]] = {
    "an endpoint of another service": _endpoint,
    "an endpoint of the same service in a VPC that nobody looks from": _same_service_elsewhere,
    "an endpoint of the same service without private DNS": _endpoint_without_private_dns,
    "a security group with a rule": _group,
    "a rule for another port of the endpoints' group, and away again": _rule_for_another_port,
    "a rule for another network of the endpoints' group, and away again": _rule_for_another_network,
    "a rule of a group that guards no endpoint, and away again": _rules_of_another_group,
    "tags on the VPC": _tags,
    "a route table": _route_table,
    "a subnet": _subnet,
    "a parameter": _parameter,
    "a queue": _queue,
    "a topic": _topic,
    "a bucket": _bucket,
    "a log group": _log_group,
}
"""Kinds of decoy by what people would call them."""
