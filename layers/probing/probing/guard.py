"""What may never be a target, whatever was registered and whatever a name resolves to.

Private ranges are allowed: they are our targets. Denied is what belongs to the execution
environment itself (loopback, link-local with the instance metadata, time, DNS and Lambda runtime
services, our own addresses) and what is no host at all. What is merely unlikely (documentation,
benchmarking, shared address space) is not denied: that nothing answers there is a finding.

The decision is made on the literal address that is connected to, after unwrapping every form that
carries an IPv4 address: Python's own `is_*` properties do not look inside most of them. Which
text can be registered is decided in `target`. docs/guard.md shows both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


@dataclass(frozen=True, slots=True)
class Denied:
    """A class of addresses that is never connected to, and why."""

    network: IPv4Network | IPv6Network
    why: str


def _denied(network: str, why: str) -> Denied:
    return Denied(ip_network(network), why)


DENIED = (
    _denied("0.0.0.0/8", "unspecified: reaches the canary itself"),
    _denied("127.0.0.0/8", "loopback: the canary itself"),
    _denied(
        "169.254.0.0/16",
        "link-local: instance metadata, task credentials or the Lambda runtime API",
    ),
    _denied("224.0.0.0/4", "multicast: no host"),
    _denied("240.0.0.0/4", "reserved or broadcast: no host"),
    _denied("::/128", "unspecified: reaches the canary itself"),
    _denied("::1/128", "loopback: the canary itself"),
    _denied("fe80::/10", "link-local: the canary's own link"),
    _denied("fec0::/10", "site-local: deprecated, no host"),
    _denied("fd00:ec2::/32", "Amazon's own services: instance metadata, DNS and time over IPv6"),
    _denied("ff00::/8", "multicast: no host"),
    _denied("100::/64", "discard-only: no host"),
    _denied("100:0:0:1::/64", "the dummy prefix: no host"),
)
"""Sources: RFC 6890 and the IANA special-purpose registries; for Amazon's own the EC2, ECS, EKS
and Lambda guides (169.254.169.254, .253, .123, 169.254.170.2, .23, 169.254.100.1)."""


def _table(version: int) -> tuple[tuple[int, int, str], ...]:
    """(leading bits, how many bits follow them, why): comparing whole numbers is what is fast."""
    rows = [
        (one.network, one.network.max_prefixlen - one.network.prefixlen, one.why)
        for one in DENIED
        if one.network.version == version
    ]
    return tuple((int(net.network_address) >> rest, rest, why) for net, rest, why in rows)


_DENIED_V4, _DENIED_V6 = _table(4), _table(6)

_WHOLE = 0xFFFFFFFF
_LAST_32_BITS = {
    0xFFFF: "IPv4-mapped",  # RFC 4291 2.5.5.2
    0: "IPv4-compatible",  # RFC 4291 2.5.5.1
    0xFFFF0000: "IPv4-translated",  # RFC 2765
    0x0064FF9B << 64: "NAT64",  # RFC 6052
}
"""By the 96 bits before them."""
_SIX_TO_FOUR = 0x2002  # RFC 3056
_TEREDO = 0x20010000  # RFC 4380
_LOCAL_NAT64 = 0x0064FF9B0001  # RFC 8215
_ISATAP = 0x5EFE  # RFC 5214: ug00:5efe, u and g free
_ISATAP_FREE = 0x03000000

Address = IPv4Address | IPv6Address


def embedded(address: IPv6Address) -> Iterator[tuple[IPv4Address, str]]:
    """Every IPv4 address that an IPv6 address carries, with the name of the form."""
    value = int(address)
    last = _LAST_32_BITS.get(value >> 32)
    if last:
        yield IPv4Address(value & _WHOLE), last
    if value >> 112 == _SIX_TO_FOUR:
        yield IPv4Address(value >> 80 & _WHOLE), "6to4"
    if value >> 96 == _TEREDO:
        yield IPv4Address(value >> 64 & _WHOLE), "Teredo server"
        yield IPv4Address(~value & _WHOLE), "Teredo client"
    if (value >> 32 & _WHOLE) & ~_ISATAP_FREE == _ISATAP:
        yield IPv4Address(value & _WHOLE), "ISATAP"
    if value >> 80 == _LOCAL_NAT64:
        yield from ((inner, "NAT64 with a local prefix") for inner in _local_nat64(value))


def _local_nat64(value: int) -> Iterator[IPv4Address]:
    """What 64:ff9b:1::/48 may stand for: how long the prefix in use there is, nobody tells.

    RFC 6052 2.2 for lengths 48, 56, 64 and 96: the 32 bits after the prefix, bits 64 to 71 left
    out. A reading in 0.0.0.0/8 is the padding of another one, unless all are.
    """
    joined = (value >> 64 & 0xFFFF) << 56 | value & (1 << 56) - 1  # bits 48 to 63, 72 to 127
    read = [joined >> 40 & _WHOLE, joined >> 32 & _WHOLE, joined >> 24 & _WHOLE, value & _WHOLE]
    yield from map(IPv4Address, [one for one in read if one >> 24] or read[-1:])


def check(address: str, own_addresses: Iterable[str] = ()) -> str | None:
    """Why `address` (a literal) may not be connected to, or None when it may.

    `own_addresses` are literals of the function's own interfaces.
    """
    return _check(address, tuple(own_addresses))


@lru_cache(4096)  # of text alone: the same addresses come in every look
def _check(address: str, own_addresses: tuple[str, ...]) -> str | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"{address!r} is no IP address"
    if "%" in address:
        # Only link-local addresses need one, and the C library would have to look its link up.
        return f"{address} has a zone id: it names a link of the canary's own"
    return _reason(parsed, _own(own_addresses))


@lru_cache(maxsize=16)
def _own(literals: tuple[str, ...]) -> frozenset[Address]:
    parsed = [ip_address(literal.partition("%")[0]) for literal in literals]
    mapped = [one.ipv4_mapped for one in parsed if isinstance(one, IPv6Address)]
    return frozenset([*parsed, *(one for one in mapped if one)])


def _reason(parsed: Address, own: frozenset[Address]) -> str | None:
    why = _why(parsed, own)
    if why:
        return f"{parsed} is {why}"
    if isinstance(parsed, IPv6Address):
        for inner, form in embedded(parsed):
            why = _why(inner, own)
            if why:
                return f"{parsed} carries {inner} ({form}), which is {why}"
    return None


def _why(parsed: Address, own: frozenset[Address]) -> str | None:
    if parsed in own:
        return "one of the canary's own addresses"
    value = int(parsed)
    table = _DENIED_V4 if parsed.version == 4 else _DENIED_V6
    return next((why for leading, rest, why in table if value >> rest == leading), None)
