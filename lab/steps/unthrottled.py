"""For so many looks no function of others was throttled, though each went on working.

`at_most`: how many executions of all functions of an account and Region may have run at once.
"""

from collections import Counter
from typing import Any

from lab.looks import LOOK_SECONDS, NotSeen
from lab.world import processes
from lab.world.live import LiveWorld

KIND = "unthrottled"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    before = [Counter(one.told) for one in live.neighbours]
    live.clock.sleep_seconds(float(arguments["looks"]) * LOOK_SECONDS)
    after = [Counter(one.told) for one in live.neighbours]
    counted = processes.emulator("/_lab/concurrency")
    wrong = disturbed(before, after) or beyond(counted, arguments.get("at_most"))
    if wrong:
        raise NotSeen(wrong)


def disturbed(before: list[Counter[str]], after: list[Counter[str]]) -> str:
    """Whose work was refused or stood still, by how its calls ended; "" when nobody's."""
    for was, now in zip(before, after, strict=True):
        if set(now) - {"ran"} or now["ran"] <= was["ran"]:
            return f"a function of others was to work undisturbed: {dict(now)}"
    return ""


def beyond(counted: dict[str, Any], at_most: int | None) -> str:
    """Where more ran at once than may; "" where nothing did. `counted`: as the emulator tells."""
    most = counted["limit"] if at_most is None else at_most
    peaks = {where: peak for where, peak in counted["peaks"].items() if peak > most}
    return f"at most {most} executions at once; there were {peaks}" if peaks else ""
