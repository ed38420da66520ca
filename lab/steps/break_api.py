"""Break an API inside and outside with a status, or mend it: no change of infrastructure.

`for_seconds`: it mends itself after so many lab seconds.
"""

from typing import Any

from lab.world import processes
from lab.world.live import LiveWorld

KIND = "break"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    if "mend" in arguments:
        processes.data_plane("/faults", method="DELETE", body={"api": arguments["mend"]})
        return
    body = {"api": arguments["api"], "status": arguments["status"], "until": None}
    if "for_seconds" in arguments:
        body["until"] = live.clock.now_at() + float(arguments["for_seconds"])
    if "vpc" in arguments:
        body["vpc"] = live.ids[f"vpc.{arguments['vpc']}"]
    if "retry_after" in arguments:
        body["retry_after"] = arguments["retry_after"]
    processes.data_plane("/faults", method="POST", body=body)
