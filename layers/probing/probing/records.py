"""Records of one type by one name: what the DNS probe asks for beside addresses.

dnspython asks and reads here; only the addresses, which every look of every endpoint asks for, are
read by smaller means (docs/adr/0005). It is imported by the first such question.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from probing import failures
from probing.deadline import Deadline
from probing.dns_message import Malformed
from probing.evidence import printable
from probing.guard import ascii_host
from probing.outcome import Failure, Stage
from probing.resolve import NameServer
from probing.servers import in_turn

if TYPE_CHECKING:
    from dns.message import Message

TYPES = ("A", "AAAA", "CNAME", "TXT")
_PAYLOAD_BYTES = 1232
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
        return _asked(host, rdtype, server, slot, edns=edns)

    try:
        told = in_turn(servers, deadline, told_by)
    except (OSError, Malformed, ValueError) as error:
        told = replace(_of_error(error), name_server=str(servers[0]))
    elapsed_ms = round((deadline.clock.monotonic_seconds() - started) * 1000, 3)
    return replace(told, elapsed_ms=elapsed_ms)


def _asked(
    host: str, rdtype: str, server: NameServer, deadline: Deadline, *, edns: bool
) -> Records:
    """Raises OSError, Malformed; ValueError for a name that DNS cannot carry."""
    import dns.message
    import dns.query
    import dns.rcode
    from dns.exception import DNSException, Timeout

    extension: dict[str, Any] = {"use_edns": 0, "payload": _PAYLOAD_BYTES} if edns else {}
    try:
        question = dns.message.make_query(ascii_host(host), rdtype, **extension)
        # Packets that answer something else, or nothing, are passed over until the time is up.
        answer, _ = dns.query.udp_with_fallback(
            question,
            server.address,
            deadline.remaining_seconds(),
            port=server.port,
            ignore_unexpected=True,
            ignore_errors=True,
        )
    except Timeout:
        raise TimeoutError from None
    except (DNSException, EOFError) as error:
        raise Malformed(type(error).__name__) from None
    found = _found(answer)
    rcode = dns.rcode.to_text(answer.rcode())
    return Records(
        rcode=rcode,
        records=tuple(text for text, _ in found),
        ttl_seconds=min((ttl for _, ttl in found), default=None),
        name_server=str(server),
        failure=failures.of_rcode(rcode, addresses=bool(found)),
    )


def _found(answer: Message) -> list[tuple[str, int]]:
    """Records of the type asked for with their TTLs, by the names that a chain of CNAMEs leads to:
    those of others are no answer."""
    from dns.rdataclass import IN
    from dns.rdatatype import CNAME

    asked = answer.question[0]
    names, found = [asked.name], []
    while True:
        held = answer.get_rrset(answer.answer, names[-1], IN, asked.rdtype)
        found += [(_text(record), held.ttl) for record in held] if held is not None else []
        link = answer.get_rrset(answer.answer, names[-1], IN, CNAME)
        if link is None or link[0].target in names:
            return found[:_RECORDS_LIMIT]
        names.append(link[0].target)


def _text(record: Any) -> str:
    strings = getattr(record, "strings", None)
    if strings is None:
        return str(record).rstrip(".")[:_TEXT_LIMIT]
    return printable(b"".join(strings).decode("utf-8", "replace"))[:_TEXT_LIMIT]


def _of_error(error: Exception) -> Records:
    if isinstance(error, Malformed):
        return _untold(Failure.DNS_SERVFAIL, f"the name server's answer cannot be read ({error})")
    if isinstance(error, ValueError):
        return _untold(Failure.CANARY_ERROR, "the question has no form that DNS can carry")
    return _untold(*failures.of(error, Stage.RESOLVE))


def _untold(failure: Failure, detail: str) -> Records:
    return Records(failure=failure, detail=detail)
