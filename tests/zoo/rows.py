"""A hostile peer beside what a look has to make of it."""

from dataclasses import dataclass

from probing.endpoint import Endpoint, Expect
from probing.outcome import Failure
from tests.zoo.peers import Speech

HOST = "api.example"
"""The one name of all peers of the zoo, on loopback: certificates are made out to it."""
MESSAGE = "hello"
_GREETED = Expect(status=((101, 101),), message_contains=MESSAGE)


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

    def endpoint(self, port: int) -> Endpoint:
        """What has to be looked at: this peer at that port."""
        url = f"{self.scheme}://{HOST}:{port}/x"
        if self.scheme in ("ws", "wss"):
            return Endpoint(id=self.name, url=url, kind="websocket", send=MESSAGE, expect=_GREETED)
        return Endpoint(id=self.name, url=url, kind=self.scheme)
