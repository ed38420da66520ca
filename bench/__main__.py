"""`make bench`: what a look costs, beside peers from Debian, in a sealed world.

    python -m bench OUT.json [ratios|look|sizes ...]

Exit 0 when every goal is met, 1 when one is not, 3 when a tool or the build is missing.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import ratios, sizes, whole_look
from bench.rows import Row, table, write
from bench.stand import stand
from lab import sealed

GROUPS = ("ratios", "look", "sizes")
INSIDE = "--inside"


def measured(groups: tuple[str, ...]) -> Iterator[Row]:
    if {"ratios", "look"} & set(groups):
        with tempfile.TemporaryDirectory() as folder, stand(Path(folder)) as standing:
            if "ratios" in groups:
                yield from ratios.measure(standing)
            if "look" in groups:
                yield from whole_look.measure(standing)
    if "sizes" in groups:
        yield from sizes.measure()


def main(out: Path, groups: tuple[str, ...]) -> int:
    rows = []
    try:
        for row in measured(groups or GROUPS):
            rows.append(row)
            print(table([row]), flush=True)
    except (sealed.CannotSeal, FileNotFoundError) as reason:
        print(f"bench: {reason}", file=sys.stderr)
        return 3
    write(rows, out)
    return 0 if all(row.met for row in rows) else 1


def sealed_run(arguments: list[str]) -> int:
    """The same command inside a sealed world; 3 where there can be none."""
    own = [sys.executable, "-m", "lab.sealed", sys.executable, "-m", "bench", INSIDE, *arguments]
    return subprocess.run(own, check=False).returncode


if __name__ == "__main__":
    if sys.argv[1] == INSIDE:
        sys.exit(main(Path(sys.argv[2]), tuple(sys.argv[3:])))
    sys.exit(sealed_run(sys.argv[1:]))
