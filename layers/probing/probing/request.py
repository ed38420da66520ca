"""The request that an endpoint asks for: target, headers, credentials, in sendable form."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from probing.endpoint import Endpoint
from probing.request_target import request_target
from probing.secret import Secret
from probing.target import ascii_host
from probing.transport import Request

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class CannotSend(ValueError):
    """A header that HTTP cannot carry; the text names the header, never its value."""

    def __init__(self, text: str, *, credential: bool) -> None:
        super().__init__(text)
        self.credential = credential


def build(endpoint: Endpoint, secret_headers: Mapping[str, Secret], user_agent: str) -> Request:
    """Later ones win: ours, the endpoint's own headers, credentials. Raises CannotSend."""
    headers = {
        "Host": host_header(endpoint),
        "User-Agent": user_agent,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    for name, value in endpoint.headers:
        _put(headers, name, value, credential=False)
    for name, secret in secret_headers.items():
        _put(headers, name, secret.reveal(), credential=True)
    target = request_target(endpoint.url)
    return Request(method=endpoint.method, target=target, headers=headers)


def _put(headers: dict[str, str], name: str, value: str, *, credential: bool) -> None:
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        what = "the credential for header" if credential else "header"
        raise CannotSend(
            f"{what} {name!r} holds characters that no header can carry", credential=credential
        )
    for known in [known for known in headers if known.lower() == name.lower()]:
        del headers[known]
    headers[name] = value


def host_header(endpoint: Endpoint) -> str:
    """`host`, or `host:port` for a port that is not the scheme's own."""
    host = endpoint.host if ":" in endpoint.host else ascii_host(endpoint.host)
    host = f"[{host}]" if ":" in host else host
    usual = _DEFAULT_PORTS.get(endpoint.parts.scheme)
    return host if endpoint.port == usual else f"{host}:{endpoint.port}"


def sanitised_location(value: str) -> str:
    """A Location without user, query and fragment: they may hold tokens of a session."""
    try:
        parts = urlsplit(value)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(not a URL)"
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    start = f"{parts.scheme}://{host}{port}" if host else ""
    return f"{start}{parts.path}"
