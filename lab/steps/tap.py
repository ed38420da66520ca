"""Hold, drop, delay or duplicate CloudTrail events on their way to EventBridge."""

import json
from typing import Any

from lab.world import processes
from lab.world.live import LiveWorld

KIND = "tap"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    body = json.loads(live.expand(json.dumps({k: v for k, v in arguments.items() if k != "note"})))
    processes.emulator("/_lab/tap", method="POST", body=body)
