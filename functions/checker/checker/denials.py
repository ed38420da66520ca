"""When an answer casts doubt on what we showed, rather than on the endpoint."""

from checker import our_load
from probing.endpoint import AuthKind, Endpoint
from probing.fields import SECRET
from probing.outcome import Failure, Outcome, Stage

DENIED = frozenset({401, 403})
_CERTIFICATE_DENIED = (Failure.TLS_HANDSHAKE_REFUSED, Failure.TLS_RESET)
_NOT_TAKEN = ("ExpiredTokenException", "UnrecognizedClientException")
_SIGNATURE, _CLOCK = "InvalidSignatureException", ("Signature expired", "Signature not yet current")


def denied(endpoint: Endpoint, outcome: Outcome) -> bool:
    """Whether another credential, client certificate or authority could make it good."""
    if our_load.refused(outcome):
        return False
    if (endpoint.auth is not None or endpoint.client_certificate) and outcome.status in DENIED:
        return True
    if endpoint.client_certificate and outcome.failure in _CERTIFICATE_DENIED:
        return True
    return outcome.failure is Failure.TLS_UNTRUSTED and bool(SECRET.match(endpoint.ca))


def signature_not_taken(endpoint: Endpoint, outcome: Outcome) -> str:
    """What API Gateway has against our signature that is no verdict on the caller's rights: our
    role's session or our clock; "" for none.

    Source: Amazon API Gateway Developer Guide, "Gateway response types": EXPIRED_TOKEN,
    INVALID_SIGNATURE; what the latter says of the clock is from published recordings.
    """
    if endpoint.auth is None or endpoint.auth.kind is not AuthKind.SIGV4:
        return ""
    http = outcome.step(Stage.HTTP)
    evidence = http.evidence if http is not None else {}
    kind = str(evidence.get("headers", {}).get("x-amzn-errortype", "")).split(":")[0]
    said = str(evidence.get("snippet", ""))
    if kind in _NOT_TAKEN or (kind == _SIGNATURE and any(word in said for word in _CLOCK)):
        return kind
    return ""
