"""Which text can be registered as a target: a URL or a host, judged before anything is looked up.

What is judged must be what is connected to, whoever reads it: Python's urlsplit and idna codec,
dnspython, the C library and TLS. So text that any two of them read differently is refused, with a
sentence that says how to mend it. Which addresses may be connected to is decided in `guard`, here
for literals and again at each connection.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from probing import guard

SCHEMES = ("https", "http")
_URL_LIMIT = 2048
_HOST_LIMIT = 253
_HOST = re.compile(r"[a-z0-9_.-]+")
_PORT = re.compile(r":[0-9]*")
_TWO_WAYS = frozenset("ßẞς")
"""IDNA 2003 (Python, getaddrinfo) and IDNA 2008 (browsers, curl) make different names of these."""
_WRITE = "write https://host/path"
_NO_NAME = "is no DNS name: labels of 1 to 63 letters, digits, '-' and '_', 253 in all"


@lru_cache(4096)
def ascii_host(host: str) -> str:
    """The host as DNS and TLS carry it (IDNA). ValueError for a name that has no such form."""
    return host.encode("idna").decode("ascii")


def unreadable(url: str) -> str | None:
    """Why `url` cannot be taken apart in one way only, in a sentence; None when it can."""
    if len(url) > _URL_LIMIT or any(ord(char) <= 32 or 127 <= ord(char) < 160 for char in url):
        return f"a URL has at most {_URL_LIMIT} characters and no spaces or control characters"
    try:
        parts = urlsplit(url)
        _ = parts.hostname, parts.port
    except ValueError:
        # Its text quotes what it took for host or port, and that may be the half of a password.
        return f"not a URL whose host and port can be told: {_WRITE}"
    return None


def target_problem(url: str, schemes: Iterable[str] = SCHEMES) -> str | None:
    """Why `url` cannot be registered, in a sentence that says how to mend it; None when it can.

    Judges the text only: what the name resolves to is judged again at each connection.
    """
    refused = unreadable(url)
    if refused:
        return refused
    parts = urlsplit(url)
    if parts.scheme not in schemes:
        return f"scheme {parts.scheme!r}: write one of {', '.join(sorted(schemes))}"
    if parts.username is not None or parts.password is not None:
        return "credentials in a URL end in logs: use `auth` with a secret's reference"
    if parts.port == 0:
        return "port 0: leave the port out or write the one that listens"
    host = parts.hostname
    if not host:
        return f"no host: {_WRITE}"
    return host_problem(host) or _around_host(parts, host)


def _around_host(parts: SplitResult, host: str) -> str | None:
    """urlsplit takes a[::1], [v1.a] and, of some releases, :８０: others read another target."""
    written = f"[{host}]" if ":" in host else host
    start, rest = parts.netloc[: len(written)], parts.netloc[len(written) :]
    if start.lower() != written or (rest and not _PORT.fullmatch(rest)):
        return f"{parts.netloc!r} is not a host, or host:port: {_WRITE}"
    return None


def host_problem(host: str) -> str | None:
    """Why `host` (a DNS name, or an IP literal without brackets) cannot be a target; None when it
    can. What a name resolves to is judged again at each connection."""
    if not host:
        return "no host: write a DNS name or an IP address"
    if _is_literal(host):
        return guard.check(host)
    hidden = [char for char in host if char in _TWO_WAYS or unicodedata.category(char) == "Cf"]
    if hidden:
        return (
            f"{host!r} holds U+{ord(hidden[0]):04X}, which not everybody reads alike: "
            "write the name without it, or in its xn--... form"
        )
    try:
        encoded = ascii_host(host).lower() if len(host) <= _HOST_LIMIT + 1 else ""
    except ValueError:
        encoded = ""
    name = encoded.removesuffix(".")
    if not _HOST.fullmatch(encoded) or len(name) > _HOST_LIMIT:
        return f"{host!r} {_NO_NAME}"
    if name == "localhost" or name.endswith(".localhost"):
        return f"{host} is the canary itself: name the host as its callers do"
    last = name.rpartition(".")[2]
    if last.isdigit() or last.startswith("0x"):
        # The C library reads 127.1, 2130706433 and 0x7f.1 as addresses, Python does not.
        return f"{host!r} would be read as an address in short form: write it as a.b.c.d"
    return None


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
