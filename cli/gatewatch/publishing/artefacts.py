"""The packages of the member's functions and layers: built, and zipped so that they repeat.

Decided here: that the same sources make the same bytes, and a key that names them. Not decided
here: how one package is made (the Makefile beside its sources), where it is put (`buckets`).
"""

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gatewatch.failure import Failed
from gatewatch.publishing.template import digest

ROOT = Path(__file__).resolve().parents[3]
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can hold."""
LEFT_OUT = frozenset({".pyc", ".pyo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """A package as Lambda takes it. `content_hash` is of the files in it (names, whether each may
    be run, bytes), not of the zip: another zlib compresses to other bytes."""

    name: str
    content_hash: str
    data: bytes = field(repr=False)

    @property
    def key(self) -> str:
        """Object key in an artefact bucket."""
        return f"member/{self.name.lower()}-{self.content_hash}.zip"


def build(sources: Mapping[str, str], folder: Path, root: Path = ROOT) -> dict[str, Artefact]:
    """Build the packages into the folder and zip them: logical id -> package.

    `sources` are folders below `root` that `member.yaml` names, by logical id; the
    Makefile in each is the one that `sam build` runs too. Raises Failed when one cannot be built.
    """
    found = {}
    for name, source in sources.items():
        _make(name, root / source, folder / name)
        found[name] = zipped(name, folder / name)
    return found


def _make(name: str, source: Path, target: Path) -> None:
    if not (source / "Makefile").is_file():
        raise Failed(f"{source}: no Makefile: run the command from .venv/bin of a checkout")
    done = subprocess.run(
        ["make", "--no-print-directory", "--silent", "-C", str(source), f"build-{name}"],
        env=os.environ
        | {
            "ARTIFACTS_DIR": str(target),
            "PIP": f"{sys.executable} -m pip",
            "PYTHON": sys.executable,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr, end="")
        raise Failed(f"{name} could not be built: see above; `make setup` brings what it needs")


def zipped(name: str, folder: Path) -> Artefact:
    """The folder as a zip: sorted, one time for all, modes 644 and 755, nothing compiled."""
    manifest, out = hashlib.sha256(), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for inside, path in sorted((p.relative_to(folder).as_posix(), p) for p in _files(folder)):
            data, mode = path.read_bytes(), 0o755 if os.access(path, os.X_OK) else 0o644
            manifest.update(f"{inside}\0{mode:o}\0{hashlib.sha256(data).hexdigest()}\n".encode())
            entry = zipfile.ZipInfo(inside, EPOCH)
            entry.create_system = 3  # Unix, on whichever system it is made
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    content_hash = digest(manifest.hexdigest().encode())
    return Artefact(name=name, content_hash=content_hash, data=out.getvalue())


def _files(folder: Path) -> Iterable[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix not in LEFT_OUT and "__pycache__" not in path.parts:
            yield path
