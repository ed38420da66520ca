"""An endpoint's policy, held against a call that nobody signed: pure.

Decided here: whether the policy lets the call through, and in which words AWS refuses it (API
Gateway guide "Use VPC endpoint policies", recorded responses). Not copied: conditions; a statement
that has any applies to no call.
"""

import json
import re
from enum import StrEnum
from typing import Any

ACTION = "execute-api:invoke"


class Verdict(StrEnum):
    """What a policy says of a call."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not_allowed"
    DENIED = "denied"


_REASONS = {
    Verdict.NOT_ALLOWED: "because no VPC endpoint policy allows the execute-api:Invoke action",
    Verdict.DENIED: "with an explicit deny in a VPC endpoint policy",
}


def judge(policy: str | None, resource: str) -> Verdict:
    """Hold `policy` (JSON; None: the default, which allows all) against a call to `resource`."""
    if policy is None:
        return Verdict.ALLOWED
    statements = _list(json.loads(policy).get("Statement"))
    effects = {one.get("Effect") for one in statements if _applies(one, resource)}
    if "Deny" in effects:
        return Verdict.DENIED
    return Verdict.ALLOWED if "Allow" in effects else Verdict.NOT_ALLOWED


def refusal(verdict: Verdict, resource: str) -> str:
    """AWS's sentence for a call that the policy does not let through."""
    starred = re.sub(r":\d{8}(\d{4}):", r":********\1:", resource)
    said = (
        f"User: anonymous is not authorized to perform: execute-api:Invoke on resource: {starred}"
    )
    return f"{said} {_REASONS[verdict]}"


def _applies(statement: dict[str, Any], resource: str) -> bool:
    principal = statement.get("Principal", "*")
    everybody = principal == "*" or (
        isinstance(principal, dict) and "*" in _list(principal.get("AWS"))
    )
    return (
        everybody
        and not statement.get("Condition")
        and any(_fits(one.lower(), ACTION) for one in _list(statement.get("Action")))
        and any(_fits(one, resource) for one in _list(statement.get("Resource", "*")))
    )


def _fits(pattern: str, text: str) -> bool:
    # A resource may be written short, "execute-api:/*", and then means this account and Region.
    if pattern.startswith("execute-api:/"):
        return _fits("*:" + pattern.removeprefix("execute-api:/"), text)
    parts = (re.escape(one).replace(r"\?", ".") for one in pattern.split("*"))
    return re.fullmatch(".*".join(parts), text) is not None


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
