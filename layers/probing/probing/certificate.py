"""TLS trust settings and the facts of a peer's certificate."""

import ssl
from functools import cache
from typing import Any

from probing import transport
from probing.deadline import Deadline

_NAMES_LIMIT = 20
_TEXT_LIMIT = 200


@cache
def trusting(ca_file: str | None = None, *, for_evidence: bool = False) -> ssl.SSLContext:
    """The one context of a trust setting: the system's roots, or those of `ca_file` alone.

    Made on first use: loading the roots is the largest single cost of a cold start. ALPN offers
    http/1.1 alone, since that is all that we speak. `for_evidence` leaves the name unchecked.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Python 3.13 sets this where 3.11 does not: it refuses private CAs without a key identifier,
    # which the workloads' own clients take. What only we refuse is no failure of the endpoint.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["http/1.1"])
    context.check_hostname = not for_evidence
    return context


def facts(peer: ssl.SSLSocket) -> dict[str, Any]:
    """What a finished handshake agreed on, and the certificate's names and times (epoch seconds).

    Keys: version, alpn ("" for none), subject, sans, issuer, not_before_at, not_after_at.
    """
    agreed = {"version": peer.version() or "", "alpn": peer.selected_alpn_protocol() or ""}
    return agreed | of_certificate(peer.getpeercert() or {})


def shown(
    address: str, port: int, server_name: str, ca_file: str | None, deadline: Deadline
) -> dict[str, Any]:
    """The facts of a trusted certificate of another name: whose it is tells who took the
    connection. {} when it cannot be had.

    OpenSSL ends a handshake with the wrong name without giving the certificate out, so this is a
    second one that leaves the name unchecked; nothing is sent over it.
    """
    try:
        peer = transport.connect(address, port, deadline)
        context = trusting(ca_file, for_evidence=True)
        with transport.handshake(peer, context, server_name, deadline) as secure:
            return facts(secure)
    except OSError:
        return {}


def of_certificate(certificate: dict[str, Any]) -> dict[str, Any]:
    """The part of `facts` that `ssl.SSLSocket.getpeercert` tells; {} for a certificate untold."""
    if not certificate:
        return {}
    names = [str(value)[:_TEXT_LIMIT] for _, value in certificate.get("subjectAltName", ())]
    return {
        "subject": _name(certificate.get("subject", ())),
        "sans": names[:_NAMES_LIMIT],
        "issuer": _name(certificate.get("issuer", ())),
        "not_before_at": _at(certificate.get("notBefore")),
        "not_after_at": _at(certificate.get("notAfter")),
    }


def _name(pairs: Any) -> str:
    """`CN=a, O=b` of the nested tuples that Python gives for a distinguished name."""
    short = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU"}
    told = [(short.get(key), value) for relative in pairs for key, value in relative]
    return ", ".join(f"{key}={value}" for key, value in told if key)[:_TEXT_LIMIT]


def _at(text: str | None) -> float | None:
    try:
        return float(ssl.cert_time_to_seconds(text)) if text else None
    except ValueError:
        return None
