"""The network itself: gw-inet, one namespace per VPC, links, addresses and routes.

Decided here: what exists in the kernel for a given VPC. Not decided here: what is admitted
(filters) and what is answered (names, answers).

An address that nobody holds is silent, as on AWS: its route leads back into loopback, where the
kernel discards what is not addressed to itself. The same route is the way out of a VPC without NAT.
All calls block for some milliseconds and must come from one thread.
"""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from pyroute2 import netns

from lab import sealed
from lab.dataplane import filters
from lab.dataplane.names import EDGE_ADDRESS, REGIONAL_ADDRESS
from lab.dataplane.state import Vpc

INTERNET = "gw-inet"
LINK_LOCAL_RESOLVER = "169.254.169.253"

_ROUTER = "203.0.113.1"
_CONTROL = "203.0.113.2"
# A bridge without an address of its own takes the lowest of its ports': it would change as VPCs
# come and go, and neighbours that remember the old one would send into the void.
_BRIDGE_MAC = "02:00:cb:00:71:01"
_FIRST_NAT, _LAST_NAT = 101, 255


def namespace_of(vpc_id: str) -> str:
    """The name of a VPC's namespace."""
    return f"gw-{vpc_id}"


@contextmanager
def inside(namespace: str) -> Iterator[None]:
    """Sockets that this thread makes in the block are born in `namespace` and stay there."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        netns.setns(str(sealed.NAMESPACES / namespace), flags=0)
        try:
            yield
        finally:
            netns.setns(home)
    finally:
        os.close(home)


def bound_socket(namespace: str, kind: socket.SocketKind, address: str, port: int) -> socket.socket:
    """A socket bound in `namespace`; TCP ones listen."""
    with inside(namespace):
        made = socket.socket(socket.AF_INET, kind)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((address, port))
    if kind is socket.SOCK_STREAM:
        made.listen(512)
    return made


class Network:
    """The kernel's side of the world, kept in step with the state it is given."""

    def __init__(self) -> None:
        self._held: dict[str, frozenset[str]] = {}
        self._gates: dict[str, tuple[filters.Gate, ...]] = {}
        self._tables: dict[str, int] = {}
        self._nat: dict[str, int] = {}

    def vpc_behind(self, address: str) -> str | None:
        """The VPC whose traffic arrives in public from `address`."""
        return next((vpc for vpc, number in self._nat.items() if _outside(number) == address), None)

    def make_internet(self) -> None:
        """gw-inet with its bridge, its public addresses, and the control namespace's link to it."""
        _ip(None, f"netns add {INTERNET}")
        public = (REGIONAL_ADDRESS, EDGE_ADDRESS, sealed.PUBLIC_RESOLVER)
        _ip(None, f"link add inet type veth peer name control netns {INTERNET}")
        _ip(
            INTERNET,
            "link set lo up",
            f"link add br0 address {_BRIDGE_MAC} type bridge",
            "link set br0 up",
            "link set control master br0 up",
            f"addr add {_ROUTER}/24 dev br0",
            *(f"addr add {address}/32 dev br0" for address in public),
        )
        _ip(None, f"addr add {_CONTROL}/24 dev inet", "link set inet up")
        _name_resolver(INTERNET, sealed.PUBLIC_RESOLVER)

    def make_vpc(self, vpc: Vpc) -> None:
        """The VPC's namespace with resolver addresses and a link out, not yet routed."""
        name = namespace_of(vpc.id)
        free = (one for one in range(_FIRST_NAT, _LAST_NAT) if one not in self._nat.values())
        number = next(free, None)
        if number is None:
            raise RuntimeError(f"no public address left for {vpc.id}: use fewer VPCs in one world")
        outside = _outside(number)
        _ip(None, f"netns add {name}")
        _ip(None, f"link add out netns {name} type veth peer name nat{number} netns {INTERNET}")
        _ip(INTERNET, f"link set nat{number} master br0 up")
        _ip(
            name,
            "link set lo up",
            f"addr add {outside}/32 dev out",
            "link set out up",
            f"addr add {_router_address(vpc)}/32 dev lo",
            f"addr add {vpc.resolver_address}/32 dev lo",
            f"addr add {LINK_LOCAL_RESOLVER}/32 dev lo",
        )
        with inside(name):
            filters.set_source_nat("out", outside)
        self._nat[vpc.id] = number
        self._held[vpc.id] = frozenset()
        self._gates[vpc.id] = ()
        self._tables[vpc.id] = 0

    def update_vpc(self, vpc: Vpc) -> None:
        """Addresses, routes and filters as the state has them now.

        The order keeps every moment safe: an endpoint's address goes before its gate and comes
        after it; a source address comes before the routes that use it and goes after them.
        """
        name = namespace_of(vpc.id)
        wanted = filters.gates(vpc)
        entrances = frozenset(gate.address for gate in wanted)
        stands = frozenset(one.address for one in vpc.function_interfaces)
        before = self._held[vpc.id]
        source = vpc.standing.address if vpc.standing else _router_address(vpc)
        out = f"via {_ROUTER} dev out onlink" if filters.leads_out(vpc) else "dev lo"
        entrances_before = frozenset(gate.address for gate in self._gates[vpc.id])
        _ip(
            name,
            *(f"addr add {one}/32 dev lo" for one in sorted(stands - before)),
            f"route replace {vpc.cidr} dev lo src {source}",
            f"route replace default {out} src {source}",
            *(_local_route("replace", one, source) for one in sorted(entrances & before)),
            *(_local_route("del", one) for one in sorted(entrances_before - entrances - stands)),
            *(f"addr del {one}/32 dev lo" for one in sorted(before - stands - entrances)),
        )
        self._set_gates(vpc.id, wanted)
        coming = sorted(entrances - before)
        if coming:
            _ip(
                name,
                *(f"addr add {one}/32 dev lo" for one in coming),
                *(_local_route("replace", one, source) for one in coming),
            )
        self._held[vpc.id] = stands | entrances
        _name_resolver(name, vpc.resolver_address)

    def remove_vpc(self, vpc_id: str) -> None:
        """The namespace and its link go; what still runs in it is cut off."""
        name = namespace_of(vpc_id)
        _ip(INTERNET, f"link del nat{self._nat.pop(vpc_id)}")
        _ip(None, f"netns del {name}")
        (sealed.RESOLV / name).unlink(missing_ok=True)
        for kept in (self._held, self._gates, self._tables):
            kept.pop(vpc_id)

    def _set_gates(self, vpc_id: str, wanted: tuple[filters.Gate, ...]) -> None:
        if wanted == self._gates[vpc_id]:
            return
        number = self._tables[vpc_id] + 1
        old = f"gates{number - 1}" if number > 1 else None
        with inside(namespace_of(vpc_id)):
            filters.set_gates(f"gates{number}", old, wanted)
        self._tables[vpc_id] = number
        self._gates[vpc_id] = wanted


def _outside(number: int) -> str:
    return f"203.0.113.{number}"


def _router_address(vpc: Vpc) -> str:
    base, _, last = vpc.resolver_address.rpartition(".")
    return f"{base}.{int(last) - 1}"


def _local_route(verb: str, address: str, source: str | None = None) -> str:
    """Without a source of its own the kernel would let the endpoint's address call itself."""
    preferred = f" src {source}" if source else ""
    return f"route {verb} local {address} dev lo table local{preferred}"


def _name_resolver(name: str, resolver: str) -> None:
    """Write the namespace's resolv.conf, last of all: its presence says the network is whole.

    The file of the namespace itself says less: `ip netns add` makes it before it can be entered.
    """
    file = sealed.RESOLV / name
    if not file.exists():
        fresh = file.with_suffix(".new")
        fresh.write_text(f"nameserver {resolver}\n")
        fresh.rename(file)


def _ip(namespace: str | None, *lines: str) -> None:
    """Run lines of `ip` in one process. Raises RuntimeError quoting what the kernel refused."""
    where = ["-n", namespace] if namespace else []
    done = subprocess.run(
        [sealed.tool("ip"), *where, "-batch", "-"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        quoted = "; ".join(lines)
        raise RuntimeError(
            f"ip in {namespace or 'the control namespace'}: {done.stderr.strip()} [{quoted}]"
        )
