"""Security groups and the way out: what a VPC lets through, and how the kernel is told.

Decided here: what is admitted (pure) and its nftables form. AWS security groups drop, so a refused
connection times out. pyroute2 speaks to the kernel because the `nft` program is not installed
everywhere and an ordinary user cannot install it.
"""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyroute2.nftables.expressions import genex, verdict
from pyroute2.nftables.main import NFTables

from lab.dataplane.names import REGIONAL_ADDRESS
from lab.dataplane.state import FunctionInterface, GroupRule, Vpc, VpcEndpoint
from lab.world.parts import WayOut

HTTPS_PORT = 443

_ACCEPT, _DROP = 1, 0
_FAMILY_IPV4 = 2
_META_OIFNAME = 7
_NETWORK_HEADER, _TRANSPORT_HEADER = 1, 2
_DESTINATION_ADDRESS, _DESTINATION_PORT = (_NETWORK_HEADER, 16, 4), (_TRANSPORT_HEADER, 2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One endpoint interface's address, and whether the canary's HTTPS gets through to it."""

    address: str
    admitted: bool


def gates(vpc: Vpc) -> tuple[Gate, ...]:
    """Every endpoint interface of the VPC; one that is pending admits nobody."""
    return tuple(
        Gate(address=each.address, admitted=one.available and _admits(vpc, one, each.address))
        for one in vpc.endpoints
        if one.deleted_at is None
        for each in one.interfaces
    )


def leads_out(vpc: Vpc) -> bool:
    """Whether HTTPS from where the VPC's traffic comes from reaches the internet.

    A function's interface has no public IPv4 address (AWS Lambda guide, "internet access for
    VPC-connected functions"), so an internet gateway leads it nowhere. With no function in the VPC
    any subnet's NAT will do: a function that has just been made may not be listed yet.
    """
    standing = vpc.standing
    if standing is None:
        return WayOut.NAT in vpc.way_out.values()
    if vpc.way_out.get(standing.subnet) is not WayOut.NAT:
        return False
    return any(
        _rule_admits(rule, REGIONAL_ADDRESS, ()) for rule in _rules(vpc, standing.groups, "egress")
    )


def _admits(vpc: Vpc, endpoint: VpcEndpoint, address: str) -> bool:
    standing: FunctionInterface | None = vpc.standing
    if standing is None:
        return True
    entering = _rules(vpc, endpoint.security_groups, "ingress")
    leaving = _rules(vpc, standing.groups, "egress")
    return any(_rule_admits(rule, standing.address, standing.groups) for rule in entering) and any(
        _rule_admits(rule, address, endpoint.security_groups) for rule in leaving
    )


def _rules(vpc: Vpc, groups: Sequence[str], direction: str) -> list[GroupRule]:
    known = [vpc.security_groups[group] for group in groups if group in vpc.security_groups]
    return [rule for group in known for rule in getattr(group, direction)]


def _rule_admits(rule: GroupRule, peer: str, peer_groups: Sequence[str]) -> bool:
    if rule.protocol not in ("-1", "tcp", "6"):
        return False
    every_port = rule.protocol == "-1" or rule.first_port in (None, -1)
    if not every_port and not (rule.first_port or 0) <= HTTPS_PORT <= (rule.last_port or 0):
        return False
    where = ipaddress.ip_address(peer)
    by_range = any(where in ipaddress.ip_network(one, strict=False) for one in rule.cidrs)
    return by_range or not set(rule.groups).isdisjoint(peer_groups)


def set_gates(table: str, old_table: str | None, wanted: Sequence[Gate]) -> None:
    """Put `wanted` in force in this thread's network namespace, in place of `old_table`.

    The new table stands before the old one goes: in between both drop, so no moment lets through
    what neither admits.
    """
    nft = NFTables(nfgen_family=_FAMILY_IPV4)
    try:
        nft.table("add", name=table)
        nft.chain("add", table=table, name="in", hook="input", type="filter", policy=_ACCEPT)
        for gate in wanted:
            here = _equals(_DESTINATION_ADDRESS, socket.inet_aton(gate.address))
            if gate.admitted:
                https = _equals(_DESTINATION_PORT, HTTPS_PORT.to_bytes(2, "big"))
                _add(nft, table, "in", here, https, verdict(code=_ACCEPT))
            _add(nft, table, "in", here, verdict(code=_DROP))
        if old_table is not None:
            nft.table("del", name=old_table)
    finally:
        nft.close()


def set_source_nat(link: str, address: str) -> None:
    """All that leaves this thread's network namespace by `link` gets `address` as its source."""
    nft = NFTables(nfgen_family=_FAMILY_IPV4)
    try:
        nft.table("add", name="way")
        nft.chain(
            "add",
            table="way",
            name="out",
            hook="postrouting",
            type="nat",
            policy=_ACCEPT,
            priority=100,
        )
        by_link = [
            genex("meta", {"dreg": 1, "key": _META_OIFNAME}),
            _compare(link.encode().ljust(16, b"\0")),
        ]
        value = {"attrs": [("NFTA_DATA_VALUE", socket.inet_aton(address))]}
        translate = [
            genex("immediate", {"dreg": 1, "data": value}),
            genex("nat", {"type": 0, "family": _FAMILY_IPV4, "reg_addr_min": 1}),
        ]
        _add(nft, "way", "out", by_link, translate)
    finally:
        nft.close()


def _add(nft: NFTables, table: str, chain: str, *expressions: list[Any]) -> None:
    nft.rule("add", table=table, chain=chain, expressions=expressions)


def _equals(place: tuple[int, int, int], value: bytes) -> list[Any]:
    base, offset, length = place
    load = {"dreg": 1, "base": base, "offset": offset, "len": length}
    return [genex("payload", load), _compare(value)]


def _compare(value: bytes) -> Any:
    return genex("cmp", {"sreg": 1, "op": 0, "data": {"attrs": [("NFTA_DATA_VALUE", value)]}})
