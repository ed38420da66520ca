"""Where the lab finds its tools."""

import sys
from pathlib import Path

import pytest

from lab import tools


@pytest.mark.parametrize(
    ("variable", "find"),
    [
        ("GATEWATCH_MINISTACK_PYTHON", tools.ministack_python),
        ("GATEWATCH_AWS_CLI", tools.aws_cli),
        ("GATEWATCH_SAM_CLI", tools.sam_cli),
    ],
)
def test_a_variable_says_where_a_tool_is(monkeypatch, tmp_path, variable, find):
    monkeypatch.setenv(variable, sys.executable)
    assert find() == Path(sys.executable)
    monkeypatch.setenv(variable, str(tmp_path / "nothing"))
    with pytest.raises(tools.ToolMissing, match=f"nothing is no program.*mend {variable}"):
        find()
