"""Connect and TLS, and how a stage becomes a step: what the kinds of probe share."""

import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any, NoReturn, TypeVar

from probing import certificate, failures, transport, trust
from probing.attempt import Attempt, Seen
from probing.deadline import Deadline
from probing.outcome import Failure, Stage, Step
from probing.target import ascii_host
from probing.tls_line import TlsLine

_CERTIFICATE_LOOK_SECONDS = 2.0
_TIMEOUTS = (
    Failure.CONNECT_TIMEOUT,
    Failure.TLS_TIMEOUT,
    Failure.HTTP_TIMEOUT,
    Failure.MESSAGE_TIMEOUT,
)
_UNREACHABLE = (
    Failure.CONNECT_TIMEOUT,
    Failure.CONNECT_REFUSED,
    Failure.CONNECT_UNREACHABLE,
    Failure.CONNECT_RESET,
)
_CERTIFICATE_REFUSED = (
    Failure.TLS_NAME_MISMATCH,
    Failure.TLS_EXPIRED,
    Failure.TLS_NOT_YET_VALID,
    Failure.TLS_UNTRUSTED,
)
_ERRORS = (OSError, ValueError)

Made = TypeVar("Made")


class Stop(Exception):
    """The attempt is over; the last step says why."""


class Stages:
    """The steps of one attempt as they are made."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.steps: list[Step] = []
        self.address: str | None = None

    def run(self, speak: Callable[["Stages", ExitStack], None]) -> Seen:
        """Let `speak` make its stages; what it opens in the stack is closed after it."""
        with ExitStack() as opened, suppress(Stop):
            speak(self, opened)
        return Seen(steps=tuple(self.steps), address=self.address)

    def connect(self) -> socket.socket:
        """A connection to the address of the attempt, which the guard allows."""
        attempt = self.attempt
        evidence = {"address": attempt.address, "port": attempt.endpoint.port}
        refused = attempt.guard(attempt.address, attempt.own_addresses)
        if refused:
            self.fail(Stage.CONNECT, (Failure.GUARD_REFUSED, refused), evidence)
        self.address = attempt.address

        def made() -> socket.socket:
            return transport.connect(attempt.address, attempt.endpoint.port, attempt.deadline)

        if attempt.endpoint.expect.reachable:
            return self.timed(Stage.CONNECT, made, evidence)
        with self.timed(Stage.CONNECT, made, evidence):
            self.steps.pop()
            self.fail(
                Stage.CONNECT, (Failure.CONNECT_REACHED, "a connection could be made"), evidence
            )

    def tls(self, peer: socket.socket) -> TlsLine:
        """TLS over `peer`, for the endpoint's server name."""
        endpoint, setting = self.attempt.endpoint, self.attempt.trust
        # A certificate is for the name without the dot that ends it in DNS (RFC 6066, 3).
        name = (endpoint.server_name or endpoint.host).removesuffix(".")
        name = name if ":" in name else ascii_host(name)
        evidence: dict[str, Any] = {"server_name": name}
        if not setting.verify:
            evidence["insecure"] = True
        try:
            context = trust.context(setting)
        except trust.BadClientCertificate as error:
            self.fail(Stage.TLS, (Failure.CREDENTIAL, str(error)), evidence)
        except trust.BadAuthority as error:
            self.fail(Stage.TLS, (Failure.CANARY_ERROR, str(error)), evidence)

        def made() -> TlsLine:
            secure = transport.handshake(peer, context, name, self.attempt.deadline)
            evidence.update(certificate.facts(secure))
            return secure

        return self.timed(Stage.TLS, made, evidence)

    def timed(self, stage: Stage, make: Callable[[], Made], evidence: dict[str, Any]) -> Made:
        """Do one stage's work as a step of its own; its error becomes the step's failure and ends
        the attempt. `evidence` may be filled while the work is done."""
        clock = self.attempt.deadline.clock
        started = clock.monotonic_seconds()
        try:
            made = make()
        except _ERRORS as error:
            elapsed_ms = (clock.monotonic_seconds() - started) * 1000
            told = failures.of(error, stage)
            if told[0] in _CERTIFICATE_REFUSED:
                evidence.update(self._certificate_shown(evidence["server_name"]))
                evidence["judged_at"] = clock.real_now_at()  # the clock that OpenSSL goes by
            self._failed(stage, told, evidence, elapsed_ms)
            raise Stop from None
        self._add(stage, (clock.monotonic_seconds() - started) * 1000, evidence)
        return made

    def fail(self, stage: Stage, told: failures.Told, evidence: dict[str, Any]) -> NoReturn:
        """End the attempt with a failure that no error brought about."""
        self._failed(stage, told, evidence, 0.0)
        raise Stop

    def over(self) -> NoReturn:
        """End the attempt here, with the steps as they are."""
        raise Stop

    def judged(self, told: failures.Told | None) -> None:
        """Turn the last step into a failing one, when there is anything to tell of it."""
        if told:
            last = self.steps.pop()
            self._failed(last.stage, told, last.evidence, last.elapsed_ms)
            raise Stop

    def _certificate_shown(self, server_name: str) -> dict[str, Any]:
        attempt = self.attempt
        deadline = Deadline.after(
            attempt.deadline.clock, _CERTIFICATE_LOOK_SECONDS, within=attempt.deadline
        )
        return certificate.shown(
            attempt.address, attempt.endpoint.port, server_name, attempt.trust, deadline
        )

    def _failed(
        self, stage: Stage, told: failures.Told, evidence: dict[str, Any], elapsed_ms: float
    ) -> None:
        failure, detail = told
        if failure in _TIMEOUTS and self.attempt.deadline.cut_short:
            failure, detail = Failure.OUT_OF_TIME, f"the look ran out of time: {detail}"
        if failure in _UNREACHABLE and not self.attempt.endpoint.expect.reachable:
            self._add(stage, elapsed_ms, evidence | {"unreachable": failure.value})
            return
        self._add(stage, elapsed_ms, evidence, failure, detail)

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
