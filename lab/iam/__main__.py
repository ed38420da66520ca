"""`make iam`: what each role may do, held against what it did; build/results/iam.json.

python -m lab.iam OUT.json
"""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lab import sealed, tools
from lab.iam import grants, removals
from lab.iam.removals import Removal
from lab.iam.used import Count, Used, counts

ROOT = Path(__file__).resolve().parents[2]
SCALE = 10.0
RUN_SECONDS = 1500
COMMAND = "make iam"
HERE = Path(__file__).parent
WORLDS: dict[str, tuple[Path, tuple[str, ...]]] = {
    "checker": (HERE / "course.yaml", ("member.yaml CheckerRole",)),
    "others": (HERE / "course.yaml", ("member.yaml RecorderRole", "template.yaml AlerterRole")),
    "placer": (HERE / "placing.yaml", ("member.yaml PlacerRole",)),
}
"""What each world plays, and whose permissions are then taken away in it."""
SIDE_BY_SIDE = 2
Row = dict[str, Any]


def row(name: str, value: Any, goal: str | None, unit: str = "actions") -> Row:
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "goal": goal,
        "peer": None,
        "ratio": None,
        "command": COMMAND,
    }


def rows(found: list[Count]) -> list[Row]:
    """Each role's figures, then their sums; what is unused or refused is named in the row."""
    made = []
    for one in found:
        made.append(row(f"allowed_actions {one.role}", len(one.allowed), None))
        made.append(row(f"used_actions {one.role}", len(one.used), None))
        made.append(row(f"used_by_aws_itself {one.role}", len(one.by_aws), None))
        unused = row(f"unused_actions {one.role}", len(one.unused), "0")
        made.append(unused | {"actions": list(one.unused)})
    made.append(row("allowed_actions", sum(len(one.allowed) for one in found), None))
    made.append(row("used_actions", sum(len(one.used) for one in found), None))
    made.append(row("used_by_aws_itself", sum(len(one.by_aws) for one in found), None))
    made.append(row("used_elsewhere", sum(len(one.elsewhere) for one in found), None))
    made.append(row("unused_actions", sum(len(one.unused) for one in found), "0"))
    refused = [f"{one.role} {action}" for one in found for action in one.refused]
    made.append(row("refused_actions", len(refused), "0") | {"actions": refused})
    return made + wildcards()


def wildcards() -> list[Row]:
    """Statements for every resource, and those for a pattern of names; each has its reason."""
    wide = [s for s in grants.statements() if s.is_for_all]
    patterns = [s for s in grants.statements() if s.has_pattern]
    bare = [s for s in (*wide, *patterns) if not grants.reasons()[s.name].wildcard]
    each = {s.name: grants.reasons()[s.name].wildcard for s in (*wide, *patterns)}
    return [
        row("wildcard_resources", len(wide), "each with its reason", "statements")
        | {"reasons": {s.name: each[s.name] for s in wide}},
        row("pattern_resources", len(patterns), "each with its reason", "statements")
        | {"reasons": {s.name: each[s.name] for s in patterns}},
        row("wildcards_without_reason", len(bare), "0", "statements"),
    ]


def world(name: str, folder: Path, only: list[str]) -> dict[str, Any]:
    """What came of one of WORLDS: its course, then the removals."""
    course, roles = WORLDS[name]
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / "told.json"
    job = {
        "course": str(course),
        "directory": str(folder),
        "out": str(out),
        "scale": SCALE,
        "removals": roles,
        "only": only,
    }
    argv = sealed.command([sys.executable, "-m", "lab.iam.inside", json.dumps(job)])
    with (folder / "run.log").open("wb") as log:
        code = subprocess.run(
            argv,
            cwd=ROOT,
            env=sealed.cleaned(os.environ),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            timeout=RUN_SECONDS,
        ).returncode
    if not out.is_file():
        tail = (folder / "run.log").read_text(errors="replace")[-1500:]
        why = f"the world ended with {code}: {tail}"
        return {"why": why, "used": {}, "refused": {}, "removals": []}
    told: dict[str, Any] = json.loads(out.read_text())
    return told


def removed(told: list[dict[str, Any]], wanted: list[Removal]) -> list[Row]:
    """How many of the permissions that were taken away showed, and which did not."""
    signs = {one["removal"]: one for each in told for one in each["removals"]}
    silent = [one.name for one in wanted if not signs.get(one.name, {}).get("sign")]
    harmless = {one.name: one.harmless for one in wanted if one.harmless}
    return [
        row("removed_actions", len(wanted), None) | {"signs": list(signs.values())},
        row("removed_harmlessly", len(harmless), "each with its reason") | {"reasons": harmless},
        row("removed_silently", len(silent), "0") | {"actions": silent},
    ]


def together(told: list[dict[str, Any]], key: str) -> Used:
    """What the roles did in all worlds."""
    found = Used()
    for each in told:
        for role, actions in each[key].items():
            into = found.setdefault(role, {})
            for action, times in actions.items():
                into[action] = into.get(action, 0) + times
    return found


def main(argv: list[str]) -> int:
    """0 when every figure meets its goal. Further arguments: the only actions to take away."""
    tools.check()
    folder, only = Path(tempfile.mkdtemp(prefix="gatewatch-iam-")), argv[1:]
    print(f"logs in {folder}", file=sys.stderr)
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
        told = list(pool.map(lambda name: world(name, folder / name, only), WORLDS))
    wanted = [one for one in removals.removals() if not only or one.action in only]
    found = counts(together(told, "used"), together(told, "refused"))
    made = rows(found) + removed(told, wanted)
    out = Path(argv[0])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(made, indent=1) + "\n")
    for one in made:
        print(f"{one['name']:<58} {one['value']!s:>5} {one['unit']:<10} {one['goal'] or ''}")
        for action in one.get("actions", ()):
            print(f"    {action}")
    why = [each["why"] for each in told if each["why"]]
    print("".join(f"the course did not end: {one}\n" for one in why), end="", file=sys.stderr)
    missed = [one for one in made if one["goal"] == "0" and one["value"]]
    return 1 if missed or why or grants.missing() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
