"""CloudTrail records of mutating calls, delivered to EventBridge after the world's delay.

Decided here: which calls are told, when they are delivered, and the controls of a test (hold,
drop, duplicate, delay). Read-only calls and data events are never told: EventBridge does not match
the first by default, and a trail does not record the second by default
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html).
"""

import itertools
import json
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from lab.emulator import actors, layout_ec2, layout_other, trail
from lab.emulator.calls import Call
from lab.emulator.clock import after, iso, now_at
from lab.emulator.principals import of_key
from lab.emulator.touched import Touch
from lab.emulator.world import WORLD

_EB = "ministack.services.eventbridge"
PUT_EVENTS = Touch(module=_EB, name="_put_events", parameters=("data", "allow_aws_source"))
SCOPE = Touch(
    module="ministack.core.responses", name="request_scope", parameters=("account_id", "region")
)
TOUCHED = (PUT_EVENTS, SCOPE)

READ_ONLY = (
    "Get", "List", "Describe", "Head", "Search", "Query", "Scan", "BatchGet", "Lookup", "Select",
    "Filter", "Test", "Simulate", "Estimate", "Preview", "Validate", "Detect", "Check", "Poll",
    "Receive", "Discover", "View", "Decode", "Verify", "Assume", "Generate", "Decrypt", "Encrypt",
)  # fmt: skip
DATA_EVENTS = {
    "dynamodb": ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems",
                 "ExecuteStatement", "ExecuteTransaction", "BatchExecuteStatement"),
    "s3": ("PutObject", "DeleteObject", "DeleteObjects", "CopyObject", "CreateMultipartUpload",
           "UploadPart", "UploadPartCopy", "CompleteMultipartUpload", "AbortMultipartUpload",
           "PutObjectTagging", "PutObjectAcl", "CreateSession"),
    "sqs": ("SendMessage", "SendMessageBatch", "DeleteMessage", "DeleteMessageBatch",
            "ChangeMessageVisibility", "ChangeMessageVisibilityBatch"),
    "sns": ("Publish", "PublishBatch"),
    "lambda": ("Invoke", "InvokeAsync", "InvokeWithResponseStream"),
    "events": ("PutEvents", "PutPartnerEvents"),
    "logs": ("PutLogEvents", "StartQuery", "StopQuery"),
    "monitoring": ("PutMetricData",),
    "kinesis": ("PutRecord", "PutRecords"),
    "sts": ("AssumeRole",),
}  # fmt: skip
GLOBAL = frozenset({"iam", "route53", "cloudfront", "organizations"})
EC2 = "ec2"


@dataclass(slots=True, kw_only=True)
class Control:
    """What a test asked of the tap. `hold` names the event that is held, "*" all, "" none; `drops`
    maps an event name to how often it is still lost."""

    hold: str = ""
    delay_seconds: float = field(default_factory=lambda: WORLD.delay_seconds("cloudtrail"))
    drops: dict[str, int] = field(default_factory=dict)
    duplicate: int = 1


CONTROL = Control()
_lock = threading.Lock()
_entries: list[dict[str, Any]] = []
_number = itertools.count(1)


def is_told(call: Call) -> bool:
    """Whether CloudTrail would tell EventBridge of this call."""
    if call.operation is None or call.action.startswith(READ_ONLY):
        return False
    return call.action not in DATA_EVENTS.get(call.service, ())


def _body(call: Call, status: int, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    ec2 = call.service == EC2
    assert call.operation is not None  # is_told() let only modelled calls through
    told: dict[str, Any] = {
        "requestParameters": layout_ec2.request(call.operation, call.form)
        if ec2
        else layout_other.request(call),
        "responseElements": None,
    }
    if status >= 300:
        told["errorCode"], told["errorMessage"] = (layout_ec2 if ec2 else layout_other).error(body)
    elif ec2:
        told["responseElements"] = layout_ec2.response(call.operation, body)
    else:
        told["responseElements"] = layout_other.response(call, status, headers, body)
    return told


def record(call: Call, status: int, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """The `detail` of the event: one CloudTrail record."""
    actor, who = actors.of_key(call.access_key), of_key(call.access_key)
    if call.for_stack:
        actor, who = actors.of_stack(actor, who, call.for_stack)
    return {
        "eventVersion": "1.10",
        "userIdentity": actors.identity(who, call.access_key, actor),
        "eventTime": iso(now_at()),
        "eventSource": f"{call.service}.amazonaws.com",
        "eventName": call.action if call.service == EC2 else layout_other.event_name(call),
        "awsRegion": "us-east-1" if call.service in GLOBAL else call.region,
        **actors.origin(call, actor),
        **_body(call, status, headers, body),
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": who.account,
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "clientProvidedHostHeader": f"{call.service}."
                       f"{call.region}.amazonaws.com"},
    }  # fmt: skip


def tell(call: Call, status: int, headers: dict[str, str], body: bytes) -> None:
    """Record the call and deliver it when it is due, unless a control says otherwise."""
    detail = record(call, status, headers, body)
    entry = {"n": next(_number), "at": now_at(), "state": "pending", "detail": detail}
    with _lock:
        _entries.append(entry)
        if CONTROL.drops.get(detail["eventName"], 0) > 0:
            CONTROL.drops[detail["eventName"]] -= 1
            entry["state"] = "dropped"
            return
        if CONTROL.hold in ("*", detail["eventName"]):
            entry["state"] = "held"
            return
    after(CONTROL.delay_seconds, lambda: deliver(entry))


def deliver(entry: dict[str, Any]) -> None:
    """Put the record on the default bus of its account and Region, if a trail logs there."""
    detail = entry["detail"]
    account, region = detail["recipientAccountId"], detail["awsRegion"]
    if not trail.is_logging(account, region):
        entry["state"] = "no trail"
        return
    source = "aws." + detail["eventSource"].partition(".")[0]
    event = {
        "Source": source,
        "DetailType": "AWS API Call via CloudTrail",
        "Detail": json.dumps(detail),
    }
    with SCOPE.current()(account, region):
        for _ in range(CONTROL.duplicate):
            PUT_EVENTS.current()({"Entries": [event]}, allow_aws_source=True)
    entry["state"], entry["delivered_at"] = "delivered", now_at()


def release() -> None:
    """Deliver what was held, in order."""
    with _lock:
        held = [entry for entry in _entries if entry["state"] == "held"]
    for entry in held:
        deliver(entry)


def entries() -> list[dict[str, Any]]:
    """All records with their state: pending, held, dropped, no trail, delivered."""
    with _lock:
        return [dict(entry) for entry in _entries]
