"""For so many looks nothing more may be said in `to` (page, chat or any)."""

from typing import Any

from lab.looks import LOOK_SECONDS, NotSeen
from lab.world.live import LiveWorld

KIND = "silent"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    to = None if arguments.get("to", "any") == "any" else arguments["to"]
    before = len(live.heard.heard(to))
    live.clock.sleep_seconds(float(arguments["looks"]) * LOOK_SECONDS)
    more = live.heard.heard(to)[before:]
    if more:
        told = "; ".join(f"[{m.to} {m.reason}] {m.text[:200]}" for m in more)
        raise NotSeen(f"wanted silence for {arguments['looks']} looks, heard: {told}")
