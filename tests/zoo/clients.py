"""Client certificates, good and wrong, as text that a secret may hold."""

from dataclasses import dataclass

import trustme
from cryptography.hazmat.primitives import serialization


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A chain and its key, both PEM."""

    chain: str
    key: str

    @property
    def pem(self) -> str:
        return self.key + self.chain

    @property
    def encrypted(self) -> str:
        """The chain, and the key under a passphrase."""
        key = serialization.load_pem_private_key(self.key.encode(), None)
        locked = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"passphrase"),
        )
        return self.chain + locked.decode()


def issued(authority: trustme.CA) -> Client:
    """What that authority gives a client."""
    made = authority.issue_cert("probe@example.com")
    return Client(
        chain="".join(part.bytes().decode() for part in made.cert_chain_pems),
        key=made.private_key_pem.bytes().decode(),
    )


def strange() -> Client:
    """A client of an authority that nobody trusts."""
    return issued(trustme.CA())
