"""Entry inside the sealed namespaces: `python -m lab.iam.inside JOB`, JOB being JSON.

{"course": path, "directory": path, "out": path, "scale": lab seconds in a real one,
 "removals": roles whose permissions are then taken away, "only": actions, all when empty}
"""

import json
import sys
from pathlib import Path
from typing import Any

from lab import evidence
from lab.iam import removals, used
from lab.looks import NotSeen
from lab.scenario import Scenario, load
from lab.steps import KINDS
from lab.world import start
from lab.world.live import LiveWorld
from lab.world.model import from_document


def main(argv: list[str]) -> int:
    """Play the course in a world of its own, then the removals; what was seen goes to `out`."""
    job: dict[str, Any] = json.loads(argv[0])
    course, directory = load(Path(job["course"])), Path(job["directory"])
    world = from_document(course.world | {"scale": job["scale"]}, course.name)
    with start.running(world, directory) as live:
        start.install(live, course, by_sam=False)
        start.place(live, course)
        start.register(live, course.register, course.secrets)
        why = _played(live, course)
        told: dict[str, Any] = {"why": why, "used": used.used(live)}
        told["refused"] = used.used(live, allowed=False)
        told["removals"] = [] if why else _removed(live, job)
        Path(job["out"]).write_text(json.dumps(told, indent=1))
        evidence.keep(live)
    return 1 if why else 0


def _played(live: LiveWorld, course: Scenario) -> str:
    """Play its steps; "" or what was waited for in vain."""
    live.began_at = live.clock.now_at()
    for number, (kind, arguments) in enumerate(course.steps, 1):
        print(f"course {number}: {kind}", flush=True)
        try:
            KINDS[kind].run(live, arguments)
        except NotSeen as error:
            return f"step {number}, {kind}: {error}"
    return ""


def _removed(live: LiveWorld, job: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = [
        one
        for one in removals.removals()
        if one.role in job["removals"] and (not job["only"] or one.action in job["only"])
    ]
    found = []
    if wanted:
        removals.quicken(live)
    for one in wanted:
        removals.alive(live)
        found.append(removals.take_away(live, one))
        print(found[-1], flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
