"""Fault rules: calls that the emulator refuses, or that are their caller's last, because a scenario
says so.

Decided here: which rule a call meets and what the refusal looks like on the wire. Not decided
here: how a caller ends (`killing`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from lab.emulator.calls import Call, json_body, protocol
from lab.emulator.clock import now_at

QUERY_PROTOCOLS = ("ec2", "query", "rest-xml")
KILLS = ("", "before", "after")
Answer = tuple[int, dict[str, str], bytes]


@dataclass(slots=True, kw_only=True)
class Fault:
    """`times` counts down to 0; `until_at` is lab time; None is without end. `holds` is text that
    the request's body must hold. `kill` ends the caller instead of refusing it, before or after
    the call takes effect; `skip` such calls are let through first. `met`: how many it has met."""

    name: str
    service: str
    action: str
    caller: str
    code: str
    status: int
    message: str
    times: int | None
    until_at: float | None
    holds: str = ""
    kill: str = ""
    skip: int = 0
    met: int = 0

    def meets(self, call: Call, caller_arn: str) -> bool:
        """Whether this rule is about the call."""
        return (
            self.service in ("*", call.service)
            and self.action in ("*", call.action)
            and (self.caller == "*" or self.caller in caller_arn)
            and self.holds.encode() in call.request.body
            and (self.times is None or self.times > 0)
            and (self.until_at is None or now_at() < self.until_at)
        )


_rules: dict[str, Fault] = {}


def add(data: Mapping[str, Any]) -> Fault:
    """Add or replace a rule; ValueError names the missing key."""
    missing = [key for key in ("name", "service") if not data.get(key)]
    if missing:
        raise ValueError(f"a fault needs {missing}: give for example name=bus, service=events")
    error, kill = data.get("error") or {}, str(data.get("kill") or "")
    if kill not in KILLS:
        raise ValueError(f"kill={kill!r}: one of {KILLS[1:]}")
    fault = Fault(
        name=str(data["name"]),
        service=str(data["service"]),
        action=str(data.get("action") or "*"),
        caller=str(data.get("caller") or "*"),
        code=str(error.get("code", "InternalFailure")),
        status=int(error.get("status", 500)),
        message=str(error.get("message", "refused by the lab")),
        times=1 if kill else data.get("times"),
        until_at=data.get("until"),
        holds=str(data.get("holds") or ""),
        kill=kill,
        skip=max(0, int(data.get("nth", 1)) - 1),
    )
    _rules[fault.name] = fault
    return fault


def remove(name: str) -> bool:
    """Take the rule away; False when there was none of that name."""
    return _rules.pop(name, None) is not None


def counts() -> dict[str, int]:
    """The rules there are, and how many calls each has met."""
    return {name: fault.met for name, fault in sorted(_rules.items())}


def met(call: Call, caller_arn: str) -> Fault | None:
    """The first rule that the call meets; counts its use."""
    for fault in _rules.values():
        if fault.meets(call, caller_arn):
            if fault.skip:
                fault.skip -= 1
                continue
            fault.met += 1
            if fault.times is not None:
                fault.times -= 1
            return fault
    return None


def refusal(fault: Fault, call: Call) -> Answer:
    """What the rule answers."""
    if fault.status == 200 and call.action == "PutEvents":
        return _entries_refused(call, fault.code, fault.message)
    return error_answer(call, fault.status, fault.code, fault.message)


def _entries_refused(call: Call, code: str, message: str) -> Answer:
    """A PutEvents that succeeds whose entries the bus refuses (status 200 in the rule)."""
    count = len(json_body(call.request).get("Entries", []))
    entry = {"ErrorCode": code, "ErrorMessage": message}
    body = json.dumps({"FailedEntryCount": count, "Entries": [entry] * count}).encode()
    return 200, {"content-type": "application/x-amz-json-1.1"}, body


def _cbor_text(text: str) -> bytes:
    encoded = text.encode()
    return b"\x79" + len(encoded).to_bytes(2, "big") + encoded


def _cbor_error(status: int, code: str, message: str) -> Answer:
    pairs = (("__type", code), ("message", message))
    body = b"\xa2" + b"".join(_cbor_text(key) + _cbor_text(value) for key, value in pairs)
    headers = {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
    return status, headers, body


def error_answer(call: Call, status: int, code: str, message: str) -> Answer:
    """An error in the protocol of the called service."""
    spoken = protocol(call)
    if spoken == "smithy-rpc-v2-cbor":
        return _cbor_error(status, code, message)
    if spoken in QUERY_PROTOCOLS:
        inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        if spoken == "ec2":
            errors = f"<Errors><Error>{inner}</Error></Errors>"
            xml = f"<Response>{errors}<RequestID>lab</RequestID></Response>"
        elif call.service == "s3":
            xml = f"<Error>{inner}<RequestId>lab</RequestId></Error>"
        else:
            xml = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error></ErrorResponse>"
        return status, {"content-type": "text/xml"}, xml.encode()
    body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code}
    return status, headers, body
