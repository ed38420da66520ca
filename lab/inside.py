"""Entry inside the sealed namespaces: `python -m lab.inside JOB`, JOB being JSON.

{"do": "run", "scenario": path, "seed", "scale", "directory", "by_sam", "narrate", "out": path}
{"do": "up", "scenario": path, "scale", "directory"}
"""

import io
import json
import sys
from pathlib import Path
from typing import Any

from lab import runner, upkeep
from lab.narrator import Storyteller
from lab.scenario import load


def main(argv: list[str]) -> int:
    job: dict[str, Any] = json.loads(argv[0])
    if job["do"] == "up":
        return upkeep.keep_up(load(Path(job["scenario"])), Path(job["directory"]), job["scale"])
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
