"""Every cause that a page can name has a runbook of its name."""

from pathlib import Path

from reasoning.diagnosis import KINDS

RUNBOOKS = Path(__file__).resolve().parents[2] / "docs" / "runbooks"


def test_every_cause_has_its_runbook_and_no_runbook_is_left_over() -> None:
    assert {page.stem for page in RUNBOOKS.glob("*.md")} == set(KINDS)


def test_a_runbook_says_meaning_impact_diagnosis_and_mitigation() -> None:
    for page in RUNBOOKS.glob("*.md"):
        text = page.read_text()
        for part in ("**Meaning.**", "**Impact.**", "**Diagnosis.**", "**Mitigation.**"):
            assert part in text, f"{page.name} lacks {part}"
