"""Every scenario file reads, plays kinds of step that exist, and says what may be said."""

from pathlib import Path

import pytest

from lab.scenario import ScenarioError, find, load
from lab.steps import KINDS
from lab.world.model import from_document

FILES = find(())
REASONS = {
    "opened",
    "cause_found",
    "grew",
    "amended",
    "resolved",
    "forecast",
    "flapping",
    "reminder",
    "never_reachable",
    "problem",
    "problem_gone",
    "blind",
    "left",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scenario_file_reads_and_its_steps_exist(path: Path) -> None:
    scenario = load(path)
    assert from_document(scenario.world, scenario.name).vpcs
    assert [kind for kind, _ in scenario.steps if kind not in KINDS] == []
    assert scenario.decoys >= 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_may_be_said_is_named_by_known_reasons(path: Path) -> None:
    allowed = load(path).result.may_say
    assert {reason for where in allowed.values() for reason in where} <= REASONS


def test_a_broken_scenario_names_the_place_and_the_fault(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("title: too little is said here\nworld: {}\nregister: {}\nsteps: []\n")
    with pytest.raises(ScenarioError) as error:
        load(broken)
    assert "broken.yaml" in str(error.value)
    assert "steps" in str(error.value)
    assert "'result' is a required property" in str(error.value)


def test_an_unknown_scenario_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ScenarioError, match=r"there are: .*public-api-captured"):
        find(("nothing-such",))


def test_a_scenario_lays_its_own_delays_over_its_base_world() -> None:
    late = load(next(path for path in FILES if path.stem == "event-late"))
    assert late.world["delays"]["cloudtrail"] == 300
    assert late.world["delays"]["dns_after_create"] == 75
