"""Makes the certificates of the canary's controls, at build: make_controls.py FOLDER.

The canary proves itself on servers in its own process (controls.py), which need a good, a
wrong-host and an expired certificate. Keys, serial numbers and times are fixed, so that the same
commit builds the same bytes. Nobody but a control ever believes in this authority: that its keys
can be computed by anybody takes nothing from a real look.
"""

import datetime
import hashlib
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

HOST = "control.gatewatch.invalid"
OTHER = "other.gatewatch.invalid"
_EVER = (datetime.datetime(2020, 1, 1), datetime.datetime(2120, 1, 1))
_PAST = (datetime.datetime(2020, 1, 1), datetime.datetime(2020, 2, 1))


def main(folder: Path) -> None:
    """Write ca.pem and, each with its key, good.pem, wrong_host.pem, expired.pem."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = _key("authority")
    certificate = _signed("Gatewatch control", authority, _EVER, authority, ca=True)
    (folder / "ca.pem").write_bytes(_pem(certificate))
    for name, host, valid in (
        ("good", HOST, _EVER),
        ("wrong_host", OTHER, _EVER),
        ("expired", HOST, _PAST),
    ):
        key = _key(name)
        leaf = _signed(host, key, valid, authority)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (folder / f"{name}.pem").write_bytes(_pem(leaf) + private)


def _key(name: str) -> Ed25519PrivateKey:
    seed = hashlib.sha256(f"gatewatch control {name}".encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def _signed(
    host: str,
    key: Ed25519PrivateKey,
    valid: tuple[datetime.datetime, datetime.datetime],
    authority: Ed25519PrivateKey,
    *,
    ca: bool = False,
) -> x509.Certificate:
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Gatewatch control")])
    serial = int.from_bytes(hashlib.sha256(f"{host}{valid}".encode()).digest()[:8], "big")
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )
    if not ca:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False)
    return made.sign(authority, algorithm=None)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
