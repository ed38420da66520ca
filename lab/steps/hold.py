"""Let lab time pass, `seconds` of it."""

from typing import Any

from lab.world.live import LiveWorld

KIND = "hold"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    live.clock.sleep_seconds(float(arguments["seconds"]))
