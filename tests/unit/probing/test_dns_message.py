"""The reader of DNS messages, held against dnspython's on messages that dnspython wrote."""

import contextlib

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probing.dns_message import AAAA, CNAME, TXT, A, Malformed, Question, parse, plain

HOST = "api.example"
ASKED = Question(id=7, name=HOST, rdtype=A)


def reply(*rrsets: dns.rrset.RRset, name: str = HOST, rdtype: str = "A") -> dns.message.Message:
    question = dns.message.make_query(name, rdtype, id=7, use_edns=0, payload=1232)
    answer = dns.message.make_response(question)
    answer.answer.extend(rrsets)
    return answer


def rrset(name: str, rdtype: str, *values: str, ttl: int = 60) -> dns.rrset.RRset:
    return dns.rrset.from_text(name + ".", ttl, "IN", rdtype, *values)


@pytest.mark.parametrize("host", [HOST, "API.Example.", "a-b_c.xn--bcher-kva.example", "x" * 63])
def test_a_question_is_what_dnspython_would_ask(host):
    ours = Question(id=7, name=plain(host), rdtype=AAAA).to_wire()
    theirs = dns.message.make_query(host.lower(), "AAAA", id=7, use_edns=0, payload=1232)
    assert ours == theirs.to_wire()


@pytest.mark.parametrize("host", ["a..b", "x" * 64, ".a", ".".join(["x" * 60] * 5)])
def test_a_name_that_dns_cannot_carry_is_refused(host):
    with pytest.raises(ValueError, match="name"):
        Question(id=7, name=host, rdtype=A).to_wire()


def test_records_of_every_type_asked_for_are_read():
    wire = reply(
        rrset(HOST, "CNAME", "D-1.Example."),
        rrset("d-1.example", "A", "10.0.0.1", "10.0.0.2", ttl=9),
        rrset("d-1.example", "AAAA", "fd12::1", "::ffff:10.0.0.9"),
        rrset("d-1.example", "TXT", '"v=1" "; a"', '"ü"'),
        rrset("d-1.example", "MX", "10 mail.example."),
    ).to_wire()
    read = parse(wire)
    assert ASKED.is_answered_by(read) and read.rcode == "NOERROR" and not read.truncated
    assert [record.value for record in read.of(HOST, CNAME)] == ["d-1.example"]
    addresses = {(record.value, record.ttl) for record in read.of("d-1.example", A)}
    assert addresses == {("10.0.0.1", 9), ("10.0.0.2", 9)}
    assert {record.value for record in read.of("d-1.example", AAAA)} == {
        "fd12::1",
        "::ffff:10.0.0.9",
    }
    assert {record.value for record in read.of("d-1.example", TXT)} == {"v=1; a", "ü"}


@pytest.mark.parametrize(
    "rcode", ["NOERROR", "SERVFAIL", "NXDOMAIN", "REFUSED", "NOTIMP", "BADVERS"]
)
def test_each_rcode_is_read_the_extended_ones_too(rcode):
    message = reply()
    message.set_rcode(dns.rcode.from_text(rcode))
    assert parse(message.to_wire()).rcode == rcode


def test_a_truncated_answer_says_so():
    message = reply()
    message.flags |= dns.flags.TC
    assert parse(message.to_wire()).truncated


OTHERS = {
    "another id": lambda m: setattr(m, "id", 8),
    "a question": lambda m: setattr(m, "flags", m.flags & ~dns.flags.QR),
    "another opcode": lambda m: setattr(m, "flags", m.flags | 4 << 11),
    "another name": lambda m: setattr(m.question[0], "name", dns.name.from_text("b.example")),
    "another type": lambda m: setattr(m.question[0], "rdtype", dns.rdatatype.AAAA),
    "no question": lambda m: m.question.clear(),
}


@pytest.mark.parametrize("case", OTHERS)
def test_what_answers_something_else_is_not_ours(case):
    message = reply()
    OTHERS[case](message)
    assert not ASKED.is_answered_by(parse(message.to_wire()))


def test_a_server_that_refuses_may_leave_the_question_out():
    message = reply()
    message.question.clear()
    message.set_rcode(dns.rcode.REFUSED)
    assert ASKED.is_answered_by(parse(message.to_wire()))


HEAD = bytes.fromhex("0007 8180 0000 0001 0000 0000")
RECORD = bytes.fromhex("0001 0001 0000003c 0004 0a000001")


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        HEAD,
        HEAD + b"\xc0\x0c" + RECORD,  # a name that points to itself
        HEAD + b"\xc0\x20" + RECORD,  # and one that points forward
        HEAD + b"\x41a" + RECORD,  # a label form that was never given a meaning
        HEAD + b"\x01a\x00" + RECORD[:-1],
        HEAD + b"\x00" + bytes.fromhex("0001 0001 0000003c 0003 0a0000"),
        HEAD + b"\x00" + bytes.fromhex("001c 0001 0000003c 0004 0a000001"),
        HEAD + b"\x00" + bytes.fromhex("0010 0001 0000003c 0002 0561"),
        HEAD + b"\x00" + bytes.fromhex("0005 0001 0000003c 0004 01610000"),
        HEAD + b"\x3fa" * 5,
    ],
)
def test_a_packet_that_cannot_be_read_is_malformed(packet):
    with pytest.raises(Malformed):
        parse(packet)


def test_a_dot_inside_a_label_makes_no_other_name():
    wire = reply().to_wire().replace(b"\x03api\x07example", b"\x0bapi.example")
    assert not ASKED.is_answered_by(parse(wire))


LABELS = st.text("abcdefghijklmnopqrstuvwxyzABC019-_", min_size=1, max_size=20)
NAMES = st.lists(LABELS, min_size=1, max_size=5).map(".".join)
RRSETS = st.one_of(
    st.builds(
        lambda n, a, t: rrset(n, "A", str(a), ttl=t),
        NAMES,
        st.ip_addresses(v=4),
        st.integers(0, 2**31 - 1),
    ),
    st.builds(lambda n, a: rrset(n, "AAAA", str(a)), NAMES, st.ip_addresses(v=6)),
    st.builds(lambda n, target: rrset(n, "CNAME", target + "."), NAMES, NAMES),
)


@given(NAMES, st.lists(RRSETS, max_size=5))
def test_what_dnspython_writes_is_read_as_it_was_meant(name, rrsets):
    read = parse(reply(*rrsets, name=name).to_wire())
    assert Question(id=7, name=plain(name), rdtype=A).is_answered_by(read)
    meant = [(plain(str(one.name)), int(one.rdtype), one.ttl, plain(str(one[0]))) for one in rrsets]
    assert [(r.name, r.rdtype, r.ttl, r.value) for r in read.records] == meant


@given(st.binary(max_size=200), st.integers(0, 60))
def test_no_bytes_end_in_anything_but_a_message_or_malformed(tail, kept):
    with contextlib.suppress(Malformed):
        parse(tail)
    with contextlib.suppress(Malformed):
        parse(reply(rrset(HOST, "A", "10.0.0.1")).to_wire()[:kept] + tail)
