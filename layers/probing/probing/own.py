"""The addresses that the machine speaks from, as the kernel's routing tells: no packet is sent."""

import socket
from collections.abc import Callable

# Documentation ranges (RFC 5737, RFC 3849): far away on every machine, and nobody's.
FAR = ("192.0.2.1", "2001:db8::1")


def source_towards(address: str) -> str | None:
    """The address that a packet to `address` would leave with; None when there is no way."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as speaking:
            speaking.connect((address, 9))  # of a datagram socket: chooses the source, no more
            return str(speaking.getsockname()[0])
    except OSError:
        return None


def own_addresses(source: Callable[[str], str | None] = source_towards) -> tuple[str, ...]:
    """The address that we speak from by IPv4, then by IPv6, as far as there is one.

    Not every address of every interface: where a host carries addresses of others too (the
    interface of a VPC endpoint in the local lab), those are targets like any other. Loopback and
    link-local ones are denied by the guard in any case.
    """
    return tuple(found for found in map(source, FAR) if found)
