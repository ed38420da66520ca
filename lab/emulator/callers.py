"""Who called what: the record behind GET /_lab/callers."""

import itertools
import threading
from collections import deque
from typing import Any

from lab.emulator.calls import Call
from lab.emulator.clock import now_at

KEPT = 50_000
_lock = threading.Lock()
_number = itertools.count(1)
_calls: deque[dict[str, Any]] = deque(maxlen=KEPT)


def note(call: Call, principal_arn: str, account: str, status: int) -> None:
    """Keep one call with its answer's status."""
    with _lock:
        _calls.append(
            {
                "n": next(_number),
                "at": now_at(),
                "access_key": call.access_key,
                "principal": principal_arn,
                "account": account,
                "region": call.region,
                "service": call.service,
                "action": call.action,
                "status": status,
                "user_agent": call.request.headers.get("user-agent", ""),
            }
        )


def since(number: int) -> list[dict[str, Any]]:
    """The calls after the one numbered `number`, in order."""
    with _lock:
        return [call for call in _calls if call["n"] > number]
