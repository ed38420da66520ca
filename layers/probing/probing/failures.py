"""The one place where an exception of a socket, TLS, DNS or HTTP library becomes a Failure.

Texts of exceptions are not passed on: some quote what was sent or received. What is kept is the
operating system's, OpenSSL's or our own reader's wording, which holds nothing of either.
"""

import errno
import os
import ssl
from collections.abc import Callable, Mapping

from probing.http_answer import Ended, NotHttp
from probing.outcome import Failure, Stage

Told = tuple[Failure, str]

_OUR_LIMITS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EINVAL})
_NO_WAY = frozenset(
    {
        errno.ENETUNREACH,
        errno.EHOSTUNREACH,
        errno.ENETDOWN,
        errno.EHOSTDOWN,
        errno.EADDRNOTAVAIL,
        errno.EAFNOSUPPORT,
        errno.EACCES,
        errno.EPERM,
        errno.ENONET,
    }
)

# OpenSSL's X509_V_ERR_* numbers (openssl/x509_vfy.h).
_NAME_CODES = frozenset({62, 64})  # hostname mismatch, IP address mismatch
_NOT_YET_VALID = 9
_EXPIRED = 10
_OUR_CODES = frozenset({17, 70})  # out of memory, trust store cannot be searched

# OpenSSL's reasons for "no version in common": its own finding, and the peer's alert. Its
# WRONG_VERSION_NUMBER is none of them: it says that what came is no TLS record at all.
_VERSION_REASONS = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"})
_NOT_TLS = "WRONG_VERSION_NUMBER"
_NO_MEMORY = ("malloc failure", "buf lib", "crypto lib")
"""In the text of an error to which OpenSSL gives no reason: one of ours, whatever the peer did."""

BY_RCODE: Mapping[str, Failure] = {
    "NXDOMAIN": Failure.DNS_NXDOMAIN,
    "SERVFAIL": Failure.DNS_SERVFAIL,
    "REFUSED": Failure.DNS_REFUSED,
}
"""Any other rcode than these and NOERROR is the server's failure to serve: dns_servfail."""


def of_rcode(rcode: str, *, addresses: bool) -> Failure | None:
    """What an answer of that rcode, with or without addresses, is a failure of; None for good."""
    if rcode == "NOERROR":
        return None if addresses else Failure.DNS_NODATA
    return BY_RCODE.get(rcode, Failure.DNS_SERVFAIL)


def of(error: BaseException, stage: Stage) -> Told:
    """The failure that `error` means at that stage, and what may be said of it.

    An error that no rule knows is ours (`canary_error`): unknown is not down.
    """
    return _BY_STAGE[stage](error)


def _wording(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else type(error).__name__


def _of_resolve(error: BaseException) -> Told:
    if isinstance(error, TimeoutError):
        return Failure.DNS_TIMEOUT, "no answer from the name server"
    if isinstance(error, ConnectionRefusedError):
        return Failure.DNS_REFUSED, "nothing listens at the name server's port"
    if isinstance(error, OSError) and error.errno not in _OUR_LIMITS:
        return Failure.DNS_TIMEOUT, f"the name server cannot be reached: {_wording(error)}"
    return _ours(error)


def _of_connect(error: BaseException) -> Told:
    if isinstance(error, TimeoutError):
        return Failure.CONNECT_TIMEOUT, "no answer to the connection request"
    if isinstance(error, ConnectionRefusedError):
        return Failure.CONNECT_REFUSED, "the connection was refused"
    if isinstance(error, ConnectionError):
        return Failure.CONNECT_RESET, "the connection was reset while it was made"
    if isinstance(error, OSError) and error.errno in _NO_WAY:
        return Failure.CONNECT_UNREACHABLE, _wording(error)
    return _ours(error)


def _of_tls(error: BaseException) -> Told:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_certificate(error)
    if isinstance(error, TimeoutError):
        return Failure.TLS_TIMEOUT, "the TLS handshake was not finished in time"
    if isinstance(error, (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return Failure.TLS_RESET, "the peer closed the connection during the TLS handshake"
    if isinstance(error, ssl.SSLSyscallError):
        return Failure.TLS_RESET, "the connection broke during the TLS handshake"
    if isinstance(error, ssl.SSLError):
        return _of_handshake(error)
    return _ours(error)


def _of_handshake(error: ssl.SSLError) -> Told:
    reason = getattr(error, "reason", None)
    if _is_want_of_memory(error):
        return Failure.CANARY_ERROR, "the canary failed: OpenSSL had not the memory that it needed"
    if reason in _VERSION_REASONS:
        return Failure.TLS_VERSION, f"no TLS version in common with the peer: {_openssl(error)}"
    if reason == _NOT_TLS:
        return Failure.TLS_HANDSHAKE_REFUSED, "what the peer says is not TLS"
    return Failure.TLS_HANDSHAKE_REFUSED, _openssl(error)


def _is_want_of_memory(error: ssl.SSLError) -> bool:
    return any(mark in str(error).lower() for mark in _NO_MEMORY)


def _of_certificate(error: ssl.SSLCertVerificationError) -> Told:
    message = error.verify_message or "certificate verify failed"
    if error.verify_code in _OUR_CODES:
        return Failure.CANARY_ERROR, f"the canary failed: {message}"
    if error.verify_code in _NAME_CODES:
        return Failure.TLS_NAME_MISMATCH, message
    if error.verify_code == _NOT_YET_VALID:
        return Failure.TLS_NOT_YET_VALID, message
    if error.verify_code == _EXPIRED:
        return Failure.TLS_EXPIRED, message
    return Failure.TLS_UNTRUSTED, message


def _openssl(error: ssl.SSLError) -> str:
    # Set by OpenSSL only: an error that Python itself raises has no reason.
    reason = getattr(error, "reason", None) or "TLS handshake failure"
    return str(reason).replace("_", " ").lower()


def _of_http(error: BaseException) -> Told:
    if isinstance(error, TimeoutError):
        return Failure.HTTP_TIMEOUT, "no complete answer in time"
    if isinstance(error, Ended):
        return Failure.HTTP_RESET, "the peer closed the connection before its answer was complete"
    if isinstance(error, (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return Failure.HTTP_RESET, "the peer reset the connection before its answer was complete"
    if isinstance(error, ssl.SSLSyscallError):
        return Failure.HTTP_RESET, "the connection broke before the answer was complete"
    if isinstance(error, ssl.SSLError):
        return _of_tls_after_handshake(error)
    if isinstance(error, NotHttp):
        return Failure.HTTP_MALFORMED, f"not an HTTP answer: {error}"
    return _ours(error)


def _of_tls_after_handshake(error: ssl.SSLError) -> Told:
    if _is_want_of_memory(error):
        return Failure.CANARY_ERROR, "the canary failed: OpenSSL had not the memory that it needed"
    if "alert" in str(error).lower():
        # TLS 1.3 tells of a missing client certificate only after the handshake.
        return Failure.TLS_HANDSHAKE_REFUSED, _openssl(error)
    return Failure.HTTP_RESET, f"the TLS connection was spoilt: {_openssl(error)}"


def _of_message(error: BaseException) -> Told:
    if isinstance(error, TimeoutError):
        return Failure.MESSAGE_TIMEOUT, "no message in time"
    if isinstance(error, (ConnectionError, EOFError, ssl.SSLError)):
        return Failure.MESSAGE_CLOSED, "the peer closed the connection before its message came"
    if isinstance(error, NotHttp):
        return Failure.MESSAGE_CLOSED, "the peer broke the protocol before its message came"
    return _ours(error)


def _ours(error: BaseException) -> Told:
    wording = _wording(error) if isinstance(error, OSError) else type(error).__name__
    return Failure.CANARY_ERROR, f"the canary failed: {wording}"


_BY_STAGE: Mapping[Stage, Callable[[BaseException], Told]] = {
    Stage.RESOLVE: _of_resolve,
    Stage.CONNECT: _of_connect,
    Stage.TLS: _of_tls,
    Stage.HTTP: _of_http,
    Stage.MESSAGE: _of_message,
}
