"""What IAM was asked of each role and what it said: the record behind GET /_lab/permissions.

Finer than the record of callers: a call may need several permissions (each item of a transaction),
and a refused one is told from one that was allowed.
"""

import threading
from collections import Counter
from typing import Any

_lock = threading.Lock()
_asked: Counter[tuple[str, str, str, bool]] = Counter()


def note(role: str, action: str, resource: str, *, allowed: bool) -> None:
    """Count one decision. `role` is the name of the caller's role, "" for who has none."""
    with _lock:
        _asked[role, action, resource, allowed] += 1


def all_asked() -> list[dict[str, Any]]:
    """Every decision that was made, with how often, in the order of role, action and resource."""
    with _lock:
        counted = sorted(_asked.items())
    return [
        {"role": role, "action": action, "resource": resource, "allowed": allowed, "times": times}
        for (role, action, resource, allowed), times in counted
    ]
