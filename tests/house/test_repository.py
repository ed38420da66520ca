"""What the repository holds beside code: documents that are found, and nothing of one machine."""

import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, tracked

# Split, so that this file is not a finding of its own.
MACHINE = re.compile(r"/(?:work/(?:main|shared)|tmp/(?:gw|x)/|root/(?!\.)|home/[a-z]+/)")
INDEX = re.compile(r"^\s*--(?:extra-)?index-url|^\s*--find-links|files\.pythonhosted", re.M)
LINK = re.compile(r"\]\(([^)#\s]+?)(?:#[^)]*)?\)")
TEXT = [path for path in tracked() if path.suffix not in {".png", ".jpg", ".gz", ".zip"}]
DOCUMENTS = [path for path in TEXT if path.suffix == ".md"]
LOCKS = [path for path in TEXT if path.suffix == ".txt" and "requirements" in str(path)]


def links(path: Path) -> set[Path]:
    """What a document links to inside the repository, as paths from the root."""
    text = (ROOT / path).read_text(encoding="utf-8")
    inside = (target for target in LINK.findall(text) if "://" not in target)
    return {((ROOT / path).parent / target).resolve().relative_to(ROOT) for target in inside}


@pytest.mark.parametrize("path", TEXT, ids=str)
def test_no_file_names_a_path_of_one_machine(path: Path) -> None:
    if path != Path(__file__).relative_to(ROOT):
        assert not MACHINE.search((ROOT / path).read_text(encoding="utf-8", errors="replace"))


@pytest.mark.parametrize("path", LOCKS, ids=str)
def test_a_lock_has_hashes_and_names_no_index(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not INDEX.search(text)
    pinned = re.findall(r"^[A-Za-z0-9._\[\]-]+==", text, re.M)
    assert text.count("--hash=sha256:") >= len(pinned)


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_a_documents_links_lead_somewhere(path: Path) -> None:
    assert not [str(target) for target in links(path) if not (ROOT / target).exists()]


def test_every_document_is_reached_from_the_readme() -> None:
    reached, waiting = set(), {Path("README.md")}
    while waiting:
        path = waiting.pop()
        reached.add(path)
        if path.suffix == ".md":
            waiting |= {target for target in links(path) if target not in reached}
    folders = {path for path in reached if (ROOT / path).is_dir()}
    lost = [p for p in DOCUMENTS if p not in reached and not folders & set(p.parents)]
    assert not [str(path) for path in lost]


def test_ci_runs_what_a_developer_runs() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_test_that_the_page_of_faults_names_is_there() -> None:
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", page)
    lost = [
        f"{file}::{name}"
        for file, name in named
        if not any(
            f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")
            for path in TEXT
            if path.parts[0] == "tests" and path.name == file
        )
    ]
    assert named
    assert not lost
