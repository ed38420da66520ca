"""Every failure has an error that leads to it, and every known error leads to one."""

import errno
import ssl

import pytest

from probing import failures
from probing.http_answer import Ended, NotHttp
from probing.outcome import OURS, Failure, Stage


def certificate_error(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "why"
    return error


def openssl_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}]")
    error.reason = reason
    return error


R, C, T, H, M = Stage
ERRORS = [
    (TimeoutError(), R, Failure.DNS_TIMEOUT),
    (ConnectionRefusedError(errno.ECONNREFUSED, ""), R, Failure.DNS_REFUSED),
    (OSError(errno.ENETUNREACH, ""), R, Failure.DNS_TIMEOUT),
    (OSError(errno.EMFILE, ""), R, Failure.CANARY_ERROR),
    (TimeoutError(), C, Failure.CONNECT_TIMEOUT),
    (TimeoutError(errno.ETIMEDOUT, ""), C, Failure.CONNECT_TIMEOUT),
    (ConnectionRefusedError(), C, Failure.CONNECT_REFUSED),
    (ConnectionResetError(), C, Failure.CONNECT_RESET),
    (ConnectionAbortedError(), C, Failure.CONNECT_RESET),
    (OSError(errno.ENETUNREACH, ""), C, Failure.CONNECT_UNREACHABLE),
    (OSError(errno.EHOSTUNREACH, ""), C, Failure.CONNECT_UNREACHABLE),
    (PermissionError(errno.EACCES, ""), C, Failure.CONNECT_UNREACHABLE),
    (OSError(errno.EMFILE, ""), C, Failure.CANARY_ERROR),
    (certificate_error(62), T, Failure.TLS_NAME_MISMATCH),
    (certificate_error(64), T, Failure.TLS_NAME_MISMATCH),
    (certificate_error(10), T, Failure.TLS_EXPIRED),
    (certificate_error(9), T, Failure.TLS_NOT_YET_VALID),
    (certificate_error(18), T, Failure.TLS_UNTRUSTED),
    (certificate_error(20), T, Failure.TLS_UNTRUSTED),
    (TimeoutError(), T, Failure.TLS_TIMEOUT),
    (ConnectionResetError(), T, Failure.TLS_RESET),
    (BrokenPipeError(), T, Failure.TLS_RESET),
    (ssl.SSLEOFError(8, "EOF occurred"), T, Failure.TLS_RESET),
    (ssl.SSLZeroReturnError(6, "closed"), T, Failure.TLS_RESET),
    (ssl.SSLError(1, "handshake failure"), T, Failure.TLS_HANDSHAKE_REFUSED),
    (ssl.SSLError(1, "[SSL] BUF lib (_ssl.c:992)"), T, Failure.CANARY_ERROR),
    (ssl.SSLError(1, "[SSL] malloc failure (_ssl.c:992)"), T, Failure.CANARY_ERROR),
    (certificate_error(17), T, Failure.CANARY_ERROR),
    (openssl_error("UNSUPPORTED_PROTOCOL"), T, Failure.TLS_VERSION),
    (openssl_error("TLSV1_ALERT_PROTOCOL_VERSION"), T, Failure.TLS_VERSION),
    (openssl_error("WRONG_VERSION_NUMBER"), T, Failure.TLS_HANDSHAKE_REFUSED),
    (TimeoutError(), H, Failure.HTTP_TIMEOUT),
    (Ended(), H, Failure.HTTP_RESET),
    (ConnectionResetError(), H, Failure.HTTP_RESET),
    (ssl.SSLEOFError(8, "EOF"), H, Failure.HTTP_RESET),
    (ssl.SSLError(1, "[SSL] malloc failure"), H, Failure.CANARY_ERROR),
    (openssl_error("BAD_RECORD_TYPE"), H, Failure.HTTP_RESET),
    (ssl.SSLError(1, "alert certificate required"), H, Failure.TLS_HANDSHAKE_REFUSED),
    (NotHttp("no status line"), H, Failure.HTTP_MALFORMED),
    (KeyError("x"), H, Failure.CANARY_ERROR),
    (TimeoutError(), M, Failure.MESSAGE_TIMEOUT),
    (EOFError(), M, Failure.MESSAGE_CLOSED),
    (ConnectionResetError(), M, Failure.MESSAGE_CLOSED),
    (ssl.SSLEOFError(8, "EOF"), M, Failure.MESSAGE_CLOSED),
    (OSError(errno.EMFILE, ""), M, Failure.CANARY_ERROR),
]
ELSEWHERE = {
    Failure.DNS_NXDOMAIN: "an rcode",
    Failure.DNS_NODATA: "an rcode",
    Failure.DNS_SERVFAIL: "an rcode",
    Failure.DNS_ASSERTION: "an expectation",
    Failure.CONNECT_REACHED: "an expectation",
    Failure.TOO_SLOW: "an expectation",
    Failure.TLS_ASSERTION: "an expectation",
    Failure.MESSAGE_ASSERTION: "an expectation",
    Failure.HTTP_STATUS: "an expectation",
    Failure.HTTP_ASSERTION: "an expectation",
    Failure.GUARD_REFUSED: "the guard",
    Failure.OUT_OF_TIME: "the look's own deadline",
    Failure.CREDENTIAL: "a credential that cannot be sent",
    Failure.CONTROL_FAILED: "the canary's controls",
    Failure.OUR_LOAD: "an answer that our own requests may have caused",
    Failure.PATTERN_TIMEOUT: "a pattern of an expectation that took too long",
}


@pytest.mark.parametrize(("error", "stage", "failure"), ERRORS)
def test_each_error_of_a_library_means_one_failure(error, stage, failure):
    told, detail = failures.of(error, stage)
    assert told is failure and detail


def test_every_failure_is_reached_by_an_error_or_named_as_made_elsewhere():
    assert {failure for *_, failure in ERRORS} | set(ELSEWHERE) == set(Failure)


@pytest.mark.parametrize("stage", list(Stage))
def test_an_error_that_no_rule_knows_is_ours(stage):
    told, detail = failures.of(MemoryError("secret text"), stage)
    assert told in OURS and "secret text" not in detail


@pytest.mark.parametrize("stage", list(Stage))
def test_no_text_of_an_exception_is_passed_on(stage):
    for error in (Ended("hunter2"), OSError(errno.EIO, "hunter2"), ValueError("hunter2")):
        assert "hunter2" not in failures.of(error, stage)[1]


@pytest.mark.parametrize(
    ("rcode", "addresses", "failure"),
    [
        ("NOERROR", True, None),
        ("NOERROR", False, Failure.DNS_NODATA),
        ("NXDOMAIN", False, Failure.DNS_NXDOMAIN),
        ("SERVFAIL", False, Failure.DNS_SERVFAIL),
        ("REFUSED", False, Failure.DNS_REFUSED),
        ("FORMERR", False, Failure.DNS_SERVFAIL),
    ],
)
def test_each_rcode_means_one_failure(rcode, addresses, failure):
    assert failures.of_rcode(rcode, addresses=addresses) is failure
