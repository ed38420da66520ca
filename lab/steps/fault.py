"""Make AWS refuse calls (`fault`), or stop refusing (`clear`), by the front door's fault rules."""

from typing import Any

from lab.world import processes
from lab.world.live import LiveWorld

KIND = "fault"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    if "clear" in arguments:
        processes.emulator(f"/_lab/faults/{arguments['clear']}", method="DELETE")
        return
    body = {k: v for k, v in arguments.items() if k not in ("note", "for_seconds")}
    if "for_seconds" in arguments:
        body["until"] = live.clock.now_at() + float(arguments["for_seconds"])
    processes.emulator("/_lab/faults", method="POST", body=body)
