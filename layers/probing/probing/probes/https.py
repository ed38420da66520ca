"""An HTTPS request: connect, tls, http."""

from probing import web
from probing.attempt import Attempt, Seen

KIND = "https"


def probe(attempt: Attempt) -> Seen:
    return web.probe(attempt, tls=True)
