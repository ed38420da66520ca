"""Functions in a VPC run in its network namespace, with a clean environment and no way here.

The driver runs in a sealed namespace of its own: it has no route out, and makes the VPC's namespace
as the data plane would.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator.process import ROOT

DRIVER = Path(__file__).with_name("sealed_driver.py")
SEAL = ["-nmpf"] if os.geteuid() == 0 else ["-Urnmpf"]


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict:
    """What the functions of the driver saw."""
    if not shutil.which("unshare"):
        pytest.skip("needs unshare (util-linux)")
    directory = tmp_path_factory.mktemp("sealed")
    done = subprocess.run(
        ["unshare", *SEAL, "--kill-child", "--mount-proc", sys.executable, str(DRIVER)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT}/layers/probing",
             "DIRECTORY": str(directory), "HOME": str(directory), "LEAKED": "secret",
             "AWS_EC2_METADATA_DISABLED": "true"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_function_in_a_vpc_runs_in_its_namespace(told):
    assert told["inside"]["net"] == told["namespace"]
    assert told["outside"]["net"] == told["control"]
    assert told["inside"]["resolv"] == "nameserver 10.0.0.2\n"
    assert told["outside"]["resolv"] != "nameserver 10.0.0.2\n"


def test_a_function_in_a_vpc_cannot_reach_the_emulator(told):
    assert told["inside"]["emulator"] == "unreachable"
    assert told["outside"]["emulator"] == "reached"
    assert "AWS_ENDPOINT_URL" not in told["inside"]["environ"]
    assert "AWS_ENDPOINT_URL" in told["outside"]["environ"]


def test_workers_have_only_their_own_environment(told):
    for where in ("inside", "outside"):
        names = set(told[where]["environ"])
        assert "LEAKED" not in names
        assert not {"PYTHONPATH", "HOME", "GATEWATCH_WORLD", "GATEWAY_PORT"} & names
        assert {"MINE", "GATEWATCH_CLOCK", "AWS_LAMBDA_FUNCTION_NAME", "AWS_REGION"} <= names


def test_a_function_outside_a_vpc_finds_boto3_and_its_role(told):
    assert told["outside"]["caller"].endswith(":assumed-role/worker/outside")
