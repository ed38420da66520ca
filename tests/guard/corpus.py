"""What is aimed at: forbidden and allowed addresses, the forms that carry them, their spellings.

Written from the RFCs and not with the guard's own code: the one must be able to convict the other.
"""

import random
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

OWN_V4, OWN_V6 = "192.0.2.77", "2001:db8:77::7"
"""The canary's own addresses in the namespace."""

FORBIDDEN_V4 = (
    *("0.0.0.0", "0.1.2.3"),
    *("127.0.0.1", "127.0.0.53", "127.1.2.3", "127.255.255.254"),
    *("169.254.169.254", "169.254.169.253", "169.254.169.123", "169.254.169.250"),
    *("169.254.170.2", "169.254.170.23", "169.254.100.1", "169.254.0.1", "169.254.255.254"),
    *("224.0.0.1", "239.255.255.250"),
    *("240.0.0.1", "250.1.2.3", "255.255.255.254", "255.255.255.255"),
    OWN_V4,
)
LINK_LOCAL = ("fe80::1", "fe80::a9fe:a9fe", "febf::1")
FORBIDDEN_V6 = (
    *("::", "::1", "fec0::1", "feff::9"),
    *("fd00:ec2::254", "fd00:ec2::253", "fd00:ec2::123", "fd00:ec2::23", "fd00:ec2:9::1"),
    *("ff02::1", "ff05::1:3", "ff0e::1", "100::1", "100::ffff:1", "100:0:0:1::1"),
    OWN_V6,
    *LINK_LOCAL,
)
LINK = "trap0"
"""Of the link-local addresses there."""
WITH_ZONE = (
    *(f"{address}%{LINK}" for address in LINK_LOCAL),
    *("fe80::1%lo", "fe80::1%1", "fd12:3456::1%lo", "::1%lo"),
)

# Where allowed targets lie: the kernel counts a connect to anywhere else as a leak.
ALLOWED_V4 = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
    *("203.0.113.0/24", "198.51.100.0/24", "198.18.0.0/15", "52.0.0.0/8"),
)
ALLOWED_V6 = ("fd12:3456::/32", "2600:1f18::/32", "2001:db8:1::/48")
ALLOWED_CARRIERS = (
    *(
        f"{prefix}{net.network_address}/{96 + net.prefixlen}"
        for prefix in ("64:ff9b::", "64:ff9b:1::")
        for net in map(IPv4Network, ALLOWED_V4)
    ),
    *("64:ff9b:1:a00::/56", "64:ff9b:1:ab0a::/64", "64:ff9b:1:abcd:a::/80"),
    *("2002:a00::/24", "2001:0:a00::/40", "2001:0:cb00:7101::f500:0/104"),
)

_AB, _ABCD = 0x0064FF9B0001AB << 72, 0x0064FF9B0001ABCD << 64
_CARRIED: dict[str, Callable[[int], int]] = {
    "IPv4-mapped": lambda v4: 0xFFFF << 32 | v4,
    "NAT64": lambda v4: 0x0064FF9B << 96 | v4,
    "NAT64 /96, local": lambda v4: 0x0064FF9B0001 << 80 | v4,
    "NAT64 /48, local": lambda v4: 0x0064FF9B0001 << 80 | v4 >> 16 << 64 | (v4 & 0xFFFF) << 40,
    "NAT64 /56, local": lambda v4: _AB | v4 >> 24 << 64 | (v4 & 0xFFFFFF) << 32,
    "NAT64 /64, local": lambda v4: _ABCD | v4 << 24,
    "6to4": lambda v4: 0x2002 << 112 | v4 << 80 | 1,
    "Teredo client": lambda v4: 0x20010000 << 96 | 0xCB007101 << 64 | v4 ^ 0xFFFFFFFF,
    "Teredo server": lambda v4: 0x20010000 << 96 | v4 << 64 | 0xF5F6F6F6,
}
_HIDDEN: dict[str, Callable[[int], int]] = _CARRIED | {
    "IPv4-compatible": lambda v4: v4,
    "IPv4-translated": lambda v4: 0xFFFF0000 << 32 | v4,
    **{
        f"ISATAP {mark:x}": lambda v4, mark=mark: 0x26009999 << 96 | mark << 48 | 0x5EFE << 32 | v4
        for mark in (0x0000, 0x0100, 0x0200, 0x0300)
    },
}


def carried(v4: str, forms: dict[str, Callable[[int], int]] = _HIDDEN) -> Iterator[str]:
    """The IPv6 literals that carry `v4`."""
    for name, form in forms.items():
        # Of 0.x there, nobody can tell the address from another one's padding.
        if not (v4.startswith("0.") and "local" in name):
            yield str(IPv6Address(form(int(IPv4Address(v4)))))


def forbidden_literals() -> list[str]:
    """Every forbidden address and every form that carries one, canonical, each once."""
    hidden = [form for v4 in FORBIDDEN_V4 for form in carried(v4)]
    return list(dict.fromkeys([*FORBIDDEN_V4, *FORBIDDEN_V6, *hidden]))


def own_literals() -> set[str]:
    """Those that only the canary can know to be its own: no registry can refuse them."""
    return {OWN_V4, OWN_V6, *carried(OWN_V4)}


def allowed_literals(seed: int = 1) -> list[str]:
    """Private, shared, documentation and public-looking addresses, and their carriers."""
    chosen = random.Random(seed)
    plain: list[str] = []
    for net in map(IPv4Network, ALLOWED_V4):
        plain += [str(net[chosen.randrange(1, net.num_addresses - 1)]) for _ in range(16)]
    for prefix in ("fd12:3456::", "2600:1f18::", "2001:db8:1::"):
        base = int(IPv6Address(prefix))
        plain += [str(IPv6Address(base | chosen.randrange(1, 1 << 16))) for _ in range(16)]
    # Octets below 100: no reading of a local NAT64 address then meets a forbidden one by chance.
    tens = [".".join(["10", *(str(chosen.randrange(1, 100)) for _ in "abc")]) for _ in range(12)]
    nat64 = {"NAT64": _CARRIED["NAT64"], "mapped": _CARRIED["IPv4-mapped"]}
    public = [form for v4 in plain if "." in v4 for form in carried(v4, nat64)]
    private = [form for v4 in tens for form in carried(v4, _CARRIED)]
    isatap = [f"2600:1f18::5efe:{int(IPv4Address(v4)) >> 16:x}:9" for v4 in tens]
    return list(dict.fromkeys([*plain, *public, *private, *isatap]))


def spellings(v4: str) -> list[str]:
    """Texts that something in use reads as `v4` (inet_aton, browsers, IDNA), or shows as it."""
    value = int(IPv4Address(v4))
    a, b, c, d = value.to_bytes(4, "big")
    circled = "".join({"0": "⓪"}.get(char, chr(ord("①") + int(char) - 1)) for char in str(a))
    return [
        *(f"{value}", f"0x{value:x}", f"0x{value:08X}", f"{value:#o}".replace("0o", "0")),
        *(f"{a}.{value & 0xFFFFFF}", f"{a}.{b}.{value & 0xFFFF}", f"0x{a:x}.{value & 0xFFFFFF}"),
        ".".join(f"0x{part:x}" for part in (a, b, c, d)),
        ".".join(f"{part:04o}" for part in (a, b, c, d)),
        *(f"0x{a:02x}.{b}.{c:#o}.{d}".replace("0o", "0"), f"{a:03}.{b:03}.{c:03}.{d:03}"),
        v4.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)}),
        v4.translate({ord(str(n)): chr(0x1D7CE + n) for n in range(10)}),
        *(v4.replace(".", stop) for stop in "。．｡"),
        *(f"{circled}.{b}.{c}.{d}", f"{v4}.", f"{v4}。", f"{v4}\u00ad", f"{a}.\u200b{b}.{c}.{d}"),
        *("".join(f"%{ord(char):02x}" for char in v4), f"{v4}%00", f"{v4}%25lo", f"{v4}%lo"),
        *(f"{a}\t.{b}.{c}.{d}", f"{a}.{b}.\n{c}.{d}", f"{v4}\\", f"[{v4}]", f"[::ffff:{v4}%25lo]"),
        *(f"[::ffff:{v4}]", f"[0:0:0:0:0:FFFF:{v4}]", f"[64:FF9B::{v4}]", f"[::{v4}]"),
    ]


def urls_astray(scheme: str, v4: str, good: str) -> list[str]:
    """URLs of which one reader sees `good` as the host and another `v4`."""
    return [
        *(f"{scheme}://{good}@{v4}:80/", f"{scheme}://{v4}@{good}:80/", f"{scheme}://x:y@{v4}/"),
        *(f"{scheme}://{good}\\@{v4}/", f"{scheme}://{v4}\\@{good}/", f"{scheme}://{good}#@{v4}/"),
        *(f"{scheme}://{good}?@{v4}/", f"{scheme}:{v4}", f"{scheme}:///{v4}", f"{scheme}:\\\\{v4}"),
        *(f" {scheme}://{v4}/", f"{scheme.upper()}://{v4}/", f"{scheme}://{good}\r\n@{v4}/"),
    ]


def canonical(address: str) -> str:
    """The address that the kernel sees for a literal: an IPv4-mapped one is IPv4."""
    parsed = ip_address(address.partition("%")[0])
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped or parsed)


def lies_in(address: str, network: str) -> bool:
    """Whether a literal lies in a network of its own family."""
    parsed, net = ip_address(address), ip_network(network)
    return parsed.version == net.version and parsed in net
