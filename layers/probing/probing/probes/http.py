"""A plain HTTP request: connect, http."""

from probing import web
from probing.attempt import Attempt, Seen

KIND = "http"


def probe(attempt: Attempt) -> Seen:
    return web.probe(attempt, tls=False)
