"""make leaks: every secret, looked for in all that comes out.

python -m tests.leaks [--every N] [--seed S] RESULTS
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.leaks.whole import leaks

COMMAND = "make leaks"
GOAL = 10_000
SHOWN = 100


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.leaks")
    reader.add_argument("--every", type=int, default=1)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("results", type=Path)
    given = reader.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        haul = leaks(Path(folder), seed=given.seed, every=given.every)
    search = haul.search
    for kind, count in haul.kinds.most_common():
        hits = sum(where.startswith(kind) for where, _, _ in search.hits)
        print(f"{kind:24} {count:8} searched {hits:5} hits")
    print(f"{'together':24} {search.artefacts:8} searched {len(search.hits):5} hits", end="")
    print(f" of {search.forms} forms of secrets, {time.monotonic() - began:.0f} s")
    by_secret: dict[tuple[str, str], set[str]] = {}
    for where, secret, form in search.hits:
        by_secret.setdefault((where, secret), set()).add(form)
    for (where, secret), forms in list(by_secret.items())[:SHOWN]:
        print(f"HIT {where}: {secret} as {', '.join(sorted(forms))}", file=sys.stderr)
    values = {"artefacts": (search.artefacts, GOAL), "hits": (len(search.hits), 0)}
    rows = [
        {
            "name": name,
            "value": value,
            "unit": name,
            "goal": goal,
            "peer": None,
            "ratio": None,
            "command": COMMAND,
        }
        for name, (value, goal) in values.items()
    ]
    given.results.parent.mkdir(parents=True, exist_ok=True)
    given.results.write_text(json.dumps(rows, indent=1) + "\n")
    return 1 if search.hits or search.artefacts < GOAL else 0


if __name__ == "__main__":
    raise SystemExit(main())
