"""The walk of docs/install.md for people without AWS, as it is typed there."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.artefacts.built import ROOT

COMMAND = Path(sys.executable).with_name("gatewatch")


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """What `python -m lab.organisation` exports, while it is up."""
    found = {}
    with subprocess.Popen(
        [sys.executable, "-m", "lab.organisation", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        for line in server.stdout:
            if not line.startswith("export "):
                break
            name, _, value = line.removeprefix("export ").strip().partition("=")
            found[name] = value
        try:
            yield os.environ | found
        finally:
            server.send_signal(signal.SIGTERM)
    assert server.returncode == 0


def typed(environment: dict[str, str], *words: str) -> dict | list:
    done = subprocess.run(
        [COMMAND, *words, "--json"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.timeout(400)
def test_from_preflight_to_a_publication_that_changes_nothing(environment):
    looked = typed(environment, "preflight", "--publish", "--regions", "eu-west-1,us-east-1")
    assert "bad" not in {row["verdict"] for row in looked}
    unit = environment["UNIT_WORKLOADS"]
    shown = typed(environment, "publish", "--to", unit)
    assert shown["changes"] and not shown["done"]
    done = typed(environment, "publish", "--to", unit, "--yes")
    assert {one["status"] for one in done["operations"]} == {"SUCCEEDED"}
    again = typed(environment, "publish", "--yes")
    assert again["release"] == done["release"] and not again["changes"]
    plain = typed(environment, "publish", "--kind", "plain", "--yes")
    assert [stack["region"] for stack in plain["stacks"]] == ["eu-west-1", "us-east-1"]
