"""Records of one type by one name: what the DNS probe asks for beside addresses."""

from dataclasses import dataclass

from probing import failures
from probing.deadline import Deadline
from probing.dns_exchange import Truncated, ask
from probing.dns_message import TYPES, Malformed
from probing.evidence import printable
from probing.guard import ascii_host
from probing.outcome import Failure, Stage
from probing.resolve import NameServer

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
    """What the first name server says, asked twice at most: a lost packet is no outage. Never
    raises for a DNS failure."""
    started = deadline.clock.monotonic_seconds()
    told = _untold(Failure.CANARY_ERROR, "resolv.conf names no name server")
    for tries_left in (2, 1) if servers else ():
        try:
            told = _asked(host, rdtype, servers[0], _share(deadline, tries_left))
            break
        except (OSError, Malformed, Truncated, ValueError) as error:
            told = _of_error(error)
            if told.failure is not Failure.DNS_TIMEOUT:
                break
    elapsed_ms = round((deadline.clock.monotonic_seconds() - started) * 1000, 3)
    return Records(
        rcode=told.rcode,
        records=told.records,
        ttl_seconds=told.ttl_seconds,
        name_server=str(servers[0]) if servers else "",
        elapsed_ms=elapsed_ms,
        failure=told.failure,
        detail=told.detail,
    )


def _share(deadline: Deadline, tries_left: int) -> Deadline:
    seconds = deadline.remaining_seconds() / tries_left
    return Deadline.after(deadline.clock, seconds, within=deadline)


def _asked(host: str, rdtype: str, server: NameServer, deadline: Deadline) -> Records:
    wanted = TYPES[rdtype]
    name = ascii_host(host)
    answer = ask(server.address, server.port, name, deadline, (wanted,))[wanted]
    found = [one for one in answer.records if one.rdtype == wanted][:_RECORDS_LIMIT]
    return Records(
        rcode=answer.rcode,
        records=tuple(printable(one.value)[:_TEXT_LIMIT] for one in found),
        ttl_seconds=min((one.ttl for one in found), default=None),
        failure=failures.of_rcode(answer.rcode, addresses=bool(found)),
    )


def _of_error(error: Exception) -> Records:
    if isinstance(error, Truncated):
        return _of_error(error.cause)
    if isinstance(error, Malformed):
        return _untold(Failure.DNS_SERVFAIL, f"the answer cannot be read ({error})")
    if isinstance(error, OSError):
        return _untold(*failures.of(error, Stage.RESOLVE))
    return _untold(Failure.CANARY_ERROR, "the question has no form that DNS can carry")


def _untold(failure: Failure, detail: str) -> Records:
    return Records(failure=failure, detail=detail)
