"""A lab by hand that is interrupted or cannot be: what is told, and that nothing stays."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from lab import by_hand, sealed, tools
from tests.support.windows import PATIENCE_SECONDS, Window, own_folder, processes_of

pytestmark = pytest.mark.sealed
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_window_that_is_interrupted_while_it_starts_leaves_nothing_running(number):
    try:
        tools.check()
    except tools.ToolMissing as error:
        pytest.skip(str(error))
    with own_folder() as folder:
        window = Window(Path(folder))
        process = window.open("lab", "up")
        window.wait_for("Starting", process)
        process.send_signal(number)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
        assert processes_of(folder) == []
        assert "Traceback" not in window.log.read_text()


def test_a_missing_tool_is_named_with_the_command_that_mends_it():
    with own_folder() as folder:
        nothing = str(Path(folder) / "nothing")
        seen = Window(Path(folder)).type("lab", "up", GATEWATCH_MINISTACK_PYTHON=nothing)
    assert (seen.returncode, seen.stdout) == (3, "")
    assert "mend GATEWATCH_MINISTACK_PYTHON" in seen.stderr


def test_without_a_build_the_command_that_makes_one_is_named(tmp_path):
    copied = tmp_path / "lab" / "tools.py"
    copied.parent.mkdir()
    shutil.copy(ROOT / "lab" / "tools.py", copied)
    script = "import tools; tools.built()"
    seen = subprocess.run(
        [sys.executable, "-c", script], cwd=copied.parent, capture_output=True, text=True
    )
    assert "nothing is built that a world could deploy: run `make build`" in seen.stderr


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("no-such-scenario",), 2, "no scenario 'no-such-scenario'; there are: "),
        (("--delay", "interface_release"), 2, "want NAME=SECONDS"),
        (("--delay", "interface_relase=5"), 2, "did you mean 'interface_release'?"),
    ],
)
def test_a_world_that_cannot_be_is_told_with_what_is_wrong(words, code, told):
    with own_folder() as folder:
        seen = Window(Path(folder)).type("lab", "up", *words)
    assert seen.returncode == code
    assert told in seen.stderr
    assert "Traceback" not in seen.stderr


def test_a_folder_that_somebody_else_made_is_not_trusted(tmp_path, monkeypatch):
    monkeypatch.delenv("GATEWATCH_LAB_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"gatewatch-lab-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(by_hand.NotNow, match="is somebody else's"):
        by_hand.shell()


def test_a_worlds_process_inherits_no_aws_setting_proxy_or_trust_of_the_machine():
    given = {"AWS_PROFILE": "p", "https_proxy": "x", "SSL_CERT_FILE": "y", "TERM": "xterm"}
    kept = sealed.cleaned(given)
    assert kept["AWS_CONFIG_FILE"] == os.devnull
    assert kept["TERM"] == "xterm"
    assert not {"AWS_PROFILE", "https_proxy", "SSL_CERT_FILE"} & set(kept)
