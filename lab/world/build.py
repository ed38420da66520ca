"""Makes the world's AWS things through the emulator's API: VPCs, ways out, actors with keys."""

import json
from dataclasses import asdict
from typing import Any

from lab.world import processes
from lab.world.live import Credentials, LiveWorld
from lab.world.parts import WayOut
from placer.rings import ring

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
AN_INSTANCE = "i-0a1b2c3d4e5f60718"
FULL_PREFIX, FULL_INTERFACES = 28, 6
"""A full subnet: AWS keeps 5 of its 16 addresses, 6 are taken, and 5 are left."""


def build(live: LiveWorld) -> None:
    """All VPCs and actors; their ids go into `live.ids` under the scenario's names."""
    live.ids |= {"region": live.world.region, "account": live.world.account}
    for name, vpc in live.world.vpcs.items():
        if not vpc.later:
            build_vpc(live, name)
    for name in live.world.actors:
        build_actor(live, name)
    for api in live.world.apis:
        region = live.world.region_of(api)
        live.ids[f"api.{api.name}"] = f"{api.id}.execute-api.{region}.amazonaws.com"
        live.ids[f"key.{api.name}"] = api.key or ""


def build_vpc(live: LiveWorld, name: str) -> None:
    """One VPC with DNS on, private subnets, and its way out as objects of the control plane."""
    vpc, ec2 = live.world.vpcs[name], live.client("ec2", at=live.home(name))
    vpc_id = _created(live, ec2, name)
    tags = {"Name": vpc.label, **vpc.tags}
    ec2.create_tags(Resources=[vpc_id], Tags=[{"Key": k, "Value": v} for k, v in tags.items()])
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc_id, **{attribute: {"Value": True}})
    private = [_private(live, ec2, vpc_id, name, number) for number in range(vpc.subnets)]
    live.ids |= {f"vpc.{name}": vpc_id, f"subnet.{name}": private[0]}
    live.ids[f"group.{name}"] = _open_group(ec2, vpc_id, vpc.cidr)
    tables = _tables(live, ec2, name)
    for number, subnet in enumerate(private):
        ec2.associate_route_table(RouteTableId=tables[number % len(tables)], SubnetId=subnet)
    _way_out(live, ec2, name, tables)
    if vpc.default or vpc.shared_with:
        marks = {"vpc": vpc_id, "default": vpc.default, "shared_with": list(vpc.shared_with)}
        processes.emulator("/_lab/vpcs", method="POST", body=marks)


def _created(live: LiveWorld, ec2: Any, name: str) -> str:
    """A VPC; one that must be in a certain ring is made again until its id falls into that."""
    vpc, account = live.world.vpcs[name], live.home(name).account
    while True:
        made = ec2.create_vpc(CidrBlock=vpc.cidr, InstanceTenancy=vpc.tenancy.value)
        vpc_id = str(made["Vpc"]["VpcId"])
        if vpc.ring in (0, ring(account, vpc_id) + 1):
            return vpc_id
        ec2.delete_vpc(VpcId=vpc_id)


def _tables(live: LiveWorld, ec2: Any, name: str) -> list[str]:
    """The route tables of the private subnets: `table.a`, and the further ones `table.a.2`."""
    made = []
    for number in range(live.world.vpcs[name].tables):
        answer = ec2.create_route_table(VpcId=live.ids[f"vpc.{name}"])
        made.append(str(answer["RouteTable"]["RouteTableId"]))
        further = f".{number + 1}" if number else ""
        live.ids[f"table.{name}{further}"] = made[-1]
    return made


def _private(live: LiveWorld, ec2: Any, vpc_id: str, name: str, number: int) -> str:
    """A private subnet, each in another zone, with the interfaces of those who work in it."""
    vpc, region = live.world.vpcs[name], live.home(name).region
    cidr = f"{_base(vpc.cidr)}.{number}.0/{FULL_PREFIX if vpc.full else 24}"
    subnet = _subnet(ec2, vpc_id, cidr, f"{region}{'abcdef'[number]}")
    for _ in range(FULL_INTERFACES if vpc.full else vpc.workloads):
        made = ec2.create_network_interface(SubnetId=subnet, Description="a workload's")
        interface = made["NetworkInterface"]["NetworkInterfaceId"]
        # One that is attached to nothing is nobody's, and counts for no path class.
        ec2.attach_network_interface(
            NetworkInterfaceId=interface, InstanceId=AN_INSTANCE, DeviceIndex=1
        )
        live.ids[f"interface.{name}"] = interface
    return subnet


def _way_out(live: LiveWorld, ec2: Any, name: str, tables: list[str]) -> None:
    vpc, vpc_id = live.world.vpcs[name], live.ids[f"vpc.{name}"]
    if vpc.way_out is WayOut.NONE:
        return
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    live.ids[f"gateway.{name}"] = gateway
    target = {"GatewayId": gateway}
    if vpc.way_out is WayOut.NAT:
        cidr = f"{_base(vpc.cidr)}.255.0/{FULL_PREFIX if vpc.full else 24}"
        public = _subnet(ec2, vpc_id, cidr, f"{live.home(name).region}a")
        for _ in range(FULL_INTERFACES if vpc.full else 0):
            ec2.create_network_interface(SubnetId=public, Description="a load balancer's")
        outside = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=outside, SubnetId=public)
        ec2.create_route(RouteTableId=outside, DestinationCidrBlock="0.0.0.0/0", **target)
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]
        target = {"NatGatewayId": nat["NatGatewayId"]}
        live.ids |= {f"public.{name}": public, f"nat.{name}": nat["NatGatewayId"]}
    for table in tables:
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)


def _base(cidr: str) -> str:
    return cidr.split("/")[0].rsplit(".", 2)[0]


def build_actor(live: LiveWorld, name: str) -> None:
    """A role, a session with the actor's name, and the tap told who holds those keys."""
    actor = live.world.actors[name]
    home = live.world.home(actor)
    iam, sts = live.client("iam", at=home), live.client("sts", at=home)
    role = _role(live, name)
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=EVERYTHING)
    keys = sts.assume_role(
        RoleArn=f"arn:aws:iam::{home.account}:role/{role}",
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
    home = live.world.home(live.world.actors[name])
    live.client("iam", at=home).put_role_policy(
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
