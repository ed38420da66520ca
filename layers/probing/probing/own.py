"""The addresses of the machine that looks, read from /proc: no packet, no privilege."""

from ipaddress import IPv6Address
from itertools import pairwise
from pathlib import Path


def own_addresses(proc_net: str = "/proc/net") -> tuple[str, ...]:
    """Every address of every interface, loopback included, IPv4 then IPv6, sorted and unique.

    A missing table (IPv6 off, /proc closed) counts as empty: the guard denies the ranges that
    matter in any case.
    """
    return (*_ipv4(Path(proc_net) / "fib_trie"), *_ipv6(Path(proc_net) / "if_inet6"))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except OSError:
        return []


def _ipv4(table: Path) -> list[str]:
    """fib_trie names each local address on the line before its `/32 host LOCAL`."""
    lines = _lines(table)
    found = {before.split()[-1] for before, line in pairwise(lines) if "/32 host LOCAL" in line}
    return sorted(found)


def _ipv6(table: Path) -> list[str]:
    found = {str(IPv6Address(bytes.fromhex(line.split()[0]))) for line in _lines(table) if line}
    return sorted(found)
