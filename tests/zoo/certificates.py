"""Certificates that are wrong, odd or very large, as contexts of a server: `contexts` by name."""

import datetime
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.zoo.authority import Authority, untrusted

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
_PEM = serialization.Encoding.PEM

Key = ec.EllipticCurvePrivateKey


def contexts(authority: Authority, host: str) -> Mapping[str, ssl.SSLContext]:
    """One for each way in which a certificate of `host` can be. All but "good" and the last four
    are of a kind that a client has to refuse."""
    issue = Issuer(authority)
    filler = [x509.DNSName(f"n{number}.{'x' * 40}.example") for number in range(1000)]
    return {
        "good": authority.context(host),
        "wrong name": authority.context("other.example"),
        "expired": authority.expired(host),
        "not yet valid": issue(host, [x509.DNSName(host)], start=NOW + 30 * DAY),
        "untrusted": untrusted(host),
        "self-signed": issue(host, [x509.DNSName(host)], self_signed=True),
        "NUL in the CN": issue(f"{host}\0.other.example", []),
        "NUL in a SAN": issue("zoo", [x509.DNSName(f"{host}\0.other.example")]),
        "IP address of another": authority.context("127.0.0.2"),
        "chain of 200 kB": issue(host, [x509.DNSName(host), *filler], extra=3),
        "no SAN": issue(host, []),
        "revoked-looking": issue(host, [x509.DNSName(host)], revoked=True),
        "SANs of 64 kB": issue(host, [x509.DNSName(host), *filler]),
        "chain of 64 kB": issue(host, [x509.DNSName(host)], extra=130),
    }


class Issuer:
    def __init__(self, authority: Authority) -> None:
        self.ca_key, self.ca = authority.signer()
        self.key = ec.generate_private_key(ec.SECP256R1())

    def __call__(
        self,
        common_name: str,
        sans: list[x509.GeneralName],
        *,
        start: datetime.datetime = NOW - DAY,
        self_signed: bool = False,
        revoked: bool = False,
        extra: int = 0,
    ) -> ssl.SSLContext:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name if self_signed else self.ca.subject)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + 365 * DAY)
        )
        if sans:
            made = made.add_extension(x509.SubjectAlternativeName(sans), critical=False)
        if revoked:
            made = _as_if_revoked(made)
        leaf = made.sign(self.key if self_signed else self.ca_key, hashes.SHA256())
        chain = [leaf, *[leaf] * extra]
        return _server(self.key, chain)


def _as_if_revoked(made: x509.CertificateBuilder) -> x509.CertificateBuilder:
    """It names a list of revoked ones, and wants a staple that nobody gives."""
    where = x509.UniformResourceIdentifier("http://127.0.0.1:1/revoked.crl")
    point = x509.DistributionPoint([where], None, None, None)
    made = made.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    staple = x509.TLSFeature([x509.TLSFeatureType.status_request])
    return made.add_extension(staple, critical=False)


def _server(key: Key, chain: list[x509.Certificate]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secret = key.private_bytes(
        _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with tempfile.NamedTemporaryFile() as file:
        pem = secret + b"".join(one.public_bytes(_PEM) for one in chain)
        Path(file.name).write_bytes(pem)
        context.load_cert_chain(file.name)
    return context
