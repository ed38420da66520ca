"""A lab by hand, as a user has it: up in one window, commands in another, down; one world for all.

Everything goes through the installed `gatewatch` command. The order of the tests is the course of
an afternoon: what is up is used, then ended.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from lab import by_hand, sealed, tools

pytestmark = pytest.mark.sealed
ROOT = Path(__file__).resolve().parents[2]
GATEWATCH = str(Path(sys.executable).parent / "gatewatch")
PATIENCE_SECONDS = 60
RELEASED_AFTER = 30  # lab seconds; scale 20


class Window:
    """A user's windows on one world: a folder of their own for it, AWS settings that mislead."""

    def __init__(self, folder: Path) -> None:
        aws = folder / "home" / ".aws"
        aws.mkdir(parents=True)
        (aws / "config").write_text("this is no configuration\n")
        self.log = folder / "up.log"
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if k != "GATEWATCH_LAB_DIR"} | {
            "TMPDIR": str(folder),
            "HOME": str(folder / "home"),
            "AWS_PROFILE": "production",
            "AWS_SESSION_TOKEN": "not-of-this-world",
            "HTTP_PROXY": "http://127.0.0.1:9",
            "http_proxy": "http://127.0.0.1:9",
        }

    def open(self, *words, **environment):
        with self.log.open("w") as log:
            return subprocess.Popen(
                [GATEWATCH, *words], env=self.environment | environment, stdout=log, stderr=log
            )

    def type(self, *words, **environment):
        return subprocess.run(
            [GATEWATCH, *words],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def shell(self, script):
        return self.type("lab", "shell", "-c", script)

    def wait_until_up(self, process):
        until = time.monotonic() + PATIENCE_SECONDS
        while "Messages, as they come:" not in self.log.read_text():
            assert process.poll() is None and time.monotonic() < until, self.log.read_text()
            time.sleep(0.2)


def own_folder():
    # Not pytest's own folder: nothing of this world may lie where another user could not look.
    return tempfile.TemporaryDirectory(prefix="by-hand-")


def processes_of(folder):
    """Command lines of what runs with that world's folder; the machine's own view."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            settings = (place / "environ").read_bytes() + (place / "cmdline").read_bytes()
            if str(folder).encode() in settings:
                found.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it ended while we looked, or is another user's
            continue
    return found


@pytest.fixture(scope="module")
def window():
    with own_folder() as folder:
        yield Window(Path(folder))


@pytest.fixture(scope="module")
def world(window):
    """The process of `gatewatch lab up`, once it says that the lab is up."""
    try:
        tools.check()
    except tools.ToolMissing as error:
        pytest.skip(str(error))
    delay = f"interface_release={RELEASED_AFTER}"
    process = window.open("lab", "up", "--scale", "20", "--delay", delay)
    try:
        window.wait_until_up(process)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


def test_the_window_says_what_stands_and_how_to_go_on(window, world):
    told = window.log.read_text()
    for words in ("gatewatch lab shell", "gatewatch lab down", "$vpc_spare", "as_netadmin"):
        assert words in told


def test_a_second_lab_is_refused_with_the_command_that_ends_the_first(window, world):
    second = window.type("lab", "up")
    assert (second.returncode, second.stdout) == (3, "")
    assert second.stderr == "lab: a lab is up already: `gatewatch lab down` ends it\n"


def test_the_aws_cli_is_ready_and_reads_nothing_of_the_users_settings(window, world):
    seen = window.shell("aws ec2 describe-vpcs --vpc-ids $vpc_a --query Vpcs[].CidrBlock[] | cat")
    assert (seen.returncode, seen.stderr) == (0, "")
    assert "10.0.0.0/16" in seen.stdout


def test_a_command_is_typed_as_a_named_person(window, world):
    words = ("as_oncall", "aws", "sts", "get-caller-identity", "--query", "Arn")
    seen = window.type("lab", "shell", "--", *words)
    assert "oncall@example.com" in seen.stdout, seen.stderr


def test_the_exit_code_of_a_command_comes_out(window, world):
    assert window.shell("exit 7").returncode == 7
    assert window.type("lab", "shell", "--", "sh", "-c", "exit 9").returncode == 9


def test_inside_the_shell_no_second_lab_begins_and_this_one_is_not_ended(window, world):
    for word in ("up", "shell", "down"):
        seen = window.shell(f"gatewatch lab {word}")
        assert seen.returncode == 3
        assert "this is a shell inside the lab: type `exit` first" in seen.stderr


def test_a_recorded_event_is_explained_in_the_shell(window, world):
    script = "as_oncall aws ec2 create-tags --resources $vpc_b --tags Key=seen,Value=yes"
    seen = window.shell(f"{script}; lab_events | tail -n 1 | gatewatch explain -")
    assert seen.returncode == 0, seen.stderr
    assert "CreateTags" in seen.stdout or "Ignored" in seen.stdout


def test_a_url_is_looked_at_from_the_shell(window, world):
    seen = window.shell("gatewatch look --status 403 https://$api_orders_api/prod/health")
    assert seen.returncode == 0, seen.stdout + seen.stderr
    assert "203.0.113.10" in seen.stdout


def test_a_canary_comes_and_goes_and_the_vpc_can_be_deleted_afterwards(window, world):
    placed = window.shell("gatewatch place $vpc_spare")
    assert ": made gatewatch-canary-vpc-" in placed.stdout, placed.stderr
    held = window.shell("aws ec2 delete-subnet --subnet-id $subnet_spare")
    assert "DependencyViolation" in held.stderr
    gone = window.shell("gatewatch unplace $vpc_spare")
    assert (gone.returncode, "removed" in gone.stdout) == (0, True), gone.stderr
    again = window.shell("gatewatch unplace $vpc_spare")
    assert (again.returncode, "nothing to remove" in again.stdout) == (0, True)
    deleted = window.shell(
        "set -e; aws ec2 delete-subnet --subnet-id $subnet_spare;"
        "aws ec2 delete-security-group --group-id $group_spare;"
        "aws ec2 delete-route-table --route-table-id $table_spare;"
        "aws ec2 delete-vpc --vpc-id $vpc_spare"
    )
    assert deleted.returncode == 0, deleted.stderr
    left = window.shell(
        "aws ec2 describe-network-interfaces --filters Name=vpc-id,Values=$vpc_spare;"
        "aws logs describe-log-groups; aws ssm get-parameters-by-path --path /gatewatch/vantages;"
        "echo looked for $vpc_spare"
    )
    assert left.stdout.count(left.stdout.split()[-1]) == 1, left.stdout


def test_down_ends_the_lab_and_leaves_nothing_running(window, world):
    ended = window.type("lab", "down")
    assert (ended.returncode, ended.stderr) == (0, "the lab has ended\n")
    assert world.wait(timeout=PATIENCE_SECONDS) == 0
    assert window.log.read_text().endswith("The lab has ended.\n")
    assert processes_of(window.folder) == []
    assert "no lab is up" in window.type("lab", "down").stderr
    assert window.type("lab", "shell", "-c", "true").returncode == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_window_that_is_interrupted_while_it_starts_leaves_nothing_running(number):
    try:
        tools.check()
    except tools.ToolMissing as error:
        pytest.skip(str(error))
    with own_folder() as folder:
        window = Window(Path(folder))
        process = window.open("lab", "up")
        until = time.monotonic() + PATIENCE_SECONDS
        while "Starting" not in window.log.read_text():
            assert process.poll() is None and time.monotonic() < until, window.log.read_text()
            time.sleep(0.1)
        process.send_signal(number)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
        assert processes_of(folder) == []
        assert "Traceback" not in window.log.read_text()


def test_a_missing_tool_is_named_with_the_command_that_mends_it(window):
    seen = window.type("lab", "up", GATEWATCH_MINISTACK_PYTHON=str(window.folder / "nothing"))
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
