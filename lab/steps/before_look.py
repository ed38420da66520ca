"""Let time pass until `seconds` before the next look that the schedule sends to a `vpc`.

So that what follows is seen by that look, and by how many of its probes, at every scale.
"""

from typing import Any

from checker.rate import offset_of
from checker.tick import next_at
from lab.world.live import LiveWorld

KIND = "before_look"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    before = float(arguments["seconds"])
    account = live.home(arguments["vpc"]).account
    offset = offset_of(account, live.ids[f"vpc.{arguments['vpc']}"])
    live.clock.sleep_until(next_at(live.clock.now_at() + before, offset) - before)
