"""Addresses that lead nowhere: dropped, and without a route."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from probing.endpoint import Endpoint
from probing.outcome import Failure, State

ROOT = Path(__file__).parents[3]
HOST = "api.example"

LOOK_WITHOUT_A_ROUTE = """
from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.run import look
from probing.wire import Probe, Work

endpoint = Endpoint(id="e", url="http://203.0.113.9/", kind="http")
work = Work(look="l", probes=(Probe(endpoint=endpoint, pin="203.0.113.9"),))
(outcome,) = look(work, Clock(), resolv_conf="/nowhere").outcomes
print(outcome.failure, outcome.state, outcome.steps[0].detail)
"""


def test_a_peer_that_drops_is_a_time_out_within_the_deadline(looks):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            # Once the backlog is full the kernel drops what asks next, as a security group does.
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        started = time.monotonic()
        asked = Endpoint(id="e", url=f"http://{HOST}:{port}/", kind="http")
        (outcome,) = looks(asked, timeout=0.6).outcomes
        took = time.monotonic() - started
        for one in waiting:
            one.close()
    assert (outcome.state, outcome.failure) == (State.FAILING, Failure.CONNECT_TIMEOUT)
    assert took < 0.6 + 0.5


@pytest.mark.sealed
def test_an_address_that_is_routed_nowhere_is_a_finding_and_not_our_fault():
    done = subprocess.run(
        ["unshare", "-Urn", sys.executable, "-c", LOOK_WITHOUT_A_ROUTE],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.strip() == "connect_unreachable failing Network is unreachable"
