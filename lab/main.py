"""What `gatewatch lab …` and `gatewatch demo` do, from outside the sealed namespaces."""

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lab import sealed, tools
from lab.scenario import ScenarioError, find

ROOT = Path(__file__).resolve().parents[1]
DEMO = "public-api-captured"
DEMO_SCALE = 5.0
RUN_SECONDS = 1200


def run(
    names: tuple[str, ...],
    *,
    seed: int = 1,
    scale: float = 10.0,
    jobs: int = 2,
    json_out: Path | None = None,
    as_json: bool = False,
    keep: Path | None = None,
) -> int:
    """Run scenarios, each in a world of its own; 0 when every row is ok, 1 when one is not."""
    try:
        paths = find(names)
    except ScenarioError as error:
        print(error, file=sys.stderr)
        return 2
    tools.check()
    folder = keep or Path(tempfile.mkdtemp(prefix="gatewatch-run-"))
    print(f"seed {seed}, scale {scale:g}, logs in {folder}", file=sys.stderr)
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        rows = list(
            pool.map(lambda path: _one(path, folder / path.stem, seed, scale, as_json), paths)
        )
    if json_out is not None:
        json_out.parent.mkdir(parents=True, exist_ok=True)
        json_out.write_text(json.dumps(rows, indent=1) + "\n")
    if as_json:
        print(json.dumps(rows))
    good = sum(1 for row in rows if row["ok"])
    print(f"{good} of {len(rows)} scenarios ok", file=sys.stderr)
    return 0 if good == len(rows) else 1


def _one(path: Path, directory: Path, seed: int, scale: float, quiet: bool) -> dict[str, Any]:
    directory.mkdir(parents=True, exist_ok=True)
    out = directory / "row.json"
    job = {
        "do": "run",
        "scenario": str(path.resolve()),
        "seed": seed,
        "scale": scale,
        "directory": str(directory),
        "out": str(out),
    }
    began = time.monotonic()
    with (directory / "run.log").open("wb") as log:
        code = subprocess.run(
            _argv(job),
            cwd=ROOT,
            env=sealed.cleaned(os.environ),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            timeout=RUN_SECONDS,
        ).returncode
    row = json.loads(out.read_text()) if out.is_file() else _crashed(path, directory, code)
    if not quiet:
        mark = "ok  " if row["ok"] else "FAIL"
        print(f"{mark} {row['scenario']:<40} {time.monotonic() - began:5.1f} s  {row['why'][:500]}")
        for line in row["said_too_much"]:
            print(f"       one too many: {line}")
    return row


def measure(name: str, *, scale: float) -> dict[str, Any]:
    """The row of one scenario at that scale, its spans included."""
    folder = Path(tempfile.mkdtemp(prefix="gatewatch-lab-"))
    return _one(find((name,))[0], folder, seed=1, scale=scale, quiet=False)


def _crashed(path: Path, directory: Path, code: int) -> dict[str, Any]:
    tail = (directory / "run.log").read_text(errors="replace")[-1500:]
    return {
        "scenario": path.stem,
        "driven": "lab",
        "produced": [],
        "named": "none",
        "confidence": "none",
        "change_expected": "",
        "change_named": "none",
        "said_too_much": [],
        "why": f"the world ended with {code}: {tail}",
        "ok": False,
    }


def demo(*, as_json: bool = False, seed: int = 1) -> int:
    """Tell incident 000 as it happens; 0 when all of it happened."""
    tools.check()
    directory = Path(tempfile.mkdtemp(prefix="gatewatch-demo-"))
    out = directory / "row.json"
    job = {
        "do": "run",
        "scenario": str(find((DEMO,))[0].resolve()),
        "seed": seed,
        "scale": DEMO_SCALE,
        "directory": str(directory),
        "by_sam": True,
        "narrate": "data" if as_json else "text",
        "out": str(out),
    }
    code = subprocess.run(
        _argv(job), cwd=ROOT, env=sealed.cleaned(os.environ), stdin=subprocess.DEVNULL
    ).returncode
    if not out.is_file():
        print(f"the demo's world ended with {code}; its logs: {directory}", file=sys.stderr)
        return code or 1
    if as_json:
        print(out.read_text())
    return code


def _argv(job: dict[str, Any]) -> list[str]:
    return sealed.command([sys.executable, "-m", "lab.inside", json.dumps(job)])
