"""Sizes, names and the places where time and environment may be read."""

import ast
from pathlib import Path

import pytest

from tests.house.tree import ROOT, SHIPPED, dotted, parse, sources

MODULE_LINES = 250
FUNCTION_LINES = 40
HANDLER_LINES = 60
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
CLOCKS = {"time.time", "time.sleep", "datetime.now", "datetime.utcnow", "datetime.datetime.now"}
SHIPPED_FILES = sources(*SHIPPED)
JUDGES = sources("layers/reasoning")
TIMELESS = sources("functions", "layers/reasoning")


def calls(path: Path) -> set[str]:
    return {dotted(n.func) for n in ast.walk(parse(path)) if isinstance(n, ast.Call)}


@pytest.mark.parametrize("path", sources(*SHIPPED, "tests"), ids=str)
def test_a_module_fits_on_a_few_screens(path: Path) -> None:
    lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    limit = HANDLER_LINES if path.name == "app.py" else MODULE_LINES
    assert lines <= limit, f"{lines} lines: split it by noun"


@pytest.mark.parametrize("path", SHIPPED_FILES, ids=str)
def test_a_function_fits_on_one_screen(path: Path) -> None:
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert not long


@pytest.mark.parametrize("path", SHIPPED_FILES, ids=str)
def test_a_module_is_named_for_what_it_holds(path: Path) -> None:
    assert not NAMELESS & set(path.stem.split("_"))


@pytest.mark.parametrize("path", SHIPPED_FILES, ids=str)
def test_a_module_says_what_is_decided_in_it(path: Path) -> None:
    if path.name != "__init__.py":
        assert ast.get_docstring(parse(path))


@pytest.mark.parametrize("path", [p for p in SHIPPED_FILES if p.name == "__init__.py"], ids=str)
def test_an_init_is_empty_or_a_discovery(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not text.strip() or "iter_modules" in text


@pytest.mark.parametrize("path", TIMELESS, ids=str)
def test_time_is_read_only_through_the_clock(path: Path) -> None:
    assert not calls(path) & CLOCKS


@pytest.mark.parametrize("path", JUDGES, ids=str)
def test_reasoning_reads_no_environment_and_no_file(path: Path) -> None:
    names = {dotted(node) for node in ast.walk(parse(path)) if isinstance(node, ast.Attribute)}
    assert not names & {"os.environ", "os.getenv"}
    assert "open" not in calls(path)
