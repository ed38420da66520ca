"""`make guard`: every target through whole looks in a namespace of its own, counted by the kernel.

    python -m tests.guard FILE [--one-in N]

Writes the rows to FILE; exits 1 when a goal is missed. With --one-in only each Nth target is tried
and the goals of how many are left out.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from lab import sealed
from tests.guard import inside


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.guard")
    parser.add_argument("file", type=Path)
    parser.add_argument("--one-in", type=int, default=1, metavar="N")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        sealed.enter_guard()
        print(json.dumps(inside.measured(given.one_in)))
        return 0
    rows, lines = _in_a_world(given.one_in)
    given.file.parent.mkdir(parents=True, exist_ok=True)
    given.file.write_text(json.dumps(rows, indent=1) + "\n")
    for row in rows:
        goal = "" if row["goal"] is None else f"goal {row['goal']}"
        print(f"{row['name']:<22} {row['value']:>8} {row['unit']:<10} {goal}")
    print("\n".join(lines), file=sys.stderr)
    return 0 if all(_met(row) for row in rows) else 1


def _in_a_world(one_in: int) -> tuple[list[dict[str, Any]], list[str]]:
    own = [sys.executable, "-m", "tests.guard", os.devnull, "--inside", "--one-in", str(one_in)]
    environment = sealed.cleaned(os.environ) | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        sealed.command(own), stdout=subprocess.PIPE, text=True, check=True, env=environment
    )
    told = json.loads(done.stdout)
    return told["rows"], told["lines"]


def _met(row: dict[str, Any]) -> bool:
    if row["goal"] is None:
        return True
    sign, number = row["goal"].split()
    return {"=": row["value"] == int(number), ">=": row["value"] >= int(number)}[sign]


if __name__ == "__main__":
    sys.exit(main())
