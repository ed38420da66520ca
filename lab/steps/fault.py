"""Make AWS refuse calls, or end who makes them, by the front door's fault rules.

`clear` takes the rule of that name away; `met` waits until it has met a call, since a rule that
meets none shows nothing.
"""

from typing import Any

from lab.looks import until
from lab.world import processes
from lab.world.live import LiveWorld

KIND = "fault"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    if "clear" in arguments:
        processes.emulator(f"/_lab/faults/{arguments['clear']}", method="DELETE")
        return
    if "met" in arguments:
        name = str(arguments["met"])
        until(
            live,
            arguments.get("within_looks", 1),
            lambda: _met(name) > 0,
            lambda: f"the fault {name!r} to meet a call",
        )
        return
    body = {k: v for k, v in arguments.items() if k not in ("note", "for_seconds")}
    if "for_seconds" in arguments:
        body["until"] = live.clock.now_at() + float(arguments["for_seconds"])
    processes.emulator("/_lab/faults", method="POST", body=body)


def _met(name: str) -> int:
    return int(processes.emulator("/_lab/faults").get(name, 0))
