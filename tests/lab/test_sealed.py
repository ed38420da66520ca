"""The sealed world's walls: what is refused, and what is inside."""

import os
import subprocess
import sys

import pytest

from lab import sealed

pytestmark = pytest.mark.sealed


def run(*argv, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "lab.sealed", *argv],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout, done.stderr


def test_inside_there_is_loopback_and_nothing_else():
    code, out, error = run("ip", "-o", "link")
    assert code == 0, error
    assert [line.split(": ")[1] for line in out.splitlines()] == ["lo"]


def test_inside_there_is_no_route_and_the_labs_own_resolver():
    code, out, error = run("sh", "-c", "ip route; cat /etc/resolv.conf; ls -d /run/*w* /run/netns")
    assert code == 0, error
    assert out.splitlines() == ["nameserver 203.0.113.53", "/run/gatewatch", "/run/netns"]


def test_the_exit_code_of_what_ran_inside_comes_out():
    assert run("sh", "-c", "exit 7")[0] == 7


def test_a_place_with_a_default_route_is_refused():
    lead_out = (
        "ip link set lo up && ip route add default dev lo && exec $0 -m lab.sealed --inside true"
    )
    world = sealed.command(["sh", "-c", lead_out, sys.executable])
    done = subprocess.run(world, capture_output=True, text=True, check=False)
    assert done.returncode == sealed.EXIT_CANNOT_SEAL
    assert "a default route exists here (IPv4 through lo)" in done.stderr


def test_a_missing_tool_is_named_with_its_package():
    code, _, error = run("true", PATH="/nowhere")
    assert code == sealed.EXIT_CANNOT_SEAL
    assert "'unshare', which is not installed: sudo apt-get install util-linux" in error


def test_a_running_world_can_be_joined_from_outside():
    world = subprocess.Popen(
        [*sealed.command([sys.executable, "-m", "lab.sealed", "--inside", "sh", "-c"]),
         "echo up; exec sleep 60"],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert world.stdout.readline() == "up\n"
        joined = sealed.join_command(world.pid, ["ls", "/run/gatewatch"])
        seen = subprocess.run(joined, capture_output=True, text=True, check=False)
        assert seen.stdout.split() == ["resolv"], seen.stderr
    finally:
        world.kill()
        world.wait()
        world.stdout.close()


def test_where_no_world_runs_there_is_nothing_to_join():
    with pytest.raises(sealed.CannotSeal, match="is the lab up"):
        sealed.join_command(os.getpid() + 10_000_000, ["true"])
