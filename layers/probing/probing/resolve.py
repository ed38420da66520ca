"""Ask the name servers of /etc/resolv.conf what a host is: chain, addresses, rcode, TTL.

Asked by an own exchange of messages and not through the C library, which tells neither
rcode nor chain and waits 10 s. DHCP options decide the name server of a VPC, so the file is read,
not the address assumed. Port 53 of that server is the one target that the guard does not judge.
"""

from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path

from probing import failures
from probing.deadline import Deadline
from probing.dns_exchange import Answers, Truncated, ask
from probing.dns_message import AAAA, CNAME, A, Malformed, Message
from probing.outcome import Failure, Resolution, Stage
from probing.servers import in_turn
from probing.target import ascii_host

RESOLV_CONF = "/etc/resolv.conf"
_SERVERS_LIMIT = 3
_CHAIN_LIMIT = 16
_ADDRESSES_LIMIT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class NameServer:
    address: str
    port: int = 53

    def __str__(self) -> str:
        return self.address if self.port == 53 else f"{self.address}:{self.port}"


def name_servers(resolv_conf: str = RESOLV_CONF, *, port: int = 53) -> tuple[NameServer, ...]:
    """The `nameserver` lines, at most three (as the C library reads them), in order.

    Empty when the file cannot be read or names none; every resolution then says so.
    """
    try:
        lines = Path(resolv_conf).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    words = [line.split() for line in lines]
    found = [w[1] for w in words if len(w) > 1 and w[0] == "nameserver" and _is_address(w[1])]
    return tuple(NameServer(address=address, port=port) for address in found[:_SERVERS_LIMIT])


def _is_address(text: str) -> bool:
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def resolve(host: str, servers: tuple[NameServer, ...], deadline: Deadline) -> Resolution:
    """What the first name server that answers says of `host`; never raises for a DNS failure.

    A literal address resolves to itself without a question.
    """
    started = deadline.clock.monotonic_seconds()
    if _is_address(host):
        return Resolution(host=host, name_server="", rcode="", addresses=(host,))
    try:
        told = _ask_in_turn(host, servers, deadline)
    except Exception as error:  # noqa: BLE001 - no answer of a name server may end a look
        failure, detail = _of_error(error)
        told = _untold(host, str(servers[0]) if servers else "", failure, detail)
    elapsed_ms = (deadline.clock.monotonic_seconds() - started) * 1000
    return replace(told, elapsed_ms=round(elapsed_ms, 3))


def _of_error(error: Exception) -> failures.Told:
    if isinstance(error, Truncated):
        failure, detail = _of_error(error.cause)
        return failure, f"the answer is too long for UDP, and over TCP: {detail}"
    if isinstance(error, Malformed):
        return Failure.DNS_SERVFAIL, f"the name server's answer cannot be read ({error})"
    if isinstance(error, ValueError):
        return Failure.CANARY_ERROR, "the host has no form that DNS can carry"
    return failures.of(error, Stage.RESOLVE)


def _ask_in_turn(host: str, servers: tuple[NameServer, ...], deadline: Deadline) -> Resolution:
    if not servers:
        detail = "resolv.conf names no name server"
        return _untold(host, "", Failure.CANARY_ERROR, detail)
    name = ascii_host(host)

    def told_by(server: NameServer, slot: Deadline, edns: bool) -> Resolution:
        return read(host, str(server), ask(server.address, server.port, name, slot, edns=edns))

    return in_turn(servers, deadline, told_by)


def _untold(host: str, name_server: str, failure: Failure, detail: str) -> Resolution:
    return Resolution(host=host, name_server=name_server, rcode="", failure=failure, detail=detail)


def read(host: str, name_server: str, answers: Answers) -> Resolution:
    """One Resolution of the answers to both questions (A, AAAA). Addresses of either are good;
    of two answers without any, the A answer's rcode speaks."""
    first = answers.get(A) or answers[AAAA]
    chain: tuple[str, ...] = ()
    addresses: list[str] = []
    ttls: list[int] = []
    for rdtype, answer in answers.items():
        links, found, ttl = _follow(answer, rdtype)
        chain = chain or links
        addresses += found
        ttls += ttl
    rcode = "NOERROR" if addresses else first.rcode
    failure = failures.of_rcode(rcode, addresses=bool(addresses))
    return Resolution(
        host=host,
        name_server=name_server,
        rcode=rcode,
        addresses=tuple(dict.fromkeys(addresses))[:_ADDRESSES_LIMIT],
        cname_chain=_shortened(chain),
        ttl_seconds=min(ttls, default=None),
        failure=failure,
        detail=_detail(failure, rcode, chain),
    )


def _shortened(chain: tuple[str, ...]) -> tuple[str, ...]:
    """The beginning of a chain, and its end: what it leads to tells the route."""
    return chain if len(chain) <= _CHAIN_LIMIT else (*chain[: _CHAIN_LIMIT - 1], chain[-1])


def _detail(failure: Failure | None, rcode: str, chain: tuple[str, ...]) -> str:
    if failure is None:
        return ""
    if failure is Failure.DNS_NODATA and len(set(chain)) < len(chain):
        return f"the name server answered names that lead back to {chain[-1]}"
    behind = f" for {chain[-1]}" if chain else ""
    said = "no address" if failure is Failure.DNS_NODATA else rcode
    return f"the name server answered {said}{behind}"


def _follow(answer: Message, rdtype: int) -> tuple[tuple[str, ...], list[str], list[int]]:
    """The CNAME chain from the question on, the addresses at its end, and the TTLs passed.

    Only what the chain reaches counts: a stray address in the answer belongs to another name.
    """
    if not answer.questions:
        return (), [], []  # an error, of a server that repeats no question
    name = answer.questions[0][0]
    chain: list[str] = []
    ttls: list[int] = []
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        found = answer.of(name, rdtype)
        if found:
            lowest = min(record.ttl for record in found)
            return tuple(chain), [record.value for record in found], [*ttls, lowest]
        links = answer.of(name, CNAME)
        if not links:
            return tuple(chain), [], ttls
        name = links[0].value
        ttls.append(links[0].ttl)
        chain.append(name)
    return (*chain, chain[0]), [], ttls
