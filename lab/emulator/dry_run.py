"""EC2's DryRun: permissions are checked, nothing is done, the answer is DryRunOperation.

MiniStack would carry the call out. It checks permissions before it hands the call to EC2, so EC2's
entrance is where a dry run has to end.
"""

from typing import Any
from urllib.parse import parse_qs

from lab.emulator.interfaces import ERROR
from lab.emulator.touched import Touch, replace

ENTRANCE = Touch(
    module="ministack.services.ec2",
    name="handle_request",
    parameters=("method", "path", "headers", "body", "query_params"),
)
TOUCHED = (ENTRANCE,)
SAID = "Request would have succeeded, but DryRun flag is set."


def _is_dry(body: Any, query: Any) -> bool:
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body or "")
    given = parse_qs(text).get("DryRun") or query.get("DryRun") or [""]
    return str(given[0]).lower() == "true"


def _ending_dry_runs(original: Any) -> Any:
    async def handle(method: str, path: str, headers: Any, body: Any, query_params: Any) -> Any:
        if _is_dry(body, query_params):
            return ERROR.current()("DryRunOperation", SAID, 412)
        return await original(method, path, headers, body, query_params)

    return handle


def install() -> None:
    """End dry runs at EC2's entrance."""
    replace(ENTRANCE, _ending_dry_runs)
