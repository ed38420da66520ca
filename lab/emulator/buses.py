"""Event buses across accounts and Regions, with the target bus's policy checked.

Decided here: who may put events on another account's bus, by PutEvents to its ARN or by a rule's
target (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html). The
envelope keeps the sender's account; nobody can state it.
"""

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from lab.emulator.touched import Touch, replace
from lab.emulator.world import WORLD

_EB = "ministack.services.eventbridge"
PUT_EVENTS = Touch(module=_EB, name="_put_events", parameters=("data", "allow_aws_source"))
TO_BUS = Touch(
    module=_EB,
    name="_dispatch_to_event_bus",
    parameters=("spec", "event", "rule", "event_path", "target_input_payload"),
)
DISPATCH = Touch(module=_EB, name="_dispatch_event", parameters=("event", "view"))
BUSES = Touch(module=_EB, name="_event_buses")
POLICIES = Touch(module=_EB, name="_event_bus_policies")
LOG = Touch(module=_EB, name="logger")
NEW_ID = Touch(module=_EB, name="new_uuid")
NOW = Touch(module=_EB, name="_now_ts")
JSON = Touch(module=_EB, name="json_response")
FAIL = Touch(module=_EB, name="error_response_json")
ARN = Touch(module=_EB, name="parse_arn", parameters=("value",))
ACCOUNT = Touch(module=_EB, name="get_account_id")
REGION = Touch(module=_EB, name="get_region")
SCOPE = Touch(
    module="ministack.core.responses", name="request_scope", parameters=("account_id", "region")
)
TOUCHED = (
    PUT_EVENTS, TO_BUS, DISPATCH, BUSES, POLICIES, LOG, NEW_ID, NOW, JSON, FAIL, ARN, ACCOUNT,
    REGION, SCOPE,
)  # fmt: skip

MAX_ENTRIES = 10


def _listed(value: Any) -> list[str]:
    return [str(one) for one in (value if isinstance(value, list) else [value])]


def _principal_is(principal: Any, account: str) -> bool:
    named = principal.get("AWS", []) if isinstance(principal, dict) else principal
    for one in _listed(named):
        if one in ("*", account) or one.startswith(f"arn:aws:iam::{account}:"):
            return True
    return False


def _context(account: str, event: Mapping[str, Any]) -> dict[str, str]:
    return {
        "aws:principalaccount": account,
        "aws:sourceaccount": account,
        "events:creatoraccount": account,
        "events:source": str(event.get("Source", "")),
        "events:detail-type": str(event.get("DetailType", "")),
        **({"aws:principalorgid": WORLD.organization} if account in WORLD.accounts else {}),
    }


def _holds(operator: str, given: str | None, wanted: list[str]) -> bool:
    name = operator.rpartition(":")[2]
    if given is None:
        return name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    like = any(fnmatchcase(given, want) for want in wanted)
    known = {
        "StringEquals": given in wanted,
        "StringNotEquals": given not in wanted,
        "StringLike": like,
        "StringNotLike": not like,
        "ArnLike": like,
        "ArnEquals": like,
    }
    return known.get(name, False)


def _conditions_hold(statement: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    return all(
        _holds(operator, context.get(key.lower()), _listed(wanted))
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, wanted in keys.items()
    )


def allows(policy: Any, account: str, bus_arn: str, event: Mapping[str, Any]) -> bool:
    """Whether a bus's policy lets `account` put `event` on it; an explicit Deny wins."""
    document = json.loads(policy) if isinstance(policy, str) else policy or {}
    context = _context(account, event)
    allowed = False
    for statement in document.get("Statement", []):
        actions, resources = _listed(statement.get("Action")), _listed(statement.get("Resource"))
        if not (
            any(fnmatchcase("events:PutEvents", action) for action in actions)
            and any(fnmatchcase(bus_arn, resource) for resource in resources)
            and _principal_is(statement.get("Principal"), account)
            and _conditions_hold(statement, context)
        ):
            continue
        if statement.get("Effect") == "Deny":
            return False
        allowed = True
    return allowed


def _policy(bus: str) -> Any:
    return POLICIES.current().get(bus) or (BUSES.current().get(bus) or {}).get("Policy")


def _deliver(spec: Any, event: dict[str, Any], sender: str) -> str:
    """Put `event` on the foreign bus; returns an error code, or nothing when it is there."""
    with SCOPE.current()(spec.account_id, spec.region):
        bus = spec.resource.partition("/")[2]
        if bus != "default" and bus not in BUSES.current():
            return "ResourceNotFoundException"
        crossing = spec.account_id != sender
        if crossing and not allows(_policy(bus), sender, str(spec), event):
            return "AccessDeniedException"
        DISPATCH.current()({**event, "EventBusName": bus})
    return ""


def _foreign(name: str) -> Any:
    """The parsed ARN of a bus that is not in the current account and Region, or None."""
    if not name.startswith("arn:"):
        return None
    spec = ARN.current()(name)
    here = (ACCOUNT.current()(), REGION.current()())
    is_bus = spec.service == "events" and spec.resource.startswith("event-bus/")
    return spec if is_bus and (spec.account_id, spec.region) != here else None


def _put_foreign(spec: Any, entry: Mapping[str, Any], aws: bool) -> dict[str, Any]:
    if str(entry.get("Source", "")).startswith("aws.") and not aws:
        code, text = "NotAuthorizedForSourceException", "Not authorized for the source."
        return {"ErrorCode": code, "ErrorMessage": text}
    event = {
        "EventId": NEW_ID.current()(),
        "Source": entry.get("Source", ""),
        "DetailType": entry.get("DetailType", ""),
        "Detail": entry.get("Detail", "{}"),
        "Time": int(NOW.current()()),
        "Resources": entry.get("Resources", []),
        "Account": ACCOUNT.current()(),
        "Region": REGION.current()(),
    }
    wrong = _deliver(spec, event, event["Account"])
    if wrong:
        return {"ErrorCode": wrong, "ErrorMessage": f"events:PutEvents on {spec}: {wrong}"}
    return {"EventId": event["EventId"]}


def _put_events(original: Any) -> Any:
    def put(data: dict[str, Any], allow_aws_source: bool = False) -> Any:
        entries = data.get("Entries", [])
        foreign = [_foreign(str(entry.get("EventBusName") or "default")) for entry in entries]
        if not any(foreign) or len(entries) > MAX_ENTRIES:
            return original(data, allow_aws_source)
        results: list[dict[str, Any]] = []
        for spec, entry in zip(foreign, entries, strict=True):
            if spec is None:
                answer = original({"Entries": [entry]}, allow_aws_source)
                results += json.loads(answer[2])["Entries"]
            else:
                results.append(_put_foreign(spec, entry, allow_aws_source))
        # AWS refuses the whole call where a bus's policy does not admit the caller.
        for result in results:
            if result.get("ErrorCode") == "AccessDeniedException":
                return FAIL.current()("AccessDeniedException", result["ErrorMessage"], 400)
        failed = sum("ErrorCode" in result for result in results)
        return JSON.current()({"FailedEntryCount": failed, "Entries": results})

    return put


def _to_bus(original: Any) -> Any:
    def dispatch(
        spec: Any, event: dict[str, Any], rule: Any, event_path: Any, payload: Any = None
    ) -> None:
        if _foreign(str(spec)) is None:
            original(spec, event, rule, event_path, payload)
            return
        sent = {key: value for key, value in event.items() if key != "_DispatchPath"}
        if payload is not None:
            sent["Detail"] = payload
        wrong = _deliver(spec, sent, ACCOUNT.current()())
        if wrong:
            LOG.current().warning("rule %s to bus %s: %s", rule.get("Name"), spec, wrong)

    return dispatch


def install() -> None:
    """Let PutEvents and rules reach buses of other accounts and Regions."""
    replace(PUT_EVENTS, _put_events)
    replace(TO_BUS, _to_bus)
