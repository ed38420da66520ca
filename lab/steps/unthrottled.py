"""For so many looks no function of others was throttled, though each went on working.

`at_most`: how many executions of all functions of an account and Region may have run at once.
"""

from typing import Any

from lab.looks import LOOK_SECONDS, NotSeen
from lab.world import processes
from lab.world.live import LiveWorld

KIND = "unthrottled"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    before = [one.told["ran"] for one in live.neighbours]
    live.clock.sleep_seconds(float(arguments["looks"]) * LOOK_SECONDS)
    for ran, one in zip(before, live.neighbours, strict=True):
        if set(one.told) - {"ran"} or one.told["ran"] <= ran:
            raise NotSeen(f"a function of others was to work undisturbed: {dict(one.told)}")
    counted = processes.emulator("/_lab/concurrency")
    at_most = int(arguments.get("at_most", counted["limit"]))
    beyond = {where: peak for where, peak in counted["peaks"].items() if peak > at_most}
    if beyond:
        raise NotSeen(f"at most {at_most} executions at once; there were {beyond}")
