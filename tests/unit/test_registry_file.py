"""The organisation's file: each mistake with its line, and the published schema says the same."""

import json
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from probing import registration
from reasoning import registry_file
from reasoning.document import load

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "tests" / "registry_files"
BAD, GOOD = sorted((FILES / "bad").iterdir()), sorted((FILES / "good").iterdir())
ENTRY = json.loads((ROOT / "docs" / "endpoint.schema.json").read_text(encoding="utf-8"))
FILE = json.loads((ROOT / "docs" / "registry.schema.json").read_text(encoding="utf-8"))
SCHEMA = jsonschema.Draft202012Validator(
    FILE,
    registry=Registry().with_resource("endpoint.schema.json", Resource.from_contents(ENTRY)),
)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_told_with_its_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    wanted = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    read = registry_file.read(text, "")
    told = [f"{p.line}: {p.path}: {p.what}; {p.mend}" for p in read.problems]
    assert told == wanted and not read.refused


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_file_is_read(path: Path) -> None:
    read = registry_file.read(path.read_text(encoding="utf-8"), "")
    assert not read.problems and not read.refused


@pytest.mark.parametrize("path", BAD + GOOD, ids=lambda path: path.stem)
def test_the_published_schema_agrees_with_the_reader(path: Path) -> None:
    data = load(path.read_text(encoding="utf-8"), "").data
    assert SCHEMA.is_valid(data) is (path in GOOD)


def test_the_schema_lists_the_keys_that_the_reader_knows() -> None:
    assert set(FILE["properties"]) == set(registry_file.READERS)
    assert set(FILE["properties"]["defaults"]["properties"]) == set(registry_file.DEFAULTS)
    assert FILE["properties"]["endpoints"]["maxItems"] == registry_file.MAX_ENTRIES


def test_every_key_of_an_entry_has_a_description_for_editors() -> None:
    bare = [key for key, of in ENTRY["properties"].items() if "description" not in of]
    assert bare == []
    assert set(ENTRY["properties"]) == set(registration.READERS)
    assert all("description" in of for of in FILE["properties"].values())


def test_the_example_means_what_it_says() -> None:
    text = (FILES / "good" / "whole.yaml").read_text(encoding="utf-8")
    ledger, wiki = registry_file.read(text, "o").endpoints
    assert (ledger.owner, ledger.severity, ledger.page_after_seconds) == ("finance", "warning", 300)
    assert ledger.chosen is not None and ledger.chosen.wanted.tags == {"stage": ("prod",)}
    assert (wiki.owner, wiki.source) == ("platform", "o#wiki")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("pause: true", True),
        ("endpoints: []", True),
        ("url: https://a.example.com/", False),
        ("ulr: https://a.example.com/", False),
        ("[", False),
        ("- x", False),
    ],
)
def test_the_file_is_told_from_an_entry_by_its_keys(text: str, is_one: bool) -> None:
    assert registry_file.is_one(text, "") is is_one
