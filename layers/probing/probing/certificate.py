"""The facts of a peer's certificate, verified or not."""

import hashlib
import ssl
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from probing import transport, trust
from probing.deadline import Deadline
from probing.disguises import printable
from probing.tls_line import TlsLine
from probing.trust import Trust

_NAMES_LIMIT = 20
_TEXT_LIMIT = 200
_CHAIN_LIMIT = 5
_KNOWN: dict[bytes, dict[str, Any]] = {}
"""Facts by certificate (DER): an endpoint shows the same one in every look."""
_KNOWN_LIMIT = 512


def facts(peer: TlsLine) -> dict[str, Any]:
    """What a finished handshake agreed on, and the certificate's names and times (epoch seconds).

    Keys: version, alpn ("" for none), subject, sans, issuer, not_before_at, not_after_at.
    """
    agreed = {"version": peer.version() or "", "alpn": peer.selected_alpn_protocol() or ""}
    der = peer.getpeercert(True) or b""
    known = _KNOWN.get(der)
    if known is None:
        if len(_KNOWN) >= _KNOWN_LIMIT:
            _KNOWN.clear()
        known = _KNOWN[der] = of_certificate(_told(peer))
    return agreed | known


def names(peer: TlsLine) -> frozenset[str]:
    """All that the certificate is for, in lower case: `facts` show the first of them alone."""
    return frozenset(str(value).lower() for _, value in _told(peer).get("subjectAltName", ()))


def _told(peer: TlsLine) -> dict[str, Any]:
    # Python tells nothing of a certificate that it did not verify; OpenSSL does.
    unverified = (certificate.get_info() for certificate in _unverified(peer))
    return peer.getpeercert() or next(unverified, {})


def chain(peer: TlsLine) -> list[dict[str, Any]]:
    """The certificates as the peer sent them, its own first, at most five: keys subject, issuer,
    not_after_at, sha256 (of the DER form)."""
    found = []
    for certificate in list(_unverified(peer))[:_CHAIN_LIMIT]:
        told = of_certificate(certificate.get_info())
        der = ssl.PEM_cert_to_DER_cert(certificate.public_bytes())
        kept = {key: told.get(key) for key in ("subject", "issuer", "not_after_at")}
        found.append(kept | {"sha256": hashlib.sha256(der).hexdigest()})
    return found


def _unverified(peer: TlsLine) -> Iterable[Any]:
    # Public only from Python 3.13 on (SSLSocket.get_unverified_chain), and as bytes alone.
    inner = getattr(peer.tls, "_sslobj", None)
    read = getattr(inner, "get_unverified_chain", None)
    return (read() if read is not None else None) or ()


def shown(
    address: str, port: int, server_name: str, setting: Trust, deadline: Deadline
) -> dict[str, Any]:
    """The facts and the chain of a certificate that was refused: whose it is tells who took the
    connection. {} when they cannot be had.

    OpenSSL ends a handshake with a bad certificate without giving it out, so this is a second one
    that believes everybody; nothing is sent over it.
    """
    try:
        context = trust.context(replace(setting, verify=False))
        peer = transport.connect(address, port, deadline)
        with transport.handshake(peer, context, server_name, deadline) as secure:
            return facts(secure) | {"chain": chain(secure)}
    except (OSError, ValueError):
        return {}


def of_certificate(certificate: dict[str, Any]) -> dict[str, Any]:
    """The part of `facts` that `ssl.SSLSocket.getpeercert` tells; {} for a certificate untold."""
    if not certificate:
        return {}
    first = certificate.get("subjectAltName", ())[:_NAMES_LIMIT]
    return {
        "subject": _name(certificate.get("subject", ())),
        "sans": [printable(str(value))[:_TEXT_LIMIT] for _, value in first],
        "issuer": _name(certificate.get("issuer", ())),
        "not_before_at": _at(certificate.get("notBefore")),
        "not_after_at": _at(certificate.get("notAfter")),
    }


def _name(pairs: Any) -> str:
    """`CN=a, O=b` of the nested tuples that Python gives for a distinguished name."""
    short = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU"}
    told = [(short.get(key), value) for relative in pairs for key, value in relative]
    return printable(", ".join(f"{key}={value}" for key, value in told if key))[:_TEXT_LIMIT]


def _at(text: str | None) -> float | None:
    try:
        return float(ssl.cert_time_to_seconds(text)) if text else None
    except ValueError:
        return None
