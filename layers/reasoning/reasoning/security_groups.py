"""What security groups let pass: their rules as data, and whether one of them covers a caller.

Groups only admit: traffic that no rule covers is dropped, so that a connection times out.
Source: docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html (protocol "-1" is all
protocols and ports; a rule that names a group covers the interfaces that stand in it).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

_TCP = frozenset({"tcp", "6"})
_ALL = "-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRule:
    """One permission, in or out. Ports None: all. `cidrs` are of both address families."""

    protocol: str = _ALL
    first_port: int | None = None
    last_port: int | None = None
    cidrs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    prefix_lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup:
    """`own`: Gatewatch made it for its canary, so no workload stands in it."""

    id: str
    ingress: tuple[GroupRule, ...] = ()
    egress: tuple[GroupRule, ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The other end of a connection: its address, and the groups that it stands in."""

    address: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Security groups around a VPC's endpoints, as Describe calls told them just now.

    `standing` are the addresses of the canary's interfaces. `prefix_lists` maps an id to its
    networks; a list that could not be read is absent. `at` None: not read, with the reason in
    `refused` ("" when nothing asked for it).
    """

    groups: tuple[SecurityGroup, ...] = ()
    standing: tuple[str, ...] = ()
    prefix_lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at: float | None = None
    refused: str = ""

    def group(self, group_id: str) -> SecurityGroup | None:
        return next((one for one in self.groups if one.id == group_id), None)


def covers_port(rule: GroupRule, port: int) -> bool:
    """Whether the rule is about TCP at `port`."""
    if rule.protocol == _ALL:
        return True
    if rule.protocol.lower() not in _TCP:
        return False
    if rule.first_port in (None, -1):
        return True
    last = rule.first_port if rule.last_port is None else rule.last_port
    return (rule.first_port or 0) <= port <= last


def covers(
    rule: GroupRule, peer: Peer, port: int, prefix_lists: Mapping[str, tuple[str, ...]]
) -> bool | None:
    """Whether the rule lets `peer` pass at `port`; None when only a prefix list that is not known
    could say so."""
    if not covers_port(rule, port):
        return False
    if _within(peer.address, rule.cidrs) or not set(rule.groups).isdisjoint(peer.groups):
        return True
    known = [prefix_lists[one] for one in rule.prefix_lists if one in prefix_lists]
    if any(_within(peer.address, networks) for networks in known):
        return True
    return False if len(known) == len(rule.prefix_lists) else None


def passes(
    rules: Iterable[GroupRule],
    peers: Iterable[Peer],
    port: int,
    prefix_lists: Mapping[str, tuple[str, ...]],
) -> bool | None:
    """Whether the rules together let every one of `peers` pass; False when they let none, None
    when that cannot be told or differs."""
    rules = tuple(rules)
    found = {_any(covers(rule, peer, port, prefix_lists) for rule in rules) for peer in peers}
    return found.pop() if len(found) == 1 else None


def _any(verdicts: Iterable[bool | None]) -> bool | None:
    said = set(verdicts)
    return True if True in said else None if None in said else False


def _within(address: str, networks: Iterable[str]) -> bool:
    return any(_holds(network, address) for network in networks)


def _holds(network: str, address: str) -> bool:
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:  # an event's text is what its caller made it
        return False
