"""An HTTPS request: connect, tls, http."""

from probing import web

KIND = web.kind("https", port=443, tls=True)
