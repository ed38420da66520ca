"""What a secret holds in PEM: a client's certificate and key, or authorities to trust."""

import json
import re

from checker.secrets_read import SecretRefused
from probing import trust

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.S)
_KEY = re.compile(
    r"-----BEGIN ([A-Z]+ )?PRIVATE KEY-----.+?-----END ([A-Z]+ )?PRIVATE KEY-----", re.S
)
_PASSPHRASE = re.compile(r"BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED")


def client_certificate(reference: str, value: str) -> str:
    """The chain and then the key, from one PEM in any order or from JSON with the keys
    `certificate` and `key`. Raises SecretRefused, which quotes nothing of them."""
    text = _of_json(reference, value) if value.lstrip().startswith("{") else value
    chain, key = _CERTIFICATE.findall(text), _KEY.search(text)
    if not chain:
        raise SecretRefused(f"{reference}: holds no certificate in PEM")
    if _PASSPHRASE.search(text):
        raise SecretRefused(f"{reference}: its key has a passphrase; keep it without one")
    if key is None:
        raise SecretRefused(f"{reference}: holds no private key in PEM")
    return "\n".join((*chain, key[0], ""))


def authorities(reference: str, value: str) -> str:
    """Certificates to trust. Raises SecretRefused."""
    if not trust.readable(value):
        raise SecretRefused(f"{reference}: holds no certificate in PEM that can be read")
    return value


def _of_json(reference: str, value: str) -> str:
    try:
        told = json.loads(value)
        parts = (told["certificate"], told["key"])
    except (ValueError, KeyError, RecursionError):
        parts = (None, None)
    if not all(isinstance(part, str) for part in parts):
        raise SecretRefused(f"{reference}: is JSON without the texts `certificate` and `key`")
    return "\n".join(parts)
