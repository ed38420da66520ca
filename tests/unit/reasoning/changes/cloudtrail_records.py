"""CloudTrail records as tests want them: a good one, with what the test says changed."""

import copy
import json
from pathlib import Path
from typing import Any

RECORDER = Path(__file__).resolve().parents[4] / "events" / "recorder"
ACCOUNT = "111122223333"


def sample(name: str) -> dict[str, Any]:
    """A file of events/recorder, by its name without the suffix."""
    data: dict[str, Any] = json.loads((RECORDER / f"{name}.json").read_text(encoding="utf-8"))
    return data


def a_record(of: str = "ec2.CreateVpcEndpoint", **changed: Any) -> dict[str, Any]:
    """The bare record of a sample; a value of ... takes the key away."""
    event = sample(of)
    record = copy.deepcopy(event.get("detail", event))
    for key, value in changed.items():
        record[key] = value
        if value is ...:
            del record[key]
    return record


def assumed(role: str, session: str, **more: Any) -> dict[str, Any]:
    """userIdentity of a role session."""
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}",
        "accountId": ACCOUNT,
        "sessionContext": {"sessionIssuer": {"type": "Role", "userName": role}},
        **more,
    }
