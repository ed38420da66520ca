"""Records of one type by one name: what the DNS probe asks for beside addresses."""

from dataclasses import dataclass, replace

from probing import dns_message, failures
from probing.deadline import Deadline
from probing.disguises import printable
from probing.dns_exchange import Truncated, ask
from probing.dns_message import CNAME, TYPES, Malformed, Message, Record
from probing.outcome import Failure, Stage
from probing.resolve import NameServer
from probing.servers import in_turn
from probing.target import ascii_host

_RECORDS_LIMIT = 64
_TEXT_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """`rcode` "" when no answer came: `failure` and `detail` then say why. `records` are as text:
    addresses, the canonical name, or the strings of a TXT record joined."""

    rcode: str = ""
    records: tuple[str, ...] = ()
    ttl_seconds: int | None = None
    name_server: str = ""
    elapsed_ms: float = 0.0
    failure: Failure | None = None
    detail: str = ""


def query(host: str, rdtype: str, servers: tuple[NameServer, ...], deadline: Deadline) -> Records:
    """What the first name server that answers says. Never raises for a DNS failure."""
    started = deadline.clock.monotonic_seconds()
    if not servers:
        return _untold(Failure.CANARY_ERROR, "resolv.conf names no name server")

    def told_by(server: NameServer, slot: Deadline, edns: bool) -> Records:
        return _asked(host, TYPES[rdtype], server, slot, edns=edns)

    try:
        told = in_turn(servers, deadline, told_by)
    except (OSError, Malformed, Truncated, ValueError) as error:
        told = replace(_of_error(error), name_server=str(servers[0]))
    elapsed_ms = round((deadline.clock.monotonic_seconds() - started) * 1000, 3)
    return replace(told, elapsed_ms=elapsed_ms)


def _asked(
    host: str, wanted: int, server: NameServer, deadline: Deadline, *, edns: bool
) -> Records:
    name = ascii_host(host)
    answer = ask(server.address, server.port, name, deadline, (wanted,), edns=edns)[wanted]
    found = _reached(answer, dns_message.plain(name), wanted)[:_RECORDS_LIMIT]
    return Records(
        rcode=answer.rcode,
        records=tuple(printable(one.value)[:_TEXT_LIMIT] for one in found),
        ttl_seconds=min((one.ttl for one in found), default=None),
        name_server=str(server),
        failure=failures.of_rcode(answer.rcode, addresses=bool(found)),
    )


def _reached(answer: Message, name: str, wanted: int) -> list[Record]:
    """Records of the names that a chain of CNAMEs leads to: those of others are no answer."""
    names, found = [name], list[Record]()
    while True:
        found += answer.of(names[-1], wanted)
        links = answer.of(names[-1], CNAME)
        if not links or links[0].value in names:
            return found
        names.append(links[0].value)


def _of_error(error: Exception) -> Records:
    if isinstance(error, Truncated):
        return _of_error(error.cause)
    if isinstance(error, Malformed):
        return _untold(Failure.DNS_SERVFAIL, f"the name server's answer cannot be read ({error})")
    if isinstance(error, OSError):
        return _untold(*failures.of(error, Stage.RESOLVE))
    return _untold(Failure.CANARY_ERROR, "the question has no form that DNS can carry")


def _untold(failure: Failure, detail: str) -> Records:
    return Records(failure=failure, detail=detail)
