"""make fuzz: every target with a larger budget; the table, and build/results/fuzz.json.

python -m tests.fuzz [--examples N] [--seed S] RESULTS
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.looks import NotSurvived
from tests.fuzz.targets import TARGETS


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.fuzz")
    reader.add_argument("--examples", type=int, default=10_000)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("results", type=Path)
    given = reader.parse_args()
    command = f"make fuzz EXAMPLES={given.examples} SEED={given.seed}"
    rows, failed = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for name, target in TARGETS.items():
            began = time.monotonic()
            became: Counter[str] = Counter()
            try:
                became = target(given.examples, given.seed, Path(folder))
            except NotSurvived as error:
                failed += 1
                print(f"{name}: {error}", file=sys.stderr)
            seconds = time.monotonic() - began
            told = ", ".join(f"{what} {count}" for what, count in became.most_common())
            print(f"{name:10} {sum(became.values()):8} inputs {seconds:7.1f} s  {told}")
            rows.append(
                {
                    "name": f"{name}_inputs",
                    "value": sum(became.values()),
                    "unit": "inputs",
                    "goal": given.examples,
                    "peer": None,
                    "ratio": None,
                    "command": command,
                }
            )
    rows.append(
        {
            "name": "not_survived",
            "value": failed,
            "unit": "targets",
            "goal": 0,
            "peer": None,
            "ratio": None,
            "command": command,
        }
    )
    given.results.parent.mkdir(parents=True, exist_ok=True)
    given.results.write_text(json.dumps(rows, indent=1) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
