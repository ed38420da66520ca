"""A small share of `make guard`, as whoever runs the tests and as an ordinary user."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.sealed
ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
USERS = ["self", "ordinary user"] if os.geteuid() == 0 else ["self"]


@pytest.fixture(scope="module", params=USERS)
def figures(request):
    become = []
    with tempfile.TemporaryDirectory() as folder:
        if request.param != "self":
            if shutil.which("setpriv") is None:
                pytest.skip("setpriv is missing: sudo apt-get install util-linux")
            os.chown(folder, NOBODY, NOBODY)
            become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        file = Path(folder) / "guard.json"
        argv = [*become, sys.executable, "-m", "tests.guard", str(file), "--one-in", "25"]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield {row["name"]: row["value"] for row in json.loads(file.read_text())}


def test_the_kernel_saw_no_connect_to_a_forbidden_address(figures):
    assert figures["forbidden"] > 100
    assert (figures["leaked_connects"], figures["leaked_calls"]) == (0, 0)


def test_every_allowed_target_was_connected_to(figures):
    assert figures["allowed_connects"] >= figures["allowed"] > 40
    assert figures["wrongly_refused"] == 0


def test_what_the_guard_refuses_is_never_told_as_failing(figures):
    assert figures["told_failing"] == 0


def test_no_forbidden_text_was_registered(figures):
    assert figures["registered"] == 0


def test_the_kernel_counts_what_nobody_holds_back(figures):
    assert figures["literals_trapped"] > 0
    assert figures["unguarded_connects"] >= 100 and figures["vectors_unseen"] == 0


def test_questions_to_the_configured_resolver_are_the_exception_and_told_apart(figures):
    assert figures["dns_configured"] > 0
