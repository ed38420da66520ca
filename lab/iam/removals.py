"""Takes permissions away, one at a time, and waits until their loss shows.

Decided here: how one is denied, what counts as a sign, and what is written down of it. Which
permissions, what makes each needed and how its loss must show: `removals.yaml`.
"""

import json
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lab.iam import used
from lab.looks import NotSeen, until
from lab.steps import KINDS
from lab.steps.placed import placements
from lab.world import processes
from lab.world.live import LiveWorld

FILE = Path(__file__).parent / "removals.yaml"
POLICY = "taken-away"
WITHIN_LOOKS = 9.0
QUICK_QUEUE = {"VisibilityTimeout": "1"}
"""The lab's queues try again at once and give up after two tries: the templates' 10 and 20 minutes
are real time, which no scale shortens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One permission of a role, and one sign: `told`, `status`, `dead` or `harmless`."""

    role: str
    action: str
    told: str = ""
    status: str = ""
    dead: str = ""
    harmless: str = ""
    provoke: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    within_looks: float = WITHIN_LOOKS

    @property
    def name(self) -> str:
        return f"{self.role} {self.action}"


@cache
def removals() -> tuple[Removal, ...]:
    """All of `removals.yaml`, in its order."""
    written = _document()["removals"]
    return tuple(
        Removal(
            role=role,
            action=one["action"],
            told=one.get("told", ""),
            status=one.get("status", ""),
            dead=one.get("dead", ""),
            harmless=one.get("harmless", ""),
            provoke=tuple(one.get("provoke", ())),
            restore=tuple(one.get("restore", ())),
            within_looks=float(one.get("within_looks", WITHIN_LOOKS)),
        )
        for role, listed in written.items()
        for one in listed
    )


@cache
def _document() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return read


def steps() -> dict[str, dict[str, Any]]:
    """Steps by name."""
    found: dict[str, dict[str, Any]] = _document()["steps"]
    return found


def quicken(live: LiveWorld) -> None:
    """Have the functions' queues give up soon."""
    sqs = live.client("sqs")
    for url in sqs.list_queues().get("QueueUrls", []):
        asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
        policy = asked.get("Attributes", {}).get("RedrivePolicy")
        if policy and "LooksQueue" not in url:
            soon = json.dumps(json.loads(policy) | {"maxReceiveCount": 2})
            sqs.set_queue_attributes(QueueUrl=url, Attributes=QUICK_QUEUE | {"RedrivePolicy": soon})


def take_away(live: LiveWorld, removal: Removal) -> dict[str, Any]:
    """Deny it, see the sign, give it back. What is told of it: `sign` is "" when none came."""
    began = time.monotonic()
    real = {role: name for name, role in used.names(live).items()}[removal.role]
    iam = live.client("iam")
    heard, before = len(live.heard.heard()), _dead(live, removal)
    statement = {"Effect": "Deny", "Action": [removal.action], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    why = ""
    try:
        for name in removal.provoke[:-1]:
            play(live, name)
        _await_silence(live, removal)
        iam.put_role_policy(RoleName=real, PolicyName=POLICY, PolicyDocument=document)
        for name in removal.provoke[-1:]:
            play(live, name)
        sign = _sign(live, removal, heard, before)
    except NotSeen as error:
        sign, why = "", str(error)[:600]
    finally:
        iam.delete_role_policy(RoleName=real, PolicyName=POLICY)
        for name in removal.restore:
            play(live, name)
    seconds = round(time.monotonic() - began, 1)
    return {"removal": removal.name, "sign": sign, "why": why, "seconds": seconds}


def _await_silence(live: LiveWorld, removal: Removal) -> None:
    """A sign that stood there before is none."""
    if removal.status and removal.status in json.dumps(placements(live, live.world.hub)):
        play(live, "placer_tick")
        until(
            live,
            removal.within_looks,
            lambda: removal.status not in json.dumps(placements(live, live.world.hub)),
            lambda: f"{removal.name}: its sign was there before",
        )


def play(live: LiveWorld, name: str) -> None:
    """One of the named steps. Of this file alone: `forget`, an item of the member's table goes, so
    that what is asked once a day is asked again; `send`, a message to a queue."""
    step = dict(steps()[name])
    kind = step.pop("do")
    if kind == "send":
        url = live.stack[step["queue"]]
        live.client("sqs").send_message(QueueUrl=url, MessageBody=step["body"])
        return
    if kind == "forget":
        key = {"pk": {"S": step["pk"]}, "sk": {"S": step["sk"]}}
        table = live.stack["Member.TableName"]
        live.client("dynamodb").delete_item(TableName=table, Key=key)
        return
    KINDS[kind].run(live, step)


def _sign(live: LiveWorld, removal: Removal, heard: int, before: int) -> str:
    """Wait for it; what was seen, as a line. NotSeen when it did not come."""
    found: list[str] = []
    # A run under way writes back what it read before: what is to be forgotten is, until it shows.
    forgotten = [name for name in removal.provoke[-1:] if steps()[name]["do"] == "forget"]

    def seen() -> bool:
        found[:] = _seen(live, removal, heard, before)
        for name in forgotten if not found else ():
            play(live, name)
        return bool(found)

    until(live, removal.within_looks, seen, lambda: f"{removal.name}: nothing shows")
    return found[0]


def _seen(live: LiveWorld, removal: Removal, heard: int, before: int) -> list[str]:
    if removal.told:
        return [
            f"{m.to} {m.reason}: {m.text[:200]}"
            for m in live.heard.heard()[heard:]
            if m.to in ("page", "chat") and removal.told in _unwrapped(m.text)
        ]
    if removal.dead:
        count = _dead(live, removal)
        return [f"{count - before} dead letters of the {removal.dead}"] if count > before else []
    if removal.status:
        held = json.dumps(placements(live, live.world.hub))
        at = held.find(removal.status)
        return [f"gatewatch status: {held[max(0, at - 80) : at + 120]}"] if at >= 0 else []
    refused = used.used(live, allowed=False).get(removal.role, {})
    return ["refused, and harmless"] if removal.action in refused else []


def _unwrapped(text: str) -> str:
    """A message's text as one line: its lines end where they would grow too long."""
    return " ".join(text.replace("\\n", " ").split())


def _dead(live: LiveWorld, removal: Removal) -> int:
    """Messages in the dead-letter queue of the removal's stack."""
    if not removal.dead:
        return 0
    name = "ApproximateNumberOfMessages"
    asked = live.client("sqs").get_queue_attributes(
        QueueUrl=dead_letter_url(live, removal.dead), AttributeNames=[name]
    )
    return int(asked["Attributes"][name])


def dead_letter_url(live: LiveWorld, part: str) -> str:
    """Of the "Hub" or the "Member"."""
    known = live.stack.get(f"{part}.DeadLetterQueueUrl")
    if known:
        return known
    resource = live.client("cloudformation").describe_stack_resource(
        StackName="gatewatch", LogicalResourceId="DeadLetterQueue"
    )
    return str(resource["StackResourceDetail"]["PhysicalResourceId"])


def alive(live: LiveWorld) -> None:
    """NotReady when a process of the world has ended."""
    processes.check(live.running, live.directory)
