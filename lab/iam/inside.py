"""Entry inside the sealed namespaces: `python -m lab.iam.inside JOB`, JOB being JSON.

{"directory": path, "out": path, "scale": lab seconds in a real one}
"""

import json
import sys
from pathlib import Path
from typing import Any

from lab import evidence, runner
from lab.iam import used
from lab.looks import NotSeen
from lab.scenario import Scenario, load
from lab.steps import KINDS
from lab.world import start
from lab.world.live import LiveWorld
from lab.world.model import from_document

COURSE = Path(__file__).parent / "course.yaml"


def main(argv: list[str]) -> int:
    """Play the course in a world of its own; what its roles used goes to `out`."""
    job: dict[str, Any] = json.loads(argv[0])
    course, directory = load(COURSE), Path(job["directory"])
    world = from_document(course.world | {"scale": job["scale"]}, course.name)
    with start.running(world, directory) as live:
        start.install(live, runner.STACK_DEFAULTS | course.stack, by_sam=False)
        start.place(live, course.place)
        start.register(live, course.register, course.secrets)
        why = _played(live, course)
        told = _told(live, why)
        Path(job["out"]).write_text(json.dumps(told, indent=1))
        if why:
            evidence.keep(live)
    return 1 if why else 0


def _played(live: LiveWorld, course: Scenario) -> str:
    """Play its steps; "" or what was waited for in vain."""
    live.began_at = live.clock.now_at()
    for number, (kind, arguments) in enumerate(course.steps, 1):
        try:
            KINDS[kind].run(live, arguments)
        except NotSeen as error:
            return f"step {number}, {kind}: {error}"
    return ""


def _told(live: LiveWorld, why: str) -> dict[str, Any]:
    return {"why": why, "used": used.used(live), "refused": used.used(live, allowed=False)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
