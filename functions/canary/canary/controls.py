"""The canary proves itself: on servers in its own process, before its word is worth anything.

A good server must pass; one with another host's certificate, one with an expired certificate and
one at an address that the guard forbids must not. Out of line means that verification, the guard,
the clock or the machine is not as it should be, so nothing that this canary says counts. Heartbeats
cannot see that: a prober that finds everything good sends them too.

The exception to the guard that controls need is made here, of code alone: no work message reaches
it.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from probing import guard
from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.means import Means
from probing.outcome import Failure, Outcome, Stage, View
from probing.run import look
from probing.wire import Probe, Work

EVERY_SECONDS = 600.0
HOST = "control.gatewatch.invalid"
_LOOPBACK = "127.0.0.1"
_PROBE_SECONDS = 3.0
_DEADLINE_SECONDS = 4.0
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

MUST: dict[str, Failure | None] = {
    "good": None,
    "wrong_host": Failure.TLS_NAME_MISMATCH,
    "expired": Failure.TLS_EXPIRED,
    "forbidden": Failure.GUARD_REFUSED,
}
"""What each control has to end with."""


@dataclass(slots=True, kw_only=True)
class Controls:
    """`certificates` is the folder that make_controls.py filled at build. Real time: how long a
    frozen environment slept matters, and no lab scales it."""

    certificates: Path
    clock: Clock
    _proved_at: float | None = None

    def problem(self) -> str:
        """ "" while the canary is in line: proved now, or within the last ten minutes. Else what
        was out of line; then the next look proves it anew."""
        now = self.clock.real_now_at()
        proved = self._proved_at
        # A clock that was set back makes the proof look young: prove again.
        if proved is not None and 0 <= now - proved < EVERY_SECONDS:
            return ""
        problem = prove(self.certificates, self.clock)
        self._proved_at = None if problem else now
        return problem


def prove(certificates: Path, clock: Clock) -> str:
    """Run every control once; "" when all end as they must, else which did not, and how."""
    try:
        ended = _run(certificates, clock)
    except (OSError, ssl.SSLError, RuntimeError) as error:
        return f"the controls cannot be run ({type(error).__name__})"
    wrong = [
        f"{name} ended with {ended[name] or 'ok'}, not with {must or 'ok'}"
        for name, must in MUST.items()
        if ended[name] is not must
    ]
    return "; ".join(wrong)


def _run(certificates: Path, clock: Clock) -> dict[str, Failure | None]:
    with ExitStack() as serving:
        ports = {
            name: serving.enter_context(_serve(certificates / f"{name}.pem"))
            for name in ("good", "wrong_host", "expired")
        }
        lifted = Means(guard=_loopback_alone, ca_file=str(certificates / "ca.pem"))
        ended = {outcome.endpoint: _failure(outcome) for outcome in _look(ports, clock, lifted)}
        # The same server under the guard as every real probe has it.
        (forbidden,) = _look({"forbidden": ports["good"]}, clock, Means())
    return ended | {"forbidden": _failure(forbidden)}


def _loopback_alone(address: str, own_addresses: object) -> str | None:
    return None if address == _LOOPBACK else guard.check(address)


def _look(ports: dict[str, int], clock: Clock, means: Means) -> tuple[Outcome, ...]:
    probes = tuple(
        Probe(
            endpoint=Endpoint(id=name, url=f"https://{HOST}:{port}/"),
            view=View.PINNED,
            pin=_LOOPBACK,
        )
        for name, port in ports.items()
    )
    work = Work(
        look="control",
        probes=probes,
        probe_timeout_seconds=_PROBE_SECONDS,
        deadline_seconds=_DEADLINE_SECONDS,
    )
    return look(work, clock, means=means).outcomes


def _failure(outcome: Outcome) -> Failure | None:
    """What it ended with. An `ok` without TLS and an answer would be no proof."""
    proved = outcome.step(Stage.TLS) is not None and outcome.status == 200
    return outcome.failure if outcome.failure or proved else Failure.CANARY_ERROR


@contextmanager
def _serve(certificate: Path) -> Iterator[int]:
    """The port of a server with that certificate, which answers 200 to whatever it is asked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server((_LOOPBACK, 0)) as listener:
        listener.settimeout(_DEADLINE_SECONDS)
        thread = Thread(target=_answer_all, args=(listener, context), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(_DEADLINE_SECONDS)


def _answer_all(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            peer, _ = listener.accept()
        except OSError:
            return
        with peer, suppress(OSError):
            peer.settimeout(_PROBE_SECONDS)
            with context.wrap_socket(peer, server_side=True) as secure:
                secure.recv(4096)
                secure.sendall(_ANSWER)
