"""The command: its exit codes, what goes to stdout, and that its page lists what there is."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from gatewatch.main import app, main
from gatewatch.words import lab

ROOT = Path(__file__).resolve().parents[3]
GOOD = ROOT / "tests" / "good_config" / "whole.yaml"
BAD = ROOT / "tests" / "bad_config" / "severity.yaml"


def gatewatch(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of `gatewatch ARGUMENTS`."""
    monkeypatch.setattr(sys, "argv", ["gatewatch", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["check", str(GOOD)], 0, id="a good entry is 0"),
        pytest.param(["check", str(GOOD), str(BAD)], 1, id="an entry with problems is 1"),
        pytest.param(["check", str(BAD), "nowhere.yaml"], 2, id="a file not there outweighs it: 2"),
        pytest.param(["check", str(ROOT)], 2, id="a folder is no file: 2"),
        pytest.param(["check", "--bogus", str(GOOD)], 2, id="an unknown option is 2"),
        pytest.param(["bogus"], 2, id="an unknown command is 2"),
        pytest.param(["lab", "run"], 2, id="no scenario named is 2"),
        pytest.param(["lab", "run", "--all", "x"], 2, id="all and one is a contradiction: 2"),
        pytest.param(["explain", "nowhere.json"], 2, id="an event file not there is 2"),
        pytest.param(["--version"], 0, id="the version is 0"),
    ],
)
def test_exit_codes_are_those_of_the_page(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int
) -> None:
    assert gatewatch(monkeypatch, *arguments) == code


def test_json_is_all_that_stands_on_stdout(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gatewatch(monkeypatch, "check", "--json", str(GOOD), str(BAD), "nowhere.yaml")
    rows = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["ok"]) for row in rows] == [
        ("orders-api", True),
        (None, False),
        (None, False),
    ]
    assert rows[1]["problems"][0]["line"] == 3
    assert rows[2]["unreadable"]


def test_two_files_that_give_one_name_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(GOOD.read_text(encoding="utf-8"), encoding="utf-8")
    assert gatewatch(monkeypatch, "check", str(GOOD), str(other)) == 1
    assert "already the name" in capsys.readouterr().out


def test_the_page_lists_the_commands_that_there_are() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`gatewatch ([a-z]+)[ `]", page)) - {"lab"}
    there = set(get_command(app).commands) - {"lab"}
    assert listed == there
    for command in lab.words.registered_commands:
        assert command.callback.__name__ in page


def test_checking_an_entry_waits_for_no_aws_client() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from gatewatch.main import app; app(['check', sys.argv[1]], "
            "standalone_mode=False); print(sorted({'boto3', 'lab'} & set(sys.modules)))",
            str(GOOD),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.stderr == ""
    assert loaded.stdout.splitlines()[-1] == "[]"
