"""A certificate authority of its own, and certificates that are wrong in one way each."""

import datetime
import ssl
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.zoo import clients


class Authority:
    """`ca_file` is what a client has to trust."""

    def __init__(self, folder: Path) -> None:
        self.trustme = trustme.CA()
        self.ca_file = str(folder / "ca.pem")
        self.trustme.cert_pem.write_to_path(self.ca_file)

    def signer(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        """Its key and certificate, to make such certificates as trustme would not."""
        key = load_pem_private_key(self.trustme.private_key_pem.bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key, x509.load_pem_x509_certificate(self.trustme.cert_pem.bytes())

    def client(self) -> clients.Client:
        """A certificate that `wants_client` takes."""
        return clients.issued(self.trustme)

    def context(self, *names: str, alpn: tuple[str, ...] = ("http/1.1",)) -> ssl.SSLContext:
        """A server's context with a good certificate for those names."""
        return _server(self.trustme.issue_cert(*names), alpn)

    def expired(self, *names: str) -> ssl.SSLContext:
        past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
        return _server(self.trustme.issue_cert(*names, not_after=past), ())

    def until(self, *names: str, days: int) -> ssl.SSLContext:
        """A certificate that is valid for so many days more."""
        end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
        return _server(self.trustme.issue_cert(*names, not_after=end), ())

    def wants_client(self, *names: str) -> ssl.SSLContext:
        """A server that insists on a client certificate."""
        context = self.context(*names)
        context.verify_mode = ssl.CERT_REQUIRED
        self.trustme.configure_trust(context)
        return context


def untrusted(*names: str) -> ssl.SSLContext:
    """A certificate of an authority that nobody trusts."""
    return _server(trustme.CA().issue_cert(*names), ())


def _server(certificate: trustme.LeafCert, alpn: tuple[str, ...]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context
