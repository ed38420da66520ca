"""A TLS handshake and nothing more: `tls://host[:port]`. Its evidence holds the whole chain."""

from contextlib import ExitStack

from probing import certificate, expectation
from probing.attempt import Attempt, Seen
from probing.kind import ProbeKind
from probing.stages import Stages


def probe(attempt: Attempt) -> Seen:
    def speak(stages: Stages, opened: ExitStack) -> None:
        secure = opened.enter_context(stages.tls(opened.enter_context(stages.connect())))
        evidence = stages.steps[-1].evidence
        evidence["chain"] = certificate.chain(secure)
        stages.judged(expectation.of_certificate(attempt, evidence, certificate.names(secure)))

    return Stages(attempt).run(speak)


KIND = ProbeKind(
    name="tls",
    schemes={"tls": 443},
    probe=probe,
    keys=frozenset({"server_name", "ca", "insecure_tls", "auth"}),
    expects=frozenset({"certificate_days", "certificate_names", "tls_version"}),
)
