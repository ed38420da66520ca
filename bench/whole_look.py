"""One look of 500 endpoints at a canary's share of a CPU, and the memory that 200 take."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import cpu
from bench.rows import Row
from bench.stand import RSA_PORT, SILENT_PORT, Stand, started

ROOT = Path(__file__).resolve().parents[1]
VCPU_MB = 1769
"""Memory at which Lambda gives one whole vCPU (AWS Lambda developer guide, memory)."""
_PERIOD_US = 20_000
_CGROUP_V1 = Path("/sys/fs/cgroup/cpu")
_CGROUP_V2 = Path("/sys/fs/cgroup")


def share() -> float:
    """Of one vCPU, that a canary of the template's default memory has."""
    text = (ROOT / "vpc.yaml").read_text(encoding="utf-8")
    found = re.search(r"MemorySize:\n(?:    .*\n)*?    Default: (\d+)", text)
    if found is None:
        raise ValueError("vpc.yaml gives no default MemorySize")
    return int(found[1]) / VCPU_MB


@contextlib.contextmanager
def quota(of_cpu: float) -> Iterator[Path | None]:
    """A control group that gives its processes that share; None where none can be made."""
    micros = int(of_cpu * _PERIOD_US)
    settings = {"cpu.cfs_period_us": _PERIOD_US, "cpu.cfs_quota_us": micros}
    group = _CGROUP_V1 / f"gatewatch-bench-{os.getpid()}"
    if not (_CGROUP_V1 / "cpu.cfs_quota_us").exists() and not _CGROUP_V1.is_dir():
        group = _CGROUP_V2 / group.name
        settings = {"cpu.max": f"{micros} {_PERIOD_US}"}  # type: ignore[dict-item]
    try:
        group.mkdir()
        for name, value in settings.items():
            (group / name).write_text(str(value))
    except OSError:
        with contextlib.suppress(OSError):
            group.rmdir()
        yield None
        return
    try:
        yield group
    finally:
        with contextlib.suppress(OSError):
            group.rmdir()


def probes(count: int, hosts: int, hanging: int) -> list[tuple[str, int, str | None]]:
    """`count` endpoints over `hosts` names; the first `hanging` lead to a silent peer."""
    return [
        (f"h{number % hosts}", SILENT_PORT if number < hanging else RSA_PORT, None)
        for number in range(count)
    ]


def _one_look(
    stand: Stand, asked: list[tuple[str, int, str | None]], group: Path | None
) -> tuple[float, float, dict[str, int]]:
    """Wall seconds and CPU seconds of one look, messages included, and what the process said.

    A small look goes before it, without the quota: roots and threads of a warm environment.
    """
    command = [sys.executable, "-m", "bench.ours", str(stand.ca_file)]
    with started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        _say(process, {"probes": [("a", RSA_PORT, None)], "times": 1, "messages": True})
        process.stdout.readline()
        if group is not None:
            # Stopped meanwhile, so that what is between the two lines counts as throttled.
            (group / "cgroup.procs").write_text(str(process.pid))
        before, started_at = cpu.of_process(process.pid), time.monotonic()
        _say(process, {"probes": asked, "times": 1, "messages": True})
        said = json.loads(process.stdout.readline())
        wall = time.monotonic() - started_at
        return wall, cpu.of_process(process.pid) - before, said


def _say(process: subprocess.Popen[bytes], what: dict[str, object]) -> None:
    assert process.stdin
    process.stdin.write(json.dumps(what).encode() + b"\n")
    process.stdin.flush()


def measure(stand: Stand) -> Iterator[Row]:
    of_cpu = share()
    asked = probes(500, 50, 5)
    with quota(of_cpu) as group:
        runs = [_one_look(stand, asked, group) for _ in range(3)]
    for _, _, said in runs:
        if said["ok"] != 495:
            print(f"of 495 answering endpoints {said['ok']} passed", file=sys.stderr)
    walls, spent = [wall for wall, _, _ in runs], [used for _, used, _ in runs]
    values = walls if group is not None else [used / of_cpu for used in spent]
    how = "by a CPU quota" if group is not None else "CPU seconds / share: no quota can be set"
    yield Row(
        name="look_500_seconds",
        value=round(sorted(values)[1], 3),
        unit="s",
        note=f"{cpu.spread(values)}; {of_cpu:.3f} of a vCPU {how}; CPU {cpu.spread(spent)} s; "
        f"passed {min(said['ok'] for _, _, said in runs)} of 495",
    )
    _, _, said = _one_look(stand, probes(200, 20, 0), None)
    yield Row(
        name="rss_200_mib",
        value=round(said["rss_kib"] / 1024, 1),
        unit="MiB",
        note="peak of the whole process, roots of one authority",
    )
