"""Name servers that drop, lie, loop, come late or flood: `ROWS`, each with its failure."""

from dataclasses import dataclass

from dnslib import CNAME, QTYPE, RCODE, RR, TXT, A, DNSQuestion, DNSRecord

from probing.outcome import Failure
from tests.zoo import names
from tests.zoo.names import Behaviour, Packet, addresses, rcode, truncated

HOME = addresses("127.0.0.1")
LATE_SECONDS = 0.5
DOMAIN = "zoo.example"


def _pack(reply: DNSRecord) -> bytes:
    return bytes(reply.pack())


def _a(name: str, address: str = "127.0.0.1", ttl: int = 60) -> RR:
    return RR(name, QTYPE.A, rdata=A(address), ttl=ttl)


def _good(question: DNSRecord) -> bytes:
    said = HOME(question, False)
    assert isinstance(said, bytes)
    return said


def wrong_id(question: DNSRecord, _: bool) -> bytes:
    said = _good(question)
    return bytes([said[0] ^ 0xFF, said[1]]) + said[2:]


def flood_of_wrong_ids(question: DNSRecord, over_tcp: bool) -> list[Packet]:
    """A guesser's flood, then the truth."""
    lies = [Packet(data=wrong_id(question, over_tcp))] * 100
    return [*lies, Packet(data=_good(question))]


def other_question(question: DNSRecord, _: bool) -> bytes:
    """The right id, to a question that nobody asked."""
    other = DNSRecord(question.header, q=DNSQuestion("other.example", question.q.qtype))
    reply = other.reply()
    reply.add_answer(_a("other.example"))
    return _pack(reply)


def other_question_then_good(question: DNSRecord, over_tcp: bool) -> list[Packet]:
    return [Packet(data=other_question(question, over_tcp)), Packet(data=_good(question))]


def echo(question: DNSRecord, _: bool) -> bytes:
    """The question itself: no answer's flag."""
    return bytes(question.pack())


def no_question(name: str) -> Behaviour:
    """An error that repeats no question, as old servers send."""

    def answer(question: DNSRecord, _: bool) -> bytes:
        reply = question.reply()
        reply.header.rcode = getattr(RCODE, name)
        reply.questions = []
        return _pack(reply)

    return answer


def without_edns(otherwise: Behaviour) -> Behaviour:
    """Good for a question without EDNS; `otherwise` for one with."""

    def answer(question: DNSRecord, over_tcp: bool) -> names.Said:
        return otherwise(question, over_tcp) if question.ar else _good(question)

    return answer


def late(question: DNSRecord, _: bool) -> list[Packet]:
    """After the asker gave up."""
    return [Packet(data=_good(question), after_seconds=30.0)]


def a_little_late(question: DNSRecord, _: bool) -> list[Packet]:
    return [Packet(data=_good(question), after_seconds=LATE_SECONDS)]


def elsewhere(question: DNSRecord, _: bool) -> list[Packet]:
    return [Packet(data=_good(question), from_elsewhere=True)]


def hangs_over_tcp(question: DNSRecord, over_tcp: bool) -> list[Packet]:
    return [Packet(data=b"", after_seconds=30.0)]


def closes_within(question: DNSRecord, _: bool) -> list[Packet]:
    said = _good(question)
    return [Packet(data=len(said).to_bytes(2, "big") + said[:20], raw=True)]


def drips_over_tcp(question: DNSRecord, _: bool) -> list[Packet]:
    said = _good(question)
    whole = len(said).to_bytes(2, "big") + said
    return [Packet(data=bytes([byte]), after_seconds=0.25, raw=True) for byte in whole]


def garbage_for_aaaa(question: DNSRecord, over_tcp: bool) -> bytes:
    bad = question.q.qtype == QTYPE.AAAA
    return names.garbage(question, over_tcp) if bad else _good(question)


def pointer_loop(question: DNSRecord, _: bool) -> bytes:
    """A compressed name that points at itself."""
    head = bytes(question.reply().pack())[:4]
    return head + b"\0\1\0\1\0\0\0\0" + b"\xc0\x0c\0\1\0\1"


def forged_count(question: DNSRecord, _: bool) -> bytes:
    """65,535 answers by the header, none in the packet."""
    said = bytes(question.reply().pack())
    return said[:6] + b"\xff\xff" + said[8:]


def unrelated(question: DNSRecord, _: bool) -> bytes:
    """The answer between records of other names."""
    reply = question.reply()
    reply.add_answer(_a("other.example", "127.0.0.66"))
    if question.q.qtype == QTYPE.A:
        reply.add_answer(_a(str(question.q.qname)))
    reply.add_answer(RR(str(question.q.qname), QTYPE.TXT, rdata=TXT("hello"), ttl=60))
    reply.add_ar(_a("ns.other.example", "127.0.0.67"))
    reply.add_auth(_a(str(question.q.qname), "127.0.0.68"))
    return _pack(reply)


def only_unrelated(question: DNSRecord, _: bool) -> bytes:
    reply = question.reply()
    reply.add_answer(_a("other.example", "127.0.0.66"))
    return _pack(reply)


def other_case(question: DNSRecord, _: bool) -> bytes:
    """The name in another case, in question and answer (what 0x20 mixing makes of it)."""
    mixed = str(question.q.qname).swapcase()
    reply = DNSRecord(question.header, q=DNSQuestion(mixed, question.q.qtype)).reply()
    if question.q.qtype == QTYPE.A:
        reply.add_answer(_a(mixed.title()))
    return _pack(reply)


def swollen(question: DNSRecord, _: bool) -> bytes:
    """Near 64 kB, most of it text that nobody asked for."""
    reply = DNSRecord.parse(_good(question))
    for number in range(250):
        reply.add_ar(RR(f"t{number}.example", QTYPE.TXT, rdata=TXT("x" * 230), ttl=60))
    return _pack(reply)


def trailing(question: DNSRecord, _: bool) -> bytes:
    return _good(question) + b"\0" * 20000


def chain(length: int, end: str | None = "127.0.0.1") -> Behaviour:
    links = tuple(f"link{number}.{DOMAIN}." for number in range(length))
    return addresses(*([end] if end else []), chain=links)


def loop(question: DNSRecord, _: bool) -> bytes:
    """Two names that lead to each other."""
    reply, name = question.reply(), str(question.q.qname)
    for one, other in ((name, f"b.{DOMAIN}."), (f"b.{DOMAIN}.", name)):
        reply.add_answer(RR(one, QTYPE.CNAME, rdata=CNAME(other), ttl=60))
    return _pack(reply)


def flipping(*turns: Behaviour) -> Behaviour:
    """Another behaviour for each question, in turn."""
    asked = 0

    def answer(question: DNSRecord, over_tcp: bool) -> names.Said:
        nonlocal asked
        asked += 1
        return turns[(asked - 1) % len(turns)](question, over_tcp)

    return answer


def many(count: int) -> Behaviour:
    """127.0.0.1 and that many less one beside it."""
    rest = (f"127.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(2, count + 1))
    return addresses("127.0.0.1", *rest)


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
    "wrong id": (wrong_id, TIMEOUT),
    "a flood of wrong ids": (flood_of_wrong_ids, None),
    "answers another question": (other_question, TIMEOUT),
    "answers another question first": (other_question_then_good, None),
    "echoes the question": (echo, TIMEOUT),
    "late": (late, TIMEOUT),
    "a little late": (a_little_late, None),
    "from another port": (elsewhere, TIMEOUT),
    "truncated, then good": (truncated(HOME), None),
    "truncated, then silent": (truncated(hangs_over_tcp), TIMEOUT),
    "truncated, then closed": (truncated(names.silent), SERVFAIL),
    "truncated, then closed within": (truncated(closes_within), SERVFAIL),
    "truncated, then by the byte": (truncated(drips_over_tcp), TIMEOUT),
    "truncated, then garbage": (truncated(names.garbage), SERVFAIL),
    "truncated, then another question": (truncated(other_question), SERVFAIL),
    "garbage": (names.garbage, SERVFAIL),
    "garbage for AAAA alone": (garbage_for_aaaa, None),
    "a name that points at itself": (pointer_loop, SERVFAIL),
    "more answers counted than there are": (forged_count, SERVFAIL),
    "NXDOMAIN": (rcode("NXDOMAIN"), Failure.DNS_NXDOMAIN),
    "SERVFAIL": (rcode("SERVFAIL"), SERVFAIL),
    "REFUSED": (rcode("REFUSED"), Failure.DNS_REFUSED),
    "SERVFAIL without the question": (no_question("SERVFAIL"), SERVFAIL),
    "FORMERR without the question": (no_question("FORMERR"), SERVFAIL),
    "FORMERR for EDNS": (without_edns(no_question("FORMERR")), None),
    "NOTIMP for EDNS": (without_edns(rcode("NOTIMP")), None),
    "drops EDNS": (without_edns(names.silent), None),
    "NXDOMAIN for A, SERVFAIL for AAAA": (
        flipping(rcode("NXDOMAIN"), rcode("SERVFAIL")),
        Failure.DNS_NXDOMAIN,
    ),
    "SERVFAIL for A, NXDOMAIN for AAAA": (flipping(rcode("SERVFAIL"), rcode("NXDOMAIN")), SERVFAIL),
    "no addresses": (addresses(), NODATA),
    "a chain that ends nowhere": (chain(3, end=None), NODATA),
    "a chain of 40": (chain(40), None),
    "two names that lead to each other": (loop, NODATA),
    "TTL 0": (addresses("127.0.0.1", ttl=0), None),
    "TTL 2^31": (addresses("127.0.0.1", ttl=2**31), None),
    "TTL 2^32 - 1": (addresses("127.0.0.1", ttl=2**32 - 1), None),
    "200 addresses in one packet": (many(200), None),
    "3,800 addresses over TCP": (truncated(many(3800)), None),
    "unrelated records beside it": (unrelated, None),
    "unrelated records alone": (only_unrelated, NODATA),
    "another case": (other_case, None),
    "64 kB over TCP": (truncated(swollen), None),
    "60 kB over UDP": (swollen, None),
    "20 kB of nothing behind it": (trailing, None),
}
ROWS: tuple[DnsRow, ...] = tuple(
    DnsRow(name=name, behave=behave, failure=failure) for name, (behave, failure) in _TOLD.items()
)
CAPTURED = DnsRow(name="private addresses", behave=addresses("10.0.0.91", "192.168.3.4"))
"""Not among the rows: whoever looks at it must not connect."""


def zone() -> dict[str, Behaviour]:
    return {row.host: row.behave for row in (*ROWS, CAPTURED)}
