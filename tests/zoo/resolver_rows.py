"""Each hostile name server of the zoo, and the failure that it has to be told as: `ROWS`."""

from dataclasses import dataclass

from probing.outcome import Failure
from tests.zoo import names, resolvers
from tests.zoo.names import Behaviour, addresses, rcode, truncated
from tests.zoo.resolvers import DOMAIN, HOME, by_type, chain, many, no_question, without_edns


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsRow:
    """`failure` None means that the name resolves, and to 127.0.0.1 among others."""

    name: str
    behave: Behaviour
    failure: Failure | None = None

    @property
    def host(self) -> str:
        return f"{''.join(c if c.isalnum() else '-' for c in self.name.lower())}.{DOMAIN}"


TIMEOUT, SERVFAIL, NODATA = Failure.DNS_TIMEOUT, Failure.DNS_SERVFAIL, Failure.DNS_NODATA
_TOLD: dict[str, tuple[Behaviour, Failure | None]] = {
    "drops": (names.silent, TIMEOUT),
    "wrong id": (resolvers.wrong_id, TIMEOUT),
    "a flood of wrong ids": (resolvers.flood_of_wrong_ids, None),
    "answers another question": (resolvers.other_question, TIMEOUT),
    "answers another question first": (resolvers.other_question_then_good, None),
    "echoes the question": (resolvers.echo, TIMEOUT),
    "late": (resolvers.late, TIMEOUT),
    "a little late": (resolvers.a_little_late, None),
    "from another port": (resolvers.elsewhere, TIMEOUT),
    "truncated, then good": (truncated(HOME), None),
    "truncated, then silent": (truncated(resolvers.hangs_over_tcp), TIMEOUT),
    "truncated, then closed": (truncated(names.silent), SERVFAIL),
    "truncated, then closed within": (truncated(resolvers.closes_within), SERVFAIL),
    "truncated, then by the byte": (truncated(resolvers.drips_over_tcp), TIMEOUT),
    "truncated, then garbage": (truncated(names.garbage), SERVFAIL),
    "truncated, then another question": (truncated(resolvers.other_question), SERVFAIL),
    "garbage": (names.garbage, SERVFAIL),
    "garbage for AAAA alone": (resolvers.garbage_for_aaaa, None),
    "a name that points at itself": (resolvers.pointer_loop, SERVFAIL),
    "more answers counted than there are": (resolvers.forged_count, SERVFAIL),
    "NXDOMAIN": (rcode("NXDOMAIN"), Failure.DNS_NXDOMAIN),
    "SERVFAIL": (rcode("SERVFAIL"), SERVFAIL),
    "REFUSED": (rcode("REFUSED"), Failure.DNS_REFUSED),
    "SERVFAIL without the question": (no_question("SERVFAIL"), SERVFAIL),
    "FORMERR without the question": (no_question("FORMERR"), SERVFAIL),
    "FORMERR for EDNS": (without_edns(no_question("FORMERR")), None),
    "NOTIMP for EDNS": (without_edns(rcode("NOTIMP")), None),
    "drops EDNS": (without_edns(names.silent), None),
    "NXDOMAIN for A, SERVFAIL for AAAA": (
        by_type(rcode("NXDOMAIN"), rcode("SERVFAIL")),
        Failure.DNS_NXDOMAIN,
    ),
    "SERVFAIL for A, NXDOMAIN for AAAA": (by_type(rcode("SERVFAIL"), rcode("NXDOMAIN")), SERVFAIL),
    "no addresses": (addresses(), NODATA),
    "a chain that ends nowhere": (chain(3, end=None), NODATA),
    "a chain of 40": (chain(40), None),
    "two names that lead to each other": (resolvers.loop, NODATA),
    "TTL 0": (addresses("127.0.0.1", ttl=0), None),
    "TTL 2^31": (addresses("127.0.0.1", ttl=2**31), None),
    "TTL 2^32 - 1": (addresses("127.0.0.1", ttl=2**32 - 1), None),
    "200 addresses in one packet": (many(200), None),
    "3,800 addresses over TCP": (truncated(many(3800)), None),
    "unrelated records beside it": (resolvers.unrelated, None),
    "unrelated records alone": (resolvers.only_unrelated, NODATA),
    "another case": (resolvers.other_case, None),
    "64 kB over TCP": (truncated(resolvers.swollen), None),
    "60 kB over UDP": (resolvers.swollen, None),
    "20 kB of nothing behind it": (resolvers.trailing, None),
}
ROWS: tuple[DnsRow, ...] = tuple(
    DnsRow(name=name, behave=behave, failure=failure) for name, (behave, failure) in _TOLD.items()
)
CAPTURED = DnsRow(name="private addresses", behave=addresses("10.0.0.91", "192.168.3.4"))
"""Not among the rows: whoever looks at it must not connect."""


def zone() -> dict[str, Behaviour]:
    return {row.host: row.behave for row in (*ROWS, CAPTURED)}
