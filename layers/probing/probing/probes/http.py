"""A plain HTTP request: connect, http."""

from probing import web

KIND = web.kind("http", port=80, tls=False)
