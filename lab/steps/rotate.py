"""An API wants another key from now on; `{key.NAME}` stands for the new one then.

What Gatewatch knows of it is the registered secret's business: somebody types that change.
"""

from typing import Any

from lab.world import processes
from lab.world.live import LiveWorld

KIND = "rotate"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    api, key = str(arguments["api"]), str(arguments["key"])
    processes.data_plane("/keys", method="POST", body={"api": api, "key": key})
    live.ids[f"key.{api}"] = key
