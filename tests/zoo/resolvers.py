"""Name servers that drop, lie, loop, come late or flood; `resolver_rows` says what each means."""

import struct

from dnslib import CNAME, QTYPE, RCODE, RR, TXT, A, DNSHeader, DNSQuestion, DNSRecord

from tests.zoo import names
from tests.zoo.names import Behaviour, Packet, addresses

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


def by_type(for_a: Behaviour, for_others: Behaviour) -> Behaviour:
    def answer(question: DNSRecord, over_tcp: bool) -> names.Said:
        return (for_a if question.q.qtype == QTYPE.A else for_others)(question, over_tcp)

    return answer


def many(count: int) -> Behaviour:
    """127.0.0.1 and that many less one beside it. Packed by hand and once: a library's tenth of a
    second for thousands would hold up every other server of the zoo."""
    of_question = b"\xc0\x0c" + struct.pack("!2HIH", QTYPE.A, 1, 60, 4)
    records = b"".join(of_question + struct.pack("!I", 0x7F000000 + n) for n in range(1, count + 1))

    def answer(question: DNSRecord, _: bool) -> bytes:
        reply = _pack(DNSRecord(DNSHeader(id=question.header.id, qr=1, aa=1, ra=1), q=question.q))
        if question.q.qtype != QTYPE.A:
            return reply
        return reply[:6] + struct.pack("!H", count) + reply[8:] + records

    return answer
