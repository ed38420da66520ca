"""Build a VPC that the world holds back until now (`later: true`)."""

from typing import Any

from lab.world import build
from lab.world.live import LiveWorld

KIND = "build"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    build.build_vpc(live, str(arguments["vpc"]))
