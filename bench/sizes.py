"""What a cold start pays: the zipped layers, the import; and one check of the guard."""

import io
import os
import statistics
import subprocess
import sys
import time
import timeit
import zipfile
from collections.abc import Iterator
from pathlib import Path

from bench import cpu
from bench.rows import Row
from probing import guard

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("CanaryCode", "Probing")
_STARTS = 15


def layer_folders() -> list[Path]:
    build = ROOT / ".aws-sam" / "build"
    found = [path for name in LAYERS for path in build.glob(f"**/{name}") if path.is_dir()]
    if len(found) != len(LAYERS):
        raise FileNotFoundError(f"{LAYERS} are not built in {build}: run `make build`")
    return found


def zipped_bytes(folder: Path) -> int:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return len(data.getvalue())


def start_ms(code: str, paths: list[Path]) -> float:
    """CPU time of a bare interpreter that runs `code` with the layers alone on its path: what it
    takes on an idle machine, also on a busy one.

    Nothing is written beside the layers, and they bring no bytecode: as in Lambda, whose /opt
    cannot be written, each start compiles them anew.
    """
    command = [sys.executable, "-I", "-S", "-B", "-c"]
    setup = f"import sys; sys.path[:0] = {[str(path) for path in paths]!r}; "
    environment = {"PATH": os.environ["PATH"]}
    before = cpu.of_children()
    subprocess.run([*command, setup + code], env=environment, check=True)
    return (cpu.of_children() - before) * 1000


def measure() -> Iterator[Row]:
    folders = layer_folders()
    size = sum(map(zipped_bytes, folders))
    yield Row(
        name="canary_zip_mib",
        value=round(size / 2**20, 3),
        unit="MiB",
        note=" + ".join(f"{folder.name} {zipped_bytes(folder):,}" for folder in folders),
    )
    paths = [folder / "python" for folder in folders]
    over = [start_ms("import canary.app", paths) - start_ms("pass", paths) for _ in range(_STARTS)]
    yield Row(
        name="canary_import_ms_over_bare",
        value=round(statistics.median(over), 1),
        unit="ms",
        note=f"{cpu.spread(over)}; CPU; from the built layers, compiled anew at each start",
    )
    yield guard_row()


def guard_row() -> Row:
    """Each check is of an address not seen lately: verdicts are kept by their text, which would
    make the figure that of a table."""
    own = ("10.0.0.7", "fd12::7")
    count = 20_000
    fresh = [f"203.0.{number >> 8}.{number & 255}" for number in range(count // 2)]
    fresh += [f"2600:9000::{number:x}" for number in range(count // 2)]
    started = time.process_time()
    for address in fresh:
        guard.check(address, own)
    spent = time.process_time() - started
    kept = min(timeit.repeat(lambda: guard.check(fresh[-1], own), number=10_000, repeat=5)) / 10_000
    return Row(
        name="guard_ns_per_check",
        value=round(spent / count * 1e9),
        unit="ns",
        note=f"CPU; new addresses, half of them IPv6; {kept * 1e9:.0f} ns for one seen lately",
    )
