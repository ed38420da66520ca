"""What is in the artefacts: pure Python, nothing of tests or of the machine that built them, the
same bytes each time, and no more than a cold start can bear."""

import hashlib
import os
import re
import subprocess
import sys

import pytest

from tests.artefacts.built import MEMBER, ROOT
from tests.house.tree import SHIPPED

SOURCES = {
    "Alerter": "functions/alerter",
    "HubProbing": "layers/probing",
    "HubReasoning": "layers/reasoning",
    "Member/CanaryCode": "functions/canary",
    "Member/Checker": "functions/checker",
    "Member/Placer": "functions/placer",
    "Member/Probing": "layers/probing",
    "Member/Reasoning": "layers/reasoning",
    "Member/Recorder": "functions/recorder",
}
COMPILED = re.compile(r"\.(so|so\.[0-9.]+|pyd|dylib|a|pyc|pyo)$")
TESTS = re.compile(r"(^|/)(tests?|testing|conftest\.py|test_[^/]*\.py|[^/]*_test\.py)(/|$)")
CANARY_ZIPPED = 3_000_000


def files(folder):
    """Paths of all files below the folder, relative to it, sorted."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return sorted(path.as_posix() for path in found)


def digests(folder):
    """Of each file its SHA-256 and whether it may be run: what a zip would carry of it."""
    found = {}
    for name in files(folder):
        data = (folder / name).read_bytes()
        found[name] = (hashlib.sha256(data).hexdigest(), os.access(folder / name, os.X_OK))
    return found


def make(target, source, folder):
    done = subprocess.run(
        ["make", "--no-print-directory", "-C", str(ROOT / source), f"build-{target}"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", str(folder)),
            "ARTIFACTS_DIR": str(folder),
            "PIP": f"{sys.executable} -m pip",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_artefact_of_the_build_is_one_that_is_tested_here(build):
    found = {p.relative_to(build).as_posix() for p in [*build.iterdir(), *MEMBER.iterdir()]}
    assert found - {"Member", "template.yaml", "Member/template.yaml"} == set(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_it_holds_nothing_compiled_no_test_and_no_cache(build, name):
    found = files(build / name)
    assert found
    assert [path for path in found if COMPILED.search(path) or "__pycache__" in path] == []
    assert [path for path in found if TESTS.search(path)] == []


@pytest.mark.parametrize("name", SOURCES)
def test_it_names_no_folder_of_the_machine_that_built_it(build, name):
    here = str(ROOT).encode()
    assert [
        path for path in files(build / name) if here in (build / name / path).read_bytes()
    ] == []


@pytest.mark.parametrize("name", SOURCES)
def test_the_same_source_built_in_another_folder_gives_the_same_bytes(build, name, tmp_path):
    folder = tmp_path / "a folder of another name"
    again = digests(make(name.rpartition("/")[2], SOURCES[name], folder))
    assert again == digests(build / name), "not what the sources give: run `make clean build`"


def test_the_placer_carries_the_template_of_a_vpcs_stack_as_a_file(build):
    carried = build / "Member" / "Placer" / "placer" / "vpc.yaml"
    assert not carried.is_symlink()
    assert carried.read_bytes() == (ROOT / "vpc.yaml").read_bytes()


def test_each_folder_that_is_deployed_says_how_it_is_built():
    makefiles = [path for top in SHIPPED for path in (ROOT / top).glob("*/Makefile")]
    assert {path.parent.relative_to(ROOT).as_posix() for path in makefiles} == set(SOURCES.values())


def test_the_canarys_layers_are_light(build, table):
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "zip-sizes"), str(build)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    zipped = {name: int(size) for size, _, name in rows}
    table.extend(f"{size / 1000:>7.0f} kB zipped     {name}" for name, size in zipped.items())
    assert set(zipped) == set(SOURCES)
    assert zipped["Member/CanaryCode"] + zipped["Member/Probing"] <= CANARY_ZIPPED


def test_without_a_build_the_sizes_say_what_to_run(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "zip-sizes"), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 3 and "make build" in done.stderr
