"""Arrows point one way: probing <- reasoning <- functions, cli, lab."""

import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, imported, sources

FUNCTIONS = frozenset(path.name for path in (ROOT / "functions").glob("*") if path.is_dir())
ABOVE_PROBING = frozenset({"reasoning", "gatewatch", "lab"}) | FUNCTIONS
ABOVE_REASONING = frozenset({"gatewatch", "lab"}) | FUNCTIONS
AWS = frozenset({"boto3", "botocore"})
# What reads the world: reasoning is given it instead.
WORLD = AWS | {"socket", "ssl", "time", "os", "random", "requests", "urllib3", "dns", "subprocess"}


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


@pytest.mark.parametrize("path", sources("layers/probing"), ids=str)
def test_probing_knows_nothing_above_it_and_no_aws_client(path: Path) -> None:
    assert not tops(path) & (ABOVE_PROBING | AWS)


@pytest.mark.parametrize("path", sources("layers/reasoning"), ids=str)
def test_reasoning_is_pure_and_knows_nothing_above_it(path: Path) -> None:
    assert not tops(path) & (ABOVE_REASONING | WORLD)


@pytest.mark.parametrize("path", sources("functions"), ids=str)
def test_a_function_imports_no_other_function_and_neither_command_nor_lab(path: Path) -> None:
    own = path.parts[1]
    assert not tops(path) & ((FUNCTIONS - {own}) | {"gatewatch", "lab"})


@pytest.mark.parametrize("path", sources("functions/canary"), ids=str)
def test_the_canary_has_no_aws_client_and_does_not_judge(path: Path) -> None:
    assert not tops(path) & (AWS | {"reasoning", "aws_lambda_powertools"})


@pytest.mark.parametrize("path", sources("lab/emulator"), ids=str)
def test_the_emulator_adapter_runs_under_the_emulators_own_interpreter(path: Path) -> None:
    # It has the emulator and what that brings; probing.clock needs the standard library alone.
    ours = {"lab", "probing"}
    allowed = set(sys.stdlib_module_names) | ours | {"ministack", "botocore"}
    outside = tops(path) - allowed
    assert not outside
    assert {n for n in imported(path) if n.startswith("probing")} <= {"probing", "probing.clock"}
