"""A hostile peer beside what a look has to make of it."""

from dataclasses import dataclass

from probing.outcome import Failure
from tests.zoo.peers import Speech

HOST = "api.example"
"""The one name of all peers of the zoo, on loopback: certificates are made out to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`failure` None means ok. `status` is the one that has to be told. `certificate` names the
    certificate that the peer shows (see `certificates.contexts`); without one it speaks plain
    TCP, whatever the `scheme` that it is asked by."""

    name: str
    speak: Speech
    failure: Failure | None = None
    status: int | None = None
    scheme: str = "http"
    certificate: str | None = None
