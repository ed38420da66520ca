"""Ask the name servers of /etc/resolv.conf what a host is: chain, addresses, rcode, TTL.

Asked by an own exchange of dnspython messages and not through the C library, which tells neither
rcode nor chain and waits 10 s. DHCP options decide the name server of a VPC, so the file is read,
not the address assumed. Port 53 of that server is the one target that the guard does not judge.
"""

from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype

from probing import failures
from probing.deadline import Deadline
from probing.dns_exchange import Answers, Malformed, ask
from probing.guard import ascii_host
from probing.outcome import Failure, Resolution, Stage

RESOLV_CONF = "/etc/resolv.conf"
_SERVERS_LIMIT = 3
_CHAIN_LIMIT = 16
_ADDRESSES_LIMIT = 64
_WILL_NOT_SERVE = (Failure.DNS_SERVFAIL, Failure.DNS_REFUSED)


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
    except (OSError, Malformed, ValueError, dns.exception.DNSException) as error:
        failure, detail = _of_error(error)
        told = _untold(host, str(servers[0]), failure, detail)
    elapsed_ms = (deadline.clock.monotonic_seconds() - started) * 1000
    return replace(told, elapsed_ms=round(elapsed_ms, 3))


def _of_error(error: Exception) -> failures.Told:
    if isinstance(error, Malformed):
        return Failure.DNS_SERVFAIL, f"the name server's answer cannot be read ({error})"
    if isinstance(error, OSError):
        return failures.of(error, Stage.RESOLVE)
    return Failure.CANARY_ERROR, "the host has no form that DNS can carry"


def _ask_in_turn(host: str, servers: tuple[NameServer, ...], deadline: Deadline) -> Resolution:
    """Each server once, then each again: a lost packet is no outage.

    One that answers that it will not serve (SERVFAIL, REFUSED), or that cannot be reached, makes
    way for the next, as with the C library; the last one's word stands.
    """
    if not servers:
        detail = "resolv.conf names no name server"
        return _untold(host, "", Failure.CANARY_ERROR, detail)
    name = dns.name.from_text(ascii_host(host))
    turns = servers * 2
    for index, server in enumerate(turns):
        share = deadline.remaining_seconds() / (len(turns) - index)
        slot = Deadline.after(deadline.clock, share, within=deadline)
        others_left = index < len(servers) - 1
        try:
            told = read(host, str(server), ask(server.address, server.port, name, slot))
        except TimeoutError:
            if index == len(turns) - 1:
                raise
        except OSError:
            if not others_left:
                raise
        else:
            if told.failure not in _WILL_NOT_SERVE or not others_left:
                return told
    raise TimeoutError("no name server answered")


def _untold(host: str, name_server: str, failure: Failure, detail: str) -> Resolution:
    return Resolution(host=host, name_server=name_server, rcode="", failure=failure, detail=detail)


def read(host: str, name_server: str, answers: Answers) -> Resolution:
    """One Resolution of the answers to both questions (A, AAAA). Addresses of either are good;
    of two answers without any, the A answer's rcode speaks."""
    first = answers.get(dns.rdatatype.A) or answers[dns.rdatatype.AAAA]
    chain: tuple[str, ...] = ()
    addresses: list[str] = []
    ttls: list[int] = []
    for rdtype, answer in answers.items():
        links, found, ttl = _follow(answer, rdtype)
        chain = chain or links
        addresses += [address for address in found if address not in addresses]
        ttls += ttl
    rcode = "NOERROR" if addresses else dns.rcode.to_text(first.rcode())
    failure = failures.of_rcode(rcode, addresses=bool(addresses))
    return Resolution(
        host=host,
        name_server=name_server,
        rcode=rcode,
        addresses=tuple(addresses[:_ADDRESSES_LIMIT]),
        cname_chain=chain,
        ttl_seconds=min(ttls, default=None),
        failure=failure,
        detail=_detail(failure, rcode, chain),
    )


def _detail(failure: Failure | None, rcode: str, chain: tuple[str, ...]) -> str:
    if failure is None:
        return ""
    behind = f" for {chain[-1]}" if chain else ""
    said = "no address" if failure is Failure.DNS_NODATA else rcode
    return f"the name server answered {said}{behind}"


def _follow(
    answer: dns.message.Message, rdtype: dns.rdatatype.RdataType
) -> tuple[tuple[str, ...], list[str], list[int]]:
    """The CNAME chain from the question on, the addresses at its end, and the TTLs passed.

    Only what the chain reaches counts: a stray address in the answer belongs to another name.
    """
    name = answer.question[0].name
    chain: list[str] = []
    ttls: list[int] = []
    for _ in range(_CHAIN_LIMIT):
        found = answer.get_rrset(answer.answer, name, dns.rdataclass.IN, rdtype)
        if found is not None:
            return tuple(chain), [str(item) for item in found], [*ttls, found.ttl]
        link = answer.get_rrset(answer.answer, name, dns.rdataclass.IN, dns.rdatatype.CNAME)
        if link is None:
            break
        name = link[0].target
        ttls.append(link.ttl)
        chain.append(name.to_text(omit_final_dot=True).lower())
    return tuple(chain), [], ttls
