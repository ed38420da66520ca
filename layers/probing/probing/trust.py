"""TLS trust settings: whom a probe believes, and who it says that it is.

Contexts are made once for each setting: loading the system's roots is the largest single cost of
a cold start.
"""

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from probing.secret import Secret

_CONTEXTS_KEPT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """`ca_file` and `ca_pem` replace the system's roots; `client` is a certificate chain and its
    key in PEM. `verify` False believes everybody; `check_name` False believes in any name."""

    ca_file: str | None = None
    ca_pem: str = ""
    client: Secret | None = None
    verify: bool = True
    check_name: bool = True


class BadClientCertificate(ValueError):
    """A client certificate that cannot be loaded; the text holds nothing of it."""


class BadAuthority(ValueError):
    """A private CA that cannot be loaded."""


@lru_cache(maxsize=_CONTEXTS_KEPT)
def context(trust: Trust) -> ssl.SSLContext:
    """The one context of a trust setting. Raises BadClientCertificate, BadAuthority.

    ALPN offers http/1.1 alone, since that is all that we speak.
    """
    made = _believing(trust)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    # Python 3.13 sets this where 3.11 does not: it refuses private CAs without a key identifier,
    # which the workloads' own clients take. What only we refuse is no failure of the endpoint.
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    made.set_alpn_protocols(["http/1.1"])
    made.check_hostname = trust.check_name and trust.verify
    if not trust.verify:
        made.verify_mode = ssl.CERT_NONE
    if trust.client is not None:
        _load_client(made, trust.client)
    return made


def readable(ca_pem: str) -> bool:
    """Whether that text holds certificates that can be trusted."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=ca_pem)
    except (ssl.SSLError, ValueError, TypeError):  # TypeError: text that is not ASCII
        return False
    return True


def _believing(trust: Trust) -> ssl.SSLContext:
    try:
        made = ssl.create_default_context(cafile=trust.ca_file, cadata=trust.ca_pem or None)
    except (ssl.SSLError, OSError, ValueError, TypeError) as error:
        raise BadAuthority(f"the private CA cannot be read ({type(error).__name__})") from None
    own = trust.ca_file or trust.ca_pem
    if not own and ssl.get_default_verify_paths().cafile and not made.cert_store_stats()["x509"]:
        # OpenSSL says nothing of a file that it could not read for want of a descriptor or memory,
        # and this context, kept, would tell every endpoint as untrusted.
        raise BadAuthority("the system's roots cannot be read")
    return made


def _load_client(made: ssl.SSLContext, client: Secret) -> None:
    """Python reads keys from files only (github.com/python/cpython/issues/60691): a file in memory
    that is gone when it is loaded."""
    try:
        with _file_of(client.reveal().encode()) as path:
            # An encrypted key would make OpenSSL ask for a passphrase at a terminal.
            made.load_cert_chain(path, password=lambda: "")
    except (ssl.SSLError, OSError, ValueError) as error:
        what = f"the client certificate and key cannot be loaded ({type(error).__name__})"
        raise BadClientCertificate(what) from None


@contextmanager
def _file_of(data: bytes) -> Iterator[str]:
    try:
        handle = os.memfd_create("client", os.MFD_CLOEXEC)
    except OSError:
        # Only where the kernel has no files in memory; this one is readable by us alone (0600).
        with tempfile.NamedTemporaryFile(prefix="client-") as kept:
            kept.write(data)
            kept.flush()
            yield kept.name
        return
    with os.fdopen(handle, "wb") as kept:
        kept.write(data)
        kept.flush()
        yield f"/proc/self/fd/{handle}"
