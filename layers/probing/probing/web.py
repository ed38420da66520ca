"""One web request, stage by stage: what the probe kinds http and https share."""

import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from http.client import HTTPException
from typing import Any, TypeVar

from urllib3.exceptions import HTTPError

from probing import certificate, expectation, failures, request, transport
from probing.attempt import Attempt, Seen
from probing.deadline import Deadline
from probing.evidence import of_answer
from probing.guard import ascii_host
from probing.outcome import Failure, Stage, Step
from probing.secret import redact

_ADDRESSES_TRIED = 4
_CERTIFICATE_LOOK_SECONDS = 2.0
_TIMEOUTS = (Failure.CONNECT_TIMEOUT, Failure.TLS_TIMEOUT, Failure.HTTP_TIMEOUT)
_TRY_NEXT = (
    Failure.CONNECT_REFUSED,
    Failure.CONNECT_UNREACHABLE,
    Failure.CONNECT_RESET,
    Failure.GUARD_REFUSED,
)
_SAYS = {Failure.GUARD_REFUSED: 0, Failure.CONNECT_UNREACHABLE: 1}
"""How much a failed connection says of the endpoint; any other failure says more."""

Made = TypeVar("Made")


class _Stop(Exception):
    """A stage failed; its step says why."""


def probe(attempt: Attempt, *, tls: bool) -> Seen:
    """The steps after resolve, up to the first that fails."""
    run = _Run(attempt)
    with ExitStack() as opened:
        try:
            peer = opened.enter_context(run.connect())
            if tls:
                peer = opened.enter_context(run.tls(peer))
            run.http(peer)
        except _Stop:
            pass
    return Seen(steps=tuple(run.steps), address=run.address)


class _Run:
    """The steps of one attempt as they are made."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.steps: list[Step] = []
        self.address: str | None = None

    def connect(self) -> socket.socket:
        """A connection to the first address that takes one, as an ordinary client's.

        The next is tried only where the answer "no" came at once: a time-out has used up the
        probe's time, as it would the caller's.
        """
        tried: dict[str, tuple[failures.Told, float]] = {}
        for address in self.attempt.addresses[:_ADDRESSES_TRIED]:
            told, elapsed_ms, peer = self._connect_to(address, self.attempt.endpoint.port)
            self.address = address
            if peer is not None:
                self._add(Stage.CONNECT, elapsed_ms, self._connect_evidence(tried))
                return peer
            tried[address] = (told, elapsed_ms)
            if told[0] not in _TRY_NEXT:
                break
        # Of several failures the one that says most, the latest of equals: the IPv6 address of a
        # name cannot be reached from most VPCs, which says nothing of a refusal by its IPv4 one.
        self.address = max(reversed(tried), key=lambda a: _SAYS.get(tried[a][0][0], len(_SAYS)))
        told, elapsed_ms = tried.pop(self.address)
        self._fail(Stage.CONNECT, elapsed_ms, told, self._connect_evidence(tried))
        raise _Stop

    def _connect_evidence(self, others: dict[str, tuple[failures.Told, float]]) -> dict[str, Any]:
        evidence = {"address": self.address, "port": self.attempt.endpoint.port}
        tried = [f"{address}: {told[0]}" for address, (told, _) in others.items()]
        return evidence | ({"tried": tried} if tried else {})

    def _connect_to(
        self, address: str, port: int
    ) -> tuple[failures.Told, float, socket.socket | None]:
        """What became of it: the failure (meaningless when a socket is given), time, socket."""
        refused = self.attempt.guard(address, self.attempt.own_addresses)
        if refused:
            return (Failure.GUARD_REFUSED, refused), 0.0, None
        clock = self.attempt.deadline.clock
        started = clock.monotonic_seconds()
        try:
            peer = transport.connect(address, port, self.attempt.deadline)
        except OSError as error:
            told = failures.of(error, Stage.CONNECT)
            return told, (clock.monotonic_seconds() - started) * 1000, None
        return (Failure.CANARY_ERROR, ""), (clock.monotonic_seconds() - started) * 1000, peer

    def tls(self, peer: socket.socket) -> ssl.SSLSocket:
        endpoint = self.attempt.endpoint
        name = endpoint.server_name or endpoint.host
        name = name if ":" in name else ascii_host(name)
        evidence: dict[str, Any] = {"server_name": name}
        context = certificate.trusting(self.attempt.ca_file)

        def made() -> ssl.SSLSocket:
            return transport.handshake(peer, context, name, self.attempt.deadline)

        secure, elapsed_ms = self._timed(Stage.TLS, made, evidence)
        self._add(Stage.TLS, elapsed_ms, evidence | certificate.facts(secure))
        return secure

    def http(self, peer: socket.socket) -> None:
        attempt = self.attempt
        try:
            asked = request.build(attempt.endpoint, attempt.secret_headers, attempt.user_agent)
        except request.CannotSend as error:
            failure = Failure.CREDENTIAL if error.credential else Failure.CANARY_ERROR
            self._fail(Stage.HTTP, 0.0, (failure, str(error)), {})
            raise _Stop from error
        exchange = transport.Exchange()
        evidence: dict[str, Any] = {}

        def made() -> None:
            try:
                exchange.run(peer, asked, attempt.deadline)
            finally:
                evidence.update(of_answer(exchange, attempt.secret_headers.values()))

        _, elapsed_ms = self._timed(Stage.HTTP, made, evidence)
        told = expectation.judge(
            attempt.endpoint.expect,
            status=exchange.status or 0,
            body=exchange.body,
            elapsed_ms=elapsed_ms + self._elapsed_before_ms(),
        )
        if told:
            self._fail(Stage.HTTP, elapsed_ms, told, evidence)
        else:
            self._add(Stage.HTTP, elapsed_ms, evidence)

    def _elapsed_before_ms(self) -> float:
        resolution = self.attempt.resolution
        resolved_ms = resolution.elapsed_ms if resolution else 0.0
        return resolved_ms + sum(step.elapsed_ms for step in self.steps)

    def _timed(
        self, stage: Stage, make: Callable[[], Made], evidence: dict[str, Any]
    ) -> tuple[Made, float]:
        """Do one stage's work; its error becomes the step's failure and ends the run."""
        clock = self.attempt.deadline.clock
        started = clock.monotonic_seconds()
        try:
            made = make()
        except (OSError, HTTPException, HTTPError, ValueError) as error:
            elapsed_ms = (clock.monotonic_seconds() - started) * 1000
            told = failures.of(error, stage)
            if told[0] is Failure.TLS_NAME_MISMATCH:
                evidence.update(self._certificate_shown(evidence["server_name"]))
            self._fail(stage, elapsed_ms, told, evidence)
            raise _Stop from error
        return made, (clock.monotonic_seconds() - started) * 1000

    def _certificate_shown(self, server_name: str) -> dict[str, Any]:
        attempt = self.attempt
        deadline = Deadline.after(
            attempt.deadline.clock, _CERTIFICATE_LOOK_SECONDS, within=attempt.deadline
        )
        return certificate.shown(
            str(self.address), attempt.endpoint.port, server_name, attempt.ca_file, deadline
        )

    def _fail(
        self, stage: Stage, elapsed_ms: float, told: failures.Told, evidence: dict[str, Any]
    ) -> None:
        failure, detail = told
        if failure in _TIMEOUTS and self.attempt.deadline.cut_short:
            failure, detail = Failure.OUT_OF_TIME, f"the look ran out of time: {detail}"
        self._add(
            stage,
            elapsed_ms,
            evidence,
            failure,
            redact(detail, self.attempt.secret_headers.values()),
        )

    def _add(
        self,
        stage: Stage,
        elapsed_ms: float,
        evidence: dict[str, Any],
        failure: Failure | None = None,
        detail: str = "",
    ) -> None:
        self.steps.append(
            Step(
                stage=stage,
                elapsed_ms=round(elapsed_ms, 3),
                failure=failure,
                detail=detail,
                evidence=evidence,
            )
        )
