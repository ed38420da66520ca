"""What may never be a target, whatever was registered and whatever a name resolves to.

Private ranges are allowed: they are our targets. Denied is what belongs to the execution
environment itself (loopback, link-local with the instance metadata, time, DNS and Lambda runtime
services, our own addresses) and what is no host at all. The decision is made on the literal
address that is connected to, after unwrapping every form that embeds an IPv4 address: Python's
own `is_*` properties do not look inside most of them.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

SCHEMES = ("http", "https")
_URL_LIMIT = 2048

_DENIED_V4 = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "unspecified: reaches the canary itself"),
        ("127.0.0.0/8", "loopback: the canary itself"),
        (
            "169.254.0.0/16",
            "link-local: instance metadata, task credentials or the Lambda runtime API",
        ),
        ("224.0.0.0/4", "multicast: no host"),
        ("240.0.0.0/4", "reserved or broadcast: no host"),
    )
)
_DENIED_V6 = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("::/128", "unspecified: reaches the canary itself"),
        ("::1/128", "loopback: the canary itself"),
        ("fe80::/10", "link-local: the canary's own link"),
        ("fec0::/10", "site-local: deprecated, no host"),
        ("fd00:ec2::/32", "Amazon's own services: instance metadata, DNS and time over IPv6"),
        ("ff00::/8", "multicast: no host"),
        ("100::/64", "discard-only: no host"),
    )
)
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")
_ISATAP_MARKS = (0x00005EFE, 0x02005EFE)


def embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    """Every IPv4 address that an IPv6 address carries: mapped, compatible, translated, NAT64,
    6to4, Teredo (server and client), ISATAP."""
    low = int(address) & 0xFFFFFFFF
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _COMPATIBLE or any(address in network for network in _NAT64):
        yield IPv4Address(low)
    if int(address) >> 32 == 0xFFFF0000:  # IPv4-translated ::ffff:0:a.b.c.d (RFC 2765)
        yield IPv4Address(low)
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP_MARKS:
        yield IPv4Address(low)


def check(address: str, own_addresses: Iterable[str] = ()) -> str | None:
    """Why `address` (a literal) may not be connected to, or None when it may.

    `own_addresses` are literals of the function's own interfaces.
    """
    return _check(address, tuple(own_addresses))


@lru_cache(4096)  # of text alone: the same addresses come in every look
def _check(address: str, own_addresses: tuple[str, ...]) -> str | None:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return f"{address!r} is no IP address"
    own = {ip_address(a.partition("%")[0]) for a in own_addresses}
    return _reason(parsed, own)


def _reason(parsed: IPv4Address | IPv6Address, own: set[IPv4Address | IPv6Address]) -> str | None:
    if parsed in own:
        return f"{parsed} is one of the canary's own addresses"
    if isinstance(parsed, IPv4Address):
        return next(
            (f"{parsed} is {why}" for network, why in _DENIED_V4 if parsed in network), None
        )
    for network, why in _DENIED_V6:
        if parsed in network:
            return f"{parsed} is {why}"
    for inner in embedded(parsed):
        reason = _reason(inner, own)
        if reason:
            return f"{parsed} carries {reason}"
    return None


def target_problem(url: str, schemes: Iterable[str] = SCHEMES) -> str | None:
    """Why `url` cannot be registered, in a sentence that says how to mend it; None when it can.

    Judges the text only: what the name resolves to is judged again at each connection.
    """
    if len(url) > _URL_LIMIT or any(ord(char) <= 32 or ord(char) == 127 for char in url):
        return f"a URL has at most {_URL_LIMIT} characters and no spaces or control characters"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        return f"not a URL ({error}): write https://host/path"
    if parts.scheme not in schemes:
        return f"scheme {parts.scheme!r}: write https://... or http://..."
    if parts.username is not None or parts.password is not None:
        return "credentials in a URL end in logs: use `auth` with a secret's reference"
    if port == 0:
        return "port 0: leave the port out or write the one that listens"
    return host_problem(host)


def host_problem(host: str) -> str | None:
    if not host:
        return "no host: write https://host/path"
    try:
        return check(str(ip_address(host)))
    except ValueError:
        pass
    plain = unicodedata.normalize("NFKC", host).rstrip(".").lower()
    if plain == "localhost" or plain.endswith(".localhost"):
        return f"{host} is the canary itself: name the host as its callers do"
    last = plain.rpartition(".")[2]
    if last.isdigit() or last.startswith("0x"):
        # The C resolver reads 127.1, 2130706433 and 0x7f.1 as addresses, Python does not.
        return f"{host!r} would be read as an address in short form: write it as a.b.c.d"
    return _name_problem(host)


def _name_problem(host: str) -> str | None:
    try:
        encoded = ascii_host(host)
    except ValueError:
        return f"{host!r} is no DNS name: labels of 1 to 63 letters, digits and '-', 253 in all"
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
    if not set(encoded.lower()) <= allowed or len(encoded.rstrip(".")) > 253:
        return f"{host!r} is no DNS name: labels of 1 to 63 letters, digits and '-', 253 in all"
    return None


@lru_cache(4096)
def ascii_host(host: str) -> str:
    """The host as DNS and TLS carry it (IDNA). ValueError for a name that has no such form."""
    return host.encode("idna").decode("ascii")
