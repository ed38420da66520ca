"""A member to publish: the real template, and packages small enough to upload in a moment."""

from collections.abc import Callable
from pathlib import Path

import boto3

from gatewatch.commands.render import MEMBER, Member
from gatewatch.publishing import template
from gatewatch.publishing.artefacts import zipped

NAME = "gatewatch-member"
HUB_BUS = "arn:aws:events:eu-west-1:123456789012:event-bus/gatewatch-hub"


def member(folder: Path, code: str = "first") -> Callable[[str], Member]:
    """The member of `member.yaml` whose every package is one file with that text."""

    def made(prefix: str) -> Member:
        document = template.load(MEMBER)
        packages = {}
        for name in template.packaged(document):
            where = folder / code / name
            where.mkdir(parents=True, exist_ok=True)
            (where / "code.py").write_text(f"# {name}: {code}\n", encoding="utf-8")
            packages[name] = zipped(name, where)
        keys = {name: package.key for name, package in packages.items()}
        return template.render(document, keys, prefix, "1.2.3"), packages

    return made


def instances(status=None):
    rows = boto3.client("cloudformation").list_stack_instances(StackSetName=NAME)["Summaries"]
    return {(r["Account"], r["Region"]) for r in rows if status in (None, r["Status"])}


def stack_set():
    return boto3.client("cloudformation").describe_stack_set(StackSetName=NAME)["StackSet"]


def objects(region):
    bucket = f"gatewatch-123456789012-{region}"
    rows = boto3.client("s3", region_name=region).list_objects_v2(Bucket=bucket)
    return {row["Key"] for row in rows.get("Contents", [])}


def our_buckets():
    names = [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]
    return [name for name in names if name.startswith("gatewatch-")]


def acts(answer):
    return [step["act"] for step in answer["steps"]]
