"""Who is trusted in a sealed world: one certificate authority, made for that world alone.

Decided here: the authority, and how every process of the world comes to trust it without a variable
or a parameter: its certificate lies where OpenSSL looks by default, mounted over the machine's own.
"""

import os
import ssl
import subprocess
from pathlib import Path

import trustme

from lab import sealed

_ORGANISATION = "Gatewatch lab"
_UNIT = "Sealed world"
# OpenSSL finds an authority in a folder by the hash of its subject (X509_NAME_hash); the subject
# above never changes, so neither does this. `openssl x509 -subject_hash` says it.
SUBJECT_HASH = "e36369cb"


def authority(lab_dir: Path) -> trustme.CA:
    """The world's authority, made at first use and kept in `lab_dir` (ca.pem, ca-key.pem)."""
    certificate, key = lab_dir / "ca.pem", lab_dir / "ca-key.pem"
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    made = trustme.CA(organization_name=_ORGANISATION, organization_unit_name=_UNIT)
    lab_dir.mkdir(parents=True, exist_ok=True)
    os.close(os.open(key, os.O_WRONLY | os.O_CREAT, mode=0o600))
    made.private_key_pem.write_to_path(str(key))
    made.cert_pem.write_to_path(str(certificate))
    return made


def install(lab_dir: Path) -> Path:
    """Make the world's authority the only trusted one in this mount namespace; answers ca.pem.

    Runs inside a sealed world before any worker starts. Raises CannotSeal outside of one, or where
    this machine has no folder of trusted certificates to mount over.
    """
    if not sealed.RUN.is_dir():
        raise sealed.CannotSeal(
            "trust is only changed inside a sealed world: call enter_guard first"
        )
    authority(lab_dir)
    folder = lab_dir / "trust"
    folder.mkdir(exist_ok=True)
    text = (lab_dir / "ca.pem").read_text()
    for name in (f"{SUBJECT_HASH}.0", "ca-certificates.crt"):
        (folder / name).write_text(text)
    places = _trusted_folders()
    if not places:
        raise sealed.CannotSeal(
            "this machine has no folder of trusted certificates: "
            "sudo apt-get install ca-certificates"
        )
    for place in places:
        _bind(folder, place)
    for file in _trusted_files():
        _bind(lab_dir / "ca.pem", file)
    return lab_dir / "ca.pem"


def _trusted_folders() -> list[Path]:
    """Where OpenSSL builds look: this interpreter's place and the distributions' usual ones."""
    known = (ssl.get_default_verify_paths().openssl_capath, "/usr/lib/ssl/certs", "/etc/ssl/certs")
    return sorted({Path(one).resolve() for one in known if Path(one).is_dir()})


def _trusted_files() -> list[Path]:
    known = (
        ssl.get_default_verify_paths().openssl_cafile,
        "/usr/lib/ssl/cert.pem",
        "/etc/ssl/cert.pem",
    )
    return sorted({Path(one).resolve() for one in known if Path(one).is_file()})


def _bind(source: Path, target: Path) -> None:
    subprocess.run([sealed.tool("mount"), "--bind", str(source), str(target)], check=True)
