"""One web request, stage by stage: what the probe kinds http and https share."""

from contextlib import ExitStack
from typing import Any

from probing import expectation, request, transport
from probing.attempt import Attempt, Seen
from probing.evidence import Answer, of_answer
from probing.kind import ProbeKind
from probing.outcome import Failure, Stage
from probing.stages import Stages

KEYS = frozenset({"method", "headers", "auth"})
TLS_KEYS = frozenset({"server_name", "ca", "insecure_tls"})
EXPECTS = frozenset({"status", "headers", "body_contains", "body_matches", "json"})
TLS_EXPECTS = frozenset({"certificate_days"})


def kind(name: str, *, port: int, tls: bool) -> ProbeKind:
    """The kind of a scheme of that name."""

    def probe(attempt: Attempt) -> Seen:
        def speak(stages: Stages, opened: ExitStack) -> None:
            plain = opened.enter_context(stages.connect())
            peer: transport.Line = plain
            if tls:
                peer = opened.enter_context(stages.tls(plain))
                stages.judged(expectation.of_certificate(attempt, stages.steps[-1].evidence))
            _http(stages, peer)

        return Stages(attempt).run(speak)

    return ProbeKind(
        name=name,
        schemes={name: port},
        probe=probe,
        keys=KEYS | TLS_KEYS if tls else KEYS,
        expects=EXPECTS | TLS_EXPECTS if tls else EXPECTS,
    )


def _http(stages: Stages, peer: transport.Line) -> None:
    attempt = stages.attempt
    try:
        asked = request.build(attempt.endpoint, attempt.secret_headers, attempt.user_agent)
    except request.CannotSend as error:
        failure = Failure.CREDENTIAL if error.credential else Failure.CANARY_ERROR
        stages.fail(Stage.HTTP, (failure, str(error)), {})
    exchange = transport.Exchange()
    evidence: dict[str, Any] = {}

    def answer() -> Answer:
        return Answer(
            status=exchange.status,
            headers=exchange.headers,
            body=exchange.body,
            truncated=exchange.truncated,
        )

    def made() -> Answer:
        try:
            exchange.run(peer, asked, attempt.deadline)
        finally:
            evidence.update(of_answer(answer(), attempt.secrets))
        return answer()

    told = stages.timed(Stage.HTTP, made, evidence)
    stages.judged(expectation.judge(attempt.endpoint.expect, told, attempt.matches))
