"""What the kernel counts: packets that leave a process of this network namespace, by destination.

A connect begins with a SYN; each that goes anywhere but to an allowed network is a leak. Nothing
here knows what the guard forbids.
"""

import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from pyroute2.nftables.expressions import genex, verdict
from pyroute2.nftables.main import NFTables

_NETWORK, _TRANSPORT = 1, 2
_META_L4PROTO = 16
_TCP, _UDP = b"\x06", b"\x11"
_SOURCE_PORT, _DESTINATION_PORT = (_TRANSPORT, 0, 2), (_TRANSPORT, 2, 2)
_PLACES = {  # of family: source and destination address in the network header
    socket.AF_INET: ((_NETWORK, 12, 4), (_NETWORK, 16, 4)),
    socket.AF_INET6: ((_NETWORK, 8, 16), (_NETWORK, 24, 16)),
}

ALLOWED, LEAKED, DATAGRAMS = "allowed connects", "leaked connects", "leaked datagrams"
ASKED, ANSWERED = "questions to", "answers of"


class Counters:
    """nftables rules in both families; `read` gives what has been counted since they were made."""

    def __init__(self, allowed: Sequence[str], resolvers: Sequence[str]) -> None:
        self._sockets = {int(family): NFTables(nfgen_family=int(family)) for family in _PLACES}
        self._names: dict[int, list[str]] = {family: [] for family in self._sockets}
        for family, nft in self._sockets.items():
            nft.table("add", name="trap")
            nft.chain("add", table="trap", name="out", hook="output", type="filter", policy=1)
            for name, expressions in _rules(socket.AddressFamily(family), allowed, resolvers):
                counter = [genex("counter", {"packets": 0, "bytes": 0})]
                rule = (expressions, counter, verdict(code=1))
                nft.rule("add", table="trap", chain="out", expressions=rule)
                self._names[family].append(name)

    def read(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for family, nft in self._sockets.items():
            packets = [_packets(rule) for rule in nft.get_rules()]
            for name, counted in zip(self._names[family], packets, strict=True):
                total[name] += counted
        return total

    def close(self) -> None:
        for nft in self._sockets.values():
            nft.close()


def _rules(
    family: socket.AddressFamily, allowed: Sequence[str], resolvers: Sequence[str]
) -> Iterator[tuple[str, list[Any]]]:
    """(what it counts, the packets that match); the first match takes a packet."""
    source, destination = _PLACES[family]
    version = 4 if family == socket.AF_INET else 6
    port53 = (53).to_bytes(2, "big")
    for resolver in (one for one in map(ip_network, resolvers) if one.version == version):
        to = [*_udp(), *_equals(_DESTINATION_PORT, port53), *_within(destination, resolver)]
        of = [*_udp(), *_equals(_SOURCE_PORT, port53), *_within(source, resolver)]
        yield f"{ASKED} {resolver.network_address}", to
        yield f"{ANSWERED} {resolver.network_address}", of
    yield DATAGRAMS, _udp()
    for network in (one for one in map(ip_network, allowed) if one.version == version):
        yield ALLOWED, [*_syn(), *_within(destination, network)]
    yield LEAKED, _syn()


def _packets(rule: Any) -> int:
    for expression in rule.get_attr("NFTA_RULE_EXPRESSIONS"):
        if expression.get_attr("NFTA_EXPR_NAME") == "counter":
            return int(expression.get_attr("NFTA_EXPR_DATA").get_attr("NFTA_COUNTER_PACKETS"))
    raise LookupError("a rule of the trap has no counter")


def _udp() -> list[Any]:
    return [genex("meta", {"dreg": 1, "key": _META_L4PROTO}), _compare(_UDP)]


def _syn() -> list[Any]:
    """TCP with SYN and without ACK: byte 13 of its header."""
    is_tcp = [genex("meta", {"dreg": 1, "key": _META_L4PROTO}), _compare(_TCP)]
    return [*is_tcp, *_masked((_TRANSPORT, 13, 1), b"\x12", b"\x02")]


def _within(place: tuple[int, int, int], network: IPv4Network | IPv6Network) -> list[Any]:
    return _masked(place, network.netmask.packed, network.network_address.packed)


def _masked(place: tuple[int, int, int], mask: bytes, value: bytes) -> list[Any]:
    load, _ = _equals(place, value)
    operands = {
        "sreg": 1,
        "dreg": 1,
        "len": len(mask),
        "mask": {"attrs": [("NFTA_DATA_VALUE", mask)]},
        "xor": {"attrs": [("NFTA_DATA_VALUE", bytes(len(mask)))]},
    }
    return [load, genex("bitwise", operands), _compare(value)]


def _equals(place: tuple[int, int, int], value: bytes) -> list[Any]:
    base, offset, length = place
    load = {"dreg": 1, "base": base, "offset": offset, "len": length}
    return [genex("payload", load), _compare(value)]


def _compare(value: bytes) -> Any:
    return genex("cmp", {"sreg": 1, "op": 0, "data": {"attrs": [("NFTA_DATA_VALUE", value)]}})
