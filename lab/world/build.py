"""Makes the world's AWS things through the emulator's API: VPCs, ways out, actors with keys."""

import json
from dataclasses import asdict
from typing import Any

from lab.world import processes
from lab.world.live import Credentials, LiveWorld

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
)
EVERYTHING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
)


def build(live: LiveWorld) -> None:
    """All VPCs and actors; their ids go into `live.ids` under the scenario's names."""
    live.ids |= {"region": live.world.region, "account": live.world.account}
    for name in live.world.vpcs:
        build_vpc(live, name)
    for name in live.world.actors:
        build_actor(live, name)
    for api in live.world.apis:
        live.ids[f"api.{api.name}"] = f"{api.id}.execute-api.{live.world.region}.amazonaws.com"
        live.ids[f"key.{api.name}"] = api.key or ""


def build_vpc(live: LiveWorld, name: str) -> None:
    """One VPC with DNS on, a private subnet, and its way out as objects of the control plane."""
    ec2, vpc = live.client("ec2"), live.world.vpcs[name]
    vpc_id = ec2.create_vpc(CidrBlock=vpc.cidr)["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc_id], Tags=[{"Key": "Name", "Value": vpc.label}])
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc_id, **{attribute: {"Value": True}})
    base = vpc.cidr.split("/")[0].rsplit(".", 2)[0]
    zone = f"{live.world.region}a"
    private = _subnet(ec2, vpc_id, f"{base}.0.0/24", zone)
    live.ids |= {f"vpc.{name}": vpc_id, f"subnet.{name}": private}
    live.ids[f"group.{name}"] = _open_group(ec2, vpc_id, vpc.cidr)
    table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=private)
    live.ids[f"table.{name}"] = table
    if vpc.way_out == "none":
        return
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    target = {"GatewayId": gateway}
    if vpc.way_out == "nat":
        public = _subnet(ec2, vpc_id, f"{base}.255.0/24", zone)
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)
        target = {"NatGatewayId": nat["NatGateway"]["NatGatewayId"]}
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)


def build_actor(live: LiveWorld, name: str) -> None:
    """A role, a session with the actor's name, and the tap told who holds those keys."""
    actor = live.world.actors[name]
    iam, sts = live.client("iam"), live.client("sts")
    role = _role(live, name)
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=EVERYTHING)
    keys = sts.assume_role(
        RoleArn=f"arn:aws:iam::{live.world.account}:role/{role}",
        RoleSessionName=(actor.user or actor.session or name),
    )["Credentials"]
    live.actors[name] = Credentials(
        access_key=keys["AccessKeyId"],
        secret_key=keys["SecretAccessKey"],
        token=keys["SessionToken"],
    )
    processes.emulator(
        "/_lab/actors",
        method="POST",
        body={"access_key": keys["AccessKeyId"], "actor": asdict(actor)},
    )


def forbid(live: LiveWorld, name: str, actions: list[str]) -> None:
    """Take actions away from an actor's role, so that a call is denied by IAM itself."""
    statement = {"Effect": "Deny", "Action": actions, "Resource": "*"}
    live.client("iam").put_role_policy(
        RoleName=_role(live, name),
        PolicyName="not",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def _role(live: LiveWorld, name: str) -> str:
    return f"{live.world.actors[name].role or 'someone'}-{name}"


def _open_group(ec2: Any, vpc_id: str, cidr: str) -> str:
    """A group that lets the VPC in on 443. Endpoints made without a group get the VPC's default
    one, which lets in nobody but itself: the capture would time out instead of answering 403."""
    made = ec2.create_security_group(
        VpcId=vpc_id, GroupName="endpoints", Description="443 from the VPC"
    )
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": cidr}]}
    ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=[rule])
    return str(made["GroupId"])


def _subnet(ec2: Any, vpc_id: str, cidr: str, zone: str) -> str:
    made = ec2.create_subnet(VpcId=vpc_id, CidrBlock=cidr, AvailabilityZone=zone)
    return str(made["Subnet"]["SubnetId"])
