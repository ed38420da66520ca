"""The canary proves itself, and says nothing while it cannot."""

import shutil
from dataclasses import dataclass

import pytest

from canary.controls import EVERY_SECONDS, MUST, Controls, prove
from canary.looking import looked
from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.means import Means
from probing.outcome import Failure, State
from probing.wire import Probe, Work
from tests.unit.canary import controls_made
from tests.zoo import peers


@dataclass(frozen=True, slots=True, kw_only=True)
class SetClock(Clock):
    """A clock whose wall time is what the test says."""

    at: list[float]

    def real_now_at(self) -> float:
        return self.at[0]


def test_a_sound_canary_is_in_line(certificates):
    assert prove(certificates, Clock()) == ""


def test_the_same_commit_makes_the_same_certificates(certificates, tmp_path):
    again = controls_made.make(tmp_path / "again")
    for made in sorted(certificates.iterdir()):
        assert (again / made.name).read_bytes() == made.read_bytes()


@pytest.mark.parametrize(
    ("file", "instead", "told"),
    [
        ("good", "expired", "good ended with tls_expired"),
        ("good", "wrong_host", "good ended with tls_name_mismatch"),
        ("wrong_host", "good", "wrong_host ended with ok"),
        ("expired", "good", "expired ended with ok"),
    ],
)
def test_each_control_that_is_out_of_line_is_told(certificates, tmp_path, file, instead, told):
    """Serving another certificate stands for a canary that sees another one, or verifies less."""
    folder = shutil.copytree(certificates, tmp_path / "certificates")
    shutil.copy(certificates / f"{instead}.pem", folder / f"{file}.pem")
    assert told in prove(folder, Clock())


def test_an_authority_that_signed_none_of_them_is_out_of_line(certificates, tmp_path):
    folder = shutil.copytree(certificates, tmp_path / "certificates")
    shutil.copy(certificates / "good.pem", folder / "ca.pem")
    assert "good ended with tls_untrusted" in prove(folder, Clock())


@pytest.mark.parametrize("missing", ["good.pem", "ca.pem"])
def test_certificates_that_are_missing_are_out_of_line(certificates, tmp_path, missing):
    folder = shutil.copytree(certificates, tmp_path / "certificates")
    (folder / missing).unlink()
    assert prove(folder, Clock())


def test_every_control_is_proved():
    assert set(MUST) == {"good", "wrong_host", "expired", "forbidden"}


def test_a_proof_holds_for_ten_minutes_and_a_clock_set_back_ends_it(certificates, tmp_path):
    folder = shutil.copytree(certificates, tmp_path / "certificates")
    clock = SetClock(at=[1000.0])
    controls = Controls(certificates=folder, clock=clock)
    assert controls.problem() == ""
    (folder / "good.pem").unlink()
    clock.at[0] += EVERY_SECONDS - 1
    assert controls.problem() == ""
    clock.at[0] += 2
    assert controls.problem()
    clock.at[0] = 500.0
    assert controls.problem()


def test_a_canary_out_of_line_asks_nobody_and_says_unknown(tmp_path):
    controls = Controls(certificates=tmp_path / "nothing", clock=Clock())
    with peers.serve(peers.closing) as p:
        endpoint = Endpoint(id="a", url=f"http://127.0.0.1:{p.port}/", kind="http")
        work = Work(
            look="l1", probes=(Probe(endpoint=endpoint, pin="127.0.0.1"),), sentinels=("a.example",)
        )
        answer = looked(
            work,
            Clock(),
            controls,
            own_addresses=(),
            means=Means(guard=lambda address, own: None),
        )
    (outcome,), (sentinel,) = answer.outcomes, answer.sentinels
    assert (outcome.state, outcome.failure) == (State.UNKNOWN, Failure.CONTROL_FAILED)
    assert sentinel.resolution.failure is Failure.CONTROL_FAILED
    assert p.connections == 0


def test_no_work_message_reaches_the_exception_of_the_controls(certificates, controls):
    with peers.serve(peers.answer("200 OK")) as p:
        endpoint = Endpoint(id="good", url=f"http://127.0.0.1:{p.port}/", kind="http")
        work = Work(look="control", probes=(Probe(endpoint=endpoint, pin="127.0.0.1"),))
        answer = looked(work, Clock(), controls, own_addresses=(), means=Means())
    assert answer.outcomes[0].failure is Failure.GUARD_REFUSED and p.connections == 0
