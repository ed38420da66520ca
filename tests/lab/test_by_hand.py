"""A lab by hand, as a user has it: up in one window, commands in another, down; one world for all.

Everything goes through the installed `gatewatch` command. The order of the tests is the course of
an afternoon: what is up is used, then ended.
"""

from pathlib import Path

import pytest

from lab import tools
from tests.support.windows import PATIENCE_SECONDS, Window, own_folder, processes_of

pytestmark = pytest.mark.sealed
RELEASED_AFTER = 30  # lab seconds; scale 20


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
        window.wait_for("Messages, as they come:", process)
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
    # The placer takes a refused deletion for a sign of teardown, and may have been quicker.
    ended = "removed" in gone.stdout or "nothing to remove" in gone.stdout
    assert (gone.returncode, ended) == (0, True), gone.stderr
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
    shell = window.open("lab", "shell", "-c", "echo here; sleep 100", log="shell.log")
    window.wait_for("here", shell, log="shell.log")
    ended = window.type("lab", "down")
    assert (ended.returncode, ended.stderr) == (0, "the lab has ended\n")
    assert world.wait(timeout=PATIENCE_SECONDS) == 0
    assert window.log.read_text().endswith("The lab has ended.\n")
    assert shell.wait(timeout=PATIENCE_SECONDS) == 3
    assert (window.folder / "shell.log").read_text() == "here\nlab: the lab has ended\n"
    assert processes_of(window.folder) == []
    assert "no lab is up" in window.type("lab", "down").stderr
    assert window.type("lab", "shell", "-c", "true").returncode == 3
