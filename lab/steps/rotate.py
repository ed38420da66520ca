"""An API wants another key from now on; `{key.NAME}` stands for the new one then.

With `secret`, the SSM parameter of that name gets it at the same moment, as a rotation by one
program would do it; else somebody has to type that.
"""

from typing import Any

from lab.world import processes
from lab.world.live import LiveWorld

KIND = "rotate"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    api, key = str(arguments["api"]), str(arguments["key"])
    processes.data_plane("/keys", method="POST", body={"api": api, "key": key})
    live.ids[f"key.{api}"] = key
    if "secret" in arguments:
        live.client("ssm").put_parameter(
            Name=str(arguments["secret"]), Value=key, Type="SecureString", Overwrite=True
        )
