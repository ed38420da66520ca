"""Entry inside the sealed namespaces: `python -m lab.inside JOB`, JOB being JSON.

{"do": "run", "scenario": path, "seed", "scale", "directory", "by_sam", "narrate", "out": path}
{"do": "up", "scenario": path, "scale", "delays", "directory"}
"""

import io
import json
import sys
from pathlib import Path
from typing import Any

from lab import runner, upkeep
from lab.narrator import Storyteller
from lab.scenario import load
from lab.sealed import EXIT_CANNOT_SEAL, CannotSeal
from lab.tools import ToolMissing
from lab.world.deploy import DeployFailed
from lab.world.model import WorldError, from_document
from lab.world.processes import NotReady
from placer.calls import PlaceError


def main(argv: list[str]) -> int:
    job: dict[str, Any] = json.loads(argv[0])
    try:
        return _up(job) if job["do"] == "up" else _run(job)
    except (CannotSeal, ToolMissing, WorldError, NotReady, DeployFailed, PlaceError) as error:
        print(f"lab: {error}\nlogs: {job['directory']}", file=sys.stderr)
        return 2 if isinstance(error, WorldError) else EXIT_CANNOT_SEAL


def _up(job: dict[str, Any]) -> int:
    scenario = load(Path(job["scenario"]))
    given = scenario.world | {"scale": job["scale"]}
    given["delays"] = given.get("delays", {}) | job["delays"]
    world = from_document(given, scenario.name)
    return upkeep.keep_up(scenario, world, Path(job["directory"]))


def _run(job: dict[str, Any]) -> int:
    narrator = _narrator(job)
    row = runner.run(
        runner.Run(
            scenario=load(Path(job["scenario"])),
            directory=Path(job["directory"]),
            seed=int(job["seed"]),
            scale=float(job["scale"]),
            by_sam=bool(job.get("by_sam")),
            narrator=narrator,
        )
    )
    Path(job["out"]).write_text(json.dumps(row))
    return 0 if row["ok"] else 1


def _narrator(job: dict[str, Any]) -> runner.Narrator:
    """For people, for data alone, or none."""
    if not job.get("narrate"):
        return runner.Silence()
    return Storyteller(sys.stdout if job["narrate"] == "text" else io.StringIO())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
