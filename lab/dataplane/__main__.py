"""The data plane's process, inside a sealed world: `python -m lab.dataplane`.

Reads GATEWATCH_WORLD (world file), GATEWATCH_LAB_DIR (the world's folder), GATEWATCH_CLOCK, and
GATEWATCH_EMULATOR (default http://127.0.0.1:4566). Exit code 3 when the place is not sealed.
"""

import asyncio
import os
import socket
import sys
from pathlib import Path

from lab import sealed
from lab.dataplane import control, serving, trust
from lab.dataplane.follow import Follower
from lab.dataplane.fronts import Fronts
from lab.world.model import WorldError, load
from probing.clock import Clock


async def _run(world_file: Path, lab_dir: Path, url: str) -> None:
    world, clock = load(world_file), Clock.from_environment()
    fronts = Fronts(world, clock, trust.authority(lab_dir))
    follower = Follower(url, world, clock, fronts)
    await follower.start()
    listener = socket.create_server((control.ADDRESS, control.PORT))
    listener.setblocking(False)
    door = control.Control(world, follower, fronts)
    async with await serving.serve(listener, door.answer):
        await follower.run()


def main() -> int:
    """Run until killed."""
    missing = [name for name in ("GATEWATCH_WORLD", "GATEWATCH_LAB_DIR") if name not in os.environ]
    if missing:
        print(f"data plane: set {' and '.join(missing)}", file=sys.stderr)
        return 2
    if not sealed.RUN.is_dir() or sealed.default_route():
        print("data plane: runs only in a sealed world (lab.sealed)", file=sys.stderr)
        return sealed.EXIT_CANNOT_SEAL
    url = os.environ.get("GATEWATCH_EMULATOR", "http://127.0.0.1:4566")
    try:
        asyncio.run(
            _run(Path(os.environ["GATEWATCH_WORLD"]), Path(os.environ["GATEWATCH_LAB_DIR"]), url)
        )
    except WorldError as error:
        print(f"data plane: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
