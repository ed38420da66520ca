"""`Tag Change on Resource`: what AWS tells EventBridge of tags by itself, without a trail.

Decided here: its form and when it comes (https://docs.aws.amazon.com/tag-editor/latest/userguide/
tag-monitor.html). Only CreateTags and DeleteTags of EC2 are told: tags that a resource is created
with show in the call that creates it.
"""

import itertools
import json
from collections import Counter
from functools import partial
from typing import Any

from lab.emulator.calls import Call
from lab.emulator.clock import after
from lab.emulator.interfaces import MEMBERS, TAGS
from lab.emulator.principals import of_key
from lab.emulator.tap import PUT_EVENTS, SCOPE

DELAY_SECONDS = 5.0
CALLS = ("CreateTags", "DeleteTags")
KINDS = {
    "eni": "network-interface",
    "igw": "internet-gateway",
    "nat": "natgateway",
    "rtb": "route-table",
    "sg": "security-group",
    "vpce": "vpc-endpoint",
}
"""Resource types by the prefix of an id, where they are not the prefix itself."""

_versions: Counter[str] = Counter()


def _keys(form: Any) -> list[str]:
    numbered = (form.get(f"Tag.{number}.Key") for number in itertools.count(1))
    return list(itertools.takewhile(bool, numbered))


def tell(call: Call, status: int) -> None:
    """Tell of a call that changed tags; nothing of any other call."""
    if call.service != "ec2" or call.action not in CALLS or status >= 300:
        return
    account = of_key(call.access_key).account
    for resource in MEMBERS.current()(call.form, "ResourceId"):
        after(DELAY_SECONDS, partial(_deliver, call, account, resource))


def _deliver(call: Call, account: str, resource: str) -> None:
    prefix = resource.partition("-")[0]
    kind = KINDS.get(prefix, prefix)
    _versions[resource] += 1
    with SCOPE.current()(account, call.region):
        tags = {tag["Key"]: tag.get("Value", "") for tag in TAGS.current().get(resource, [])}
        detail = {
            "changed-tag-keys": _keys(call.form),
            "service": "ec2",
            "resource-type": kind,
            "version": _versions[resource],
            "tags": tags,
        }
        event = {
            "Source": "aws.tag",
            "DetailType": "Tag Change on Resource",
            "Detail": json.dumps(detail),
            "Resources": [f"arn:aws:ec2:{call.region}:{account}:{kind}/{resource}"],
        }
        PUT_EVENTS.current()({"Entries": [event]}, allow_aws_source=True)
