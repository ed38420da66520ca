"""Deploys the shipped templates into a world, by the real `sam deploy` or plain CloudFormation."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import WaiterError

from lab import tools
from lab.collector import Collector
from lab.world.live import LiveWorld
from lab.world.parts import Member
from lab.world.short_tags import Tagged, TaggedDumper
from placer.calls import PREFIX

STACK = "gatewatch"
MEMBER = "Member"
"""The logical id of the member's stack in the hub's, and its folder in what is built."""
WAIT_SECONDS = 180
MADE, UPDATED = "stack_create_complete", "stack_update_complete"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
US_EAST_1 = "us-east-1"
"""The Region that S3 must not be told: its buckets have no location."""


class DeployFailed(RuntimeError):
    """The stack did not come up: what CloudFormation said."""


def with_sam(live: LiveWorld, parameters: dict[str, str]) -> None:
    """`sam deploy` of the built templates, as README tells a user to."""
    overrides = [f"{name}={value}" for name, value in (_admitting(live) | parameters).items()]
    argv = [
        str(tools.sam_cli()),
        "deploy",
        *("--template-file", str(tools.built() / "template.yaml")),
        *("--stack-name", STACK),
        "--resolve-s3",
        "--no-confirm-changeset",
        "--no-progressbar",
        *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"),
        *(("--parameter-overrides", *overrides) if overrides else ()),
    ]
    done = subprocess.run(
        argv,
        cwd=live.directory,
        env=live.environment(),
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )
    (live.directory / "sam-deploy.log").write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        raise DeployFailed(f"sam deploy ended with {done.returncode}:\n{done.stderr[-3000:]}")
    read_outputs(live)


def with_cloudformation(live: LiveWorld, parameters: dict[str, str]) -> None:
    """The same built templates without SAM's command: zips to a bucket, CreateStack."""
    template = tools.built() / "template.yaml"
    create(live, live.world.hub, STACK, template, _admitting(live) | parameters)
    await_stack(live, live.world.hub, STACK)
    read_outputs(live)


def _admitting(live: LiveWorld) -> dict[str, str]:
    """The hub's parameter that lets the world's other accounts be members."""
    others = {one.account for one in live.world.members} - {live.world.account}
    return {"MemberAccounts": ",".join(sorted(others))} if others else {}


def create(
    live: LiveWorld, home: Member, stack: str, template: Path, parameters: dict[str, str]
) -> None:
    """Upload a built template with what it names, and begin to make its stack."""
    s3, bucket = live.client("s3", at=home), _bucket(home)
    elsewhere = {} if home.region == US_EAST_1 else {"LocationConstraint": home.region}
    s3.create_bucket(
        Bucket=bucket, **({"CreateBucketConfiguration": elsewhere} if elsewhere else {})
    )
    url = _package(s3, bucket, template, live.directory)
    live.client("cloudformation", at=home).create_stack(
        StackName=stack,
        TemplateURL=url,
        Capabilities=CAPABILITIES,
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ],
    )


def update(
    live: LiveWorld, home: Member, stack: str, template: Path, changed: dict[str, str]
) -> None:
    """Begin to update a stack to another built template; what is not `changed` stays as it is."""
    cloudformation = live.client("cloudformation", at=home)
    url = _package(live.client("s3", at=home), _bucket(home), template, live.directory)
    (before,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    kept = [one["ParameterKey"] for one in before["Parameters"]]
    cloudformation.update_stack(
        StackName=stack,
        TemplateURL=url,
        Capabilities=CAPABILITIES,
        Parameters=[
            {"ParameterKey": name, "UsePreviousValue": True} for name in kept if name not in changed
        ]
        + [{"ParameterKey": name, "ParameterValue": value} for name, value in changed.items()],
    )


def _bucket(home: Member) -> str:
    return f"gatewatch-artifacts-{home.account}-{home.region}"


def await_stack(live: LiveWorld, home: Member, stack: str, done: str = MADE) -> dict[str, str]:
    """Wait until the stack is made (or, with `UPDATED`, updated); its outputs. Raises DeployFailed
    with what was refused."""
    cloudformation = live.client("cloudformation", at=home)
    waiter = cloudformation.get_waiter(done)
    try:
        waiter.wait(StackName=stack, WaiterConfig={"Delay": 0.3, "MaxAttempts": 300})
    except WaiterError as error:
        raise DeployFailed(f"{stack}: {error}; {_refusals(cloudformation, stack)}") from error
    (made,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in made.get("Outputs", [])}


def _refusals(cloudformation: Any, stack: str) -> str:
    """Why resources of a stack failed, by CloudFormation's own events."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return "; ".join(
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
    )


def read_outputs(live: LiveWorld) -> None:
    """Outputs of the hub's stack as "Hub.Name" and of the member's in it as "Member.Name"."""
    cloudformation = live.client("cloudformation")
    for stack in cloudformation.describe_stacks()["Stacks"]:
        if not stack["StackName"].startswith(STACK) or stack["StackName"].startswith(PREFIX):
            continue  # the bucket stack that `sam deploy --resolve-s3` makes; a canary's
        if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise DeployFailed(f"{stack['StackName']}: {stack['StackStatus']}")
        part = {STACK: "Hub"}.get(stack["StackName"], MEMBER)
        for output in stack.get("Outputs", []):
            live.stack[f"{part}.{output['OutputKey']}"] = output["OutputValue"]
    live.members[live.world.hub] = {
        name.removeprefix("Member."): value
        for name, value in live.stack.items()
        if name.startswith("Member.")
    }


def listen(live: LiveWorld) -> None:
    """Subscribe a queue to each topic and to the hub's own events, as a team would."""
    sqs, sns, events = (live.client(name) for name in ("sqs", "sns", "events"))
    urls = {}
    for to in ("page", "chat", "bus"):
        urls[to] = sqs.create_queue(QueueName=f"heard-{to}")["QueueUrl"]
        arn = _arn_of(sqs, urls[to])
        policy = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
        document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
        sqs.set_queue_attributes(QueueUrl=urls[to], Attributes={"Policy": document})
        if to != "bus":
            topic = live.stack[f"Hub.{to.title()}TopicArn"]
            sns.subscribe(
                TopicArn=topic,
                Protocol="sqs",
                Endpoint=arn,
                Attributes={"RawMessageDelivery": "true"},
            )
    bus = live.stack["Hub.HubBusArn"].rpartition("/")[2]
    pattern = json.dumps({"source": ["gatewatch"]})
    events.put_rule(Name="heard", EventBusName=bus, EventPattern=pattern)
    target = {"Id": "heard", "Arn": _arn_of(sqs, urls["bus"])}
    events.put_targets(Rule="heard", EventBusName=bus, Targets=[target])
    live.collector = Collector(sqs, urls, live.clock)
    live.collector.start()


def _arn_of(sqs: Any, url: str) -> str:
    asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(asked["Attributes"]["QueueArn"])


def _package(s3: Any, bucket: str, template: Path, scratch: Path) -> str:
    """Upload what a built template names by a local folder; the URL of the uploaded template."""
    text = yaml.load(template.read_text(), Loader=Tagged)
    for logical, resource in text["Resources"].items():
        _upload_code(s3, bucket, template.parent, logical, resource, scratch)
    body = yaml.dump(text, Dumper=TaggedDumper, sort_keys=False)
    key = f"{template.parent.name}-{hashlib.sha256(body.encode()).hexdigest()[:16]}.yaml"
    s3.put_object(Bucket=bucket, Key=key, Body=body.encode())
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def _upload_code(
    s3: Any, bucket: str, base: Path, logical: str, resource: dict[str, Any], scratch: Path
) -> None:
    kind, properties = resource["Type"], resource.get("Properties", {})
    if kind == "AWS::CloudFormation::Stack":
        child = base / properties["TemplateURL"]
        properties["TemplateURL"] = _package(s3, bucket, child, scratch)
        return
    field = {
        "AWS::Lambda::Function": "Code",
        "AWS::Lambda::LayerVersion": "Content",
        "AWS::Serverless::Function": "CodeUri",
        "AWS::Serverless::LayerVersion": "ContentUri",
    }.get(kind)
    if field is None or not isinstance(properties.get(field), str):
        return
    folder = base / properties[field]
    zipped = Path(shutil.make_archive(str(scratch / logical), "zip", folder)).read_bytes()
    # By its bytes, as SAM names it: under one name CloudFormation would see no new code.
    key = f"{logical}-{hashlib.sha256(zipped).hexdigest()[:16]}.zip"
    s3.put_object(Bucket=bucket, Key=key, Body=zipped)
    short = {"S3Bucket": bucket, "S3Key": key}
    serverless = {"Bucket": bucket, "Key": key}
    properties[field] = serverless if kind.startswith("AWS::Serverless") else short
