"""The data plane end to end: a sealed world, workers in VPC namespaces, real DNS and TLS.

`inside_world` drives it and says what it saw; the claims are here. The emulator's place is taken by
a small server of states.
"""

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
FORBIDDEN = '{"message":"Forbidden"}'
PUBLIC, PRIVATE, CANARY, MOVED = "203.0.113.10", "10.0.0.91", "10.0.0.50", "10.0.0.60"


def users():
    """Who runs the lab: whoever runs the tests and, when that is root, an ordinary user too."""
    return ["self", "ordinary user"] if os.geteuid() == 0 else ["self"]


@pytest.fixture(scope="module", params=users())
def facts(request):
    # Not pytest's own folder: that of root is closed to the ordinary user.
    with tempfile.TemporaryDirectory() as lab_dir:
        yield told_by_a_world(request.param, Path(lab_dir))


def told_by_a_world(user, lab_dir):
    argv = [sys.executable, "-m", "tests.lab.inside_world", str(lab_dir)]
    if user == "self":
        argv = [sys.executable, "-m", "lab.sealed", *argv]
    else:
        os.chown(lab_dir, NOBODY, NOBODY)
        if shutil.which("setpriv") is None:
            pytest.skip("setpriv is missing: sudo apt-get install util-linux")
        become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        argv = [*become, sys.executable, "-m", "lab.sealed", *argv]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        argv, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["fact"]: line["value"] for line in lines}


def seen(fact, *names):
    return tuple(fact.get(name) for name in names)


def test_the_world_is_ready_with_every_vpc_of_the_state(facts):
    assert facts["ready"]["vpcs"] == ["vpc-a", "vpc-b"]
    assert facts["ready without b"]["vpcs"] == ["vpc-a"]


def test_a_workload_gets_200_from_a_public_address_with_its_key(facts):
    healthy = facts["healthy"]
    assert seen(healthy, "address", "status", "source", "server") == (PUBLIC, 200, CANARY, None)


def test_default_trust_accepts_the_labs_front_ends_and_nothing_else_is_trusted(facts):
    assert facts["healthy"]["tls"] == "TLSv1.3"
    assert facts["trusted"] == ["Gatewatch lab"]


def test_a_rotated_key_is_the_only_one_that_an_api_takes(facts):
    assert facts["old and new key"] == [403, 200]


def test_without_its_key_a_public_api_is_forbidden(facts):
    assert seen(facts["keyless"], "status", "body") == (403, FORBIDDEN)


def test_edge_and_unknown_names_resolve_in_public(facts):
    assert seen(facts["edge"], "address", "status") == ("203.0.113.11", 200)
    assert seen(facts["sentinel"], "address", "status") == (PUBLIC, 403)
    assert seen(facts["private in public"], "address") == (None,)


def test_both_resolvers_of_a_vpc_answer_over_udp_and_tcp(facts):
    assert facts["resolvers"] == [[PUBLIC]] * 4


def test_without_dns_support_the_resolver_is_silent(facts):
    assert facts["resolver switched off"] == "silence"


def test_the_control_namespace_sees_the_public_side(facts):
    assert seen(facts["from control"], "address", "status") == (PUBLIC, 200)


def test_calls_from_a_vpc_arrive_from_its_public_address(facts):
    first = facts["hits"][0]
    assert seen(first, "source", "vpc", "where") == ("203.0.113.101", "vpc-a", "internet")
    assert all("x-api-key" not in json.dumps(hit) for hit in facts["hits"])


@pytest.mark.parametrize(
    "name", ["no way out", "resolves with no way out", "unheld address", "outside world"]
)
def test_what_leads_nowhere_is_silent(facts, name):
    assert facts[name]["error"] == "TimeoutError"


@pytest.mark.parametrize("name", ["emulator by loopback", "emulator by control address"])
def test_no_worker_in_a_vpc_reaches_the_control_plane(facts, name):
    assert "error" in facts[name]
    assert "error" not in facts["emulator in control"]


def test_names_flip_only_after_the_delay(facts):
    assert seen(facts["just after the change"], "address", "status") == (PUBLIC, 200)
    captured = facts["captured"]
    assert seen(captured, "address", "status", "body") == (PRIVATE, 403, FORBIDDEN)


def test_an_endpoint_answers_as_endpoints_do(facts):
    assert seen(facts["captured"], "tls", "server", "source") == ("TLSv1.2", "Server", CANARY)


def test_pinned_to_its_public_address_the_captured_api_answers(facts):
    assert facts["pinned"]["status"] == 200


def test_through_the_endpoint_the_private_api_answers(facts):
    assert seen(facts["private inside"], "address", "status") == (PRIVATE, 200)


def test_a_sentinel_is_captured_too(facts):
    assert facts["sentinel captured"]["address"] == PRIVATE


def test_the_neighbour_vpc_of_the_same_range_sees_nothing_of_it(facts):
    assert facts["other VPC"] == PUBLIC


def test_a_fault_breaks_an_api_until_it_is_lifted(facts):
    assert (facts["broken"]["status"], facts["mended"]) == (503, 200)


def test_a_fault_may_strike_one_vpc_alone(facts):
    assert (facts["blocked"], facts["not blocked"], facts["all mended"]) == (403, 200, 200)


@pytest.mark.parametrize("name", ["group closed", "pending", "deleted"])
def test_an_endpoint_that_lets_nobody_in_times_out(facts, name):
    assert seen(facts[name], "address", "error") == (PRIVATE, "TimeoutError")


def test_when_the_canary_moves_its_calls_come_from_the_new_address(facts):
    assert seen(facts["moved canary"], "source", "status") == (MOVED, 200)
    assert seen(facts["moved canary out"], "source", "status") == (MOVED, 200)


def test_after_the_endpoint_is_gone_the_api_is_good_again(facts):
    assert seen(facts["back in public"], "address", "status") == (PUBLIC, 200)


def test_the_data_plane_had_nothing_to_complain_of(facts):
    assert "Traceback" not in facts["log"]
