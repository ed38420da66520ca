"""What `gatewatch render` and `publish` make of this checkout: packages that repeat, and a template
that CloudFormation's linter takes."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gatewatch.commands import render
from gatewatch.publishing import artefacts, template
from tests.artefacts.built import ROOT

SOURCES = template.packaged(template.load(render.MEMBER))
PLACES = set(template.CODE_PROPERTIES.values())


def build_elsewhere(folder: Path) -> dict[str, artefacts.Artefact]:
    """The packages of a copy of the sources, as another checkout of the same commit has them."""
    for top in ("functions", "layers", "vpc.yaml"):
        source, target = ROOT / top, folder / top
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target.parent)
    return artefacts.build(SOURCES, folder / "built", folder)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, artefacts.Artefact]:
    return build_elsewhere(tmp_path_factory.mktemp("one checkout"))


@pytest.fixture(scope="module")
def rendered(packages: dict[str, artefacts.Artefact]) -> template.Rendered:
    keys = {name: package.key for name, package in packages.items()}
    return template.render(template.load(render.MEMBER), keys, "gatewatch-lint", "1.2.3")


@pytest.mark.timeout(300)
def test_two_checkouts_of_one_commit_make_the_same_bytes_and_names(packages, tmp_path, table):
    again = build_elsewhere(tmp_path)
    assert {n: p.key for n, p in again.items()} == {n: p.key for n, p in packages.items()}
    assert {n: p.data for n, p in again.items()} == {n: p.data for n, p in packages.items()}
    table.extend(f"{len(p.data) / 1000:>7.0f} kB published  {n}" for n, p in packages.items())


def test_one_byte_more_is_another_name(tmp_path):
    (tmp_path / "code.py").write_text("a = 1\n")
    before = artefacts.zipped("Checker", tmp_path)
    (tmp_path / "code.py").write_text("a = 2\n")
    assert artefacts.zipped("Checker", tmp_path).key != before.key
    (tmp_path / "code.py").write_text("a = 1\n")
    (tmp_path / "code.py").chmod(0o755)
    assert artefacts.zipped("Checker", tmp_path).key != before.key


def test_a_package_holds_nothing_compiled_and_no_time(tmp_path):
    (tmp_path / "__pycache__").mkdir()
    for name in ("b.py", "a.py", "old.pyc", "__pycache__/a.cpython-313.pyc"):
        (tmp_path / name).write_text("x")
    archive = zipfile.ZipFile(io.BytesIO(artefacts.zipped("Checker", tmp_path).data))
    assert archive.namelist() == ["a.py", "b.py"]
    assert {entry.date_time for entry in archive.infolist()} == {artefacts.EPOCH}
    assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}


def test_a_package_that_cannot_be_built_says_so(tmp_path, capfd):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "Makefile").write_text("build-Broken:\n\t@echo no wheel; exit 1\n")
    with pytest.raises(artefacts.Failed, match="Broken could not be built"):
        artefacts.build({"Broken": "broken"}, tmp_path / "out", tmp_path)
    assert "no wheel" in capfd.readouterr().err


def test_cfn_lint_has_nothing_to_say_about_the_rendered_template(rendered, tmp_path):
    file = tmp_path / "member.json"
    file.write_text(rendered.text, encoding="utf-8")
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), file],
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_rendered_template_is_plain_and_names_every_package(rendered, packages):
    document = json.loads(rendered.text)
    assert "Transform" not in document
    assert "arn:aws:" not in json.dumps(document["Resources"]), "another partition has other ARNs"
    found = {
        name: resource["Properties"][place]
        for name, resource in document["Resources"].items()
        for place in PLACES & set(resource.get("Properties", {}))
        if "S3Key" in resource["Properties"][place]
    }
    assert {name: place["S3Key"] for name, place in found.items()} == {
        name: package.key for name, package in packages.items()
    }
    assert {json.dumps(place["S3Bucket"]) for place in found.values()} == {
        '{"Fn::Sub": "gatewatch-lint-${AWS::Region}"}'
    }
    assert document["Parameters"]["Release"]["Default"] == rendered.release
    assert rendered.release.startswith("1.2.3+")
