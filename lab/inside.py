"""Entry inside the sealed namespaces: `python -m lab.inside JOB`, JOB being JSON.

{"do": "run", "scenario": path, "seed", "scale", "directory", "by_sam", "narrate", "out": path}
{"do": "up", "scenario": path, "scale", "directory"}
"""

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
    narrator = Storyteller(sys.stdout) if job.get("narrate") else runner.Silence()
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
