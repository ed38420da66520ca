"""What tests of the placer's runs do: make networks, run it, hear what the hub was told."""

from reasoning import wire

TICK = '{"kind":"tick"}'
YES = [{"Key": "gatewatch:place", "Value": "yes"}]


def network(stand, number=1, tags=()):
    """A VPC with one subnet; both ids."""
    ec2 = stand.clients.ec2.inner
    vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(
        VpcId=vpc, CidrBlock=f"10.{number}.0.0/24", AvailabilityZone="us-east-1a"
    )["Subnet"]["SubnetId"]
    if tags:
        ec2.create_tags(Resources=[vpc], Tags=list(tags))
    return vpc, subnet


def told(stand, vpc):
    """The last that the hub was told of this VPC."""
    return stand.bus.said(wire.PLACEMENTS)[-1].vpc(vpc)


def run(stand, *bodies, later=0.0):
    stand.clock.at += later
    stand.member.run.handle(list(bodies or (TICK,)))


def failing(stand, name, status, why):
    """CloudFormation tells this stack as failed, with an event that says why."""
    inner = stand.clients.cloudformation.inner

    def describe(StackName):
        answer = inner.describe_stacks(StackName=StackName)
        for stack in answer["Stacks"]:
            if stack["StackName"] == name:
                stack["StackStatus"] = status
        return answer

    def events(StackName):
        failed = {"LogicalResourceId": "Canary", "ResourceStatus": "CREATE_FAILED"}
        return {"StackEvents": [{**failed, "ResourceStatusReason": why}]}

    stand.clients.cloudformation.instead |= {
        "describe_stacks": describe,
        "describe_stack_events": events,
    }
