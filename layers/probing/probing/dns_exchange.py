"""Questions A and AAAA to one name server: both at once over UDP, over TCP what was truncated."""

import socket
import struct
from collections.abc import Mapping, Sequence

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from probing.deadline import Deadline

Answers = Mapping[dns.rdatatype.RdataType, dns.message.Message]

_PAYLOAD_BYTES = 1232
"""The EDNS size that fits every path unfragmented (DNS flag day 2020)."""
_NO_EDNS = frozenset({dns.rcode.FORMERR, dns.rcode.NOTIMP, dns.rcode.BADVERS})


class Malformed(Exception):
    """An answer that cannot be read."""


ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)


class Truncated(Exception):
    """The answer over UDP was cut short, and `cause` (OSError, Malformed) kept it off TCP."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


def ask(
    address: str,
    port: int,
    name: dns.name.Name,
    deadline: Deadline,
    types: Sequence[dns.rdatatype.RdataType] = ADDRESSES,
    *,
    edns: bool = True,
) -> Answers:
    """The answers by type, A first. One of the two with addresses is enough when the other never
    comes or cannot be read: some middleboxes drop AAAA. Raises TimeoutError, OSError, Malformed,
    Truncated.

    A server too old for EDNS, which the C library does not use either, is asked without.
    """
    questions = [
        dns.message.make_query(name, rdtype, use_edns=0 if edns else False, payload=_payload(edns))
        for rdtype in types
    ]
    if len({question.id for question in questions}) < len(questions):
        questions[1].id ^= 1  # the id alone tells which of the two an answer is for
    answers, error = _by_udp(address, port, questions, deadline)
    for question in questions:
        rdtype = question.question[0].rdtype
        if rdtype in answers and answers[rdtype].flags & dns.flags.TC:
            try:
                answers[rdtype] = _by_tcp(address, port, question, deadline)
            except (OSError, Malformed) as failed:
                del answers[rdtype]
                error = Truncated(failed)
    if error and not any(_settles(rdtype, answer) for rdtype, answer in answers.items()):
        raise error
    if edns and any(answer.rcode() in _NO_EDNS for answer in answers.values()):
        return ask(address, port, name, deadline, types, edns=False)
    return {rdtype: answers[rdtype] for rdtype in sorted(answers)}


def _payload(edns: bool) -> int | None:
    return _PAYLOAD_BYTES if edns else None


def _settles(rdtype: dns.rdatatype.RdataType, answer: dns.message.Message) -> bool:
    """Whether it tells of the whole name what the other answer, which failed, would have told."""
    absent: bool = answer.rcode() == dns.rcode.NXDOMAIN
    return absent or any(found.rdtype == rdtype for found in answer.answer)


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _by_udp(
    address: str, port: int, questions: Sequence[dns.message.Message], deadline: Deadline
) -> tuple[dict[dns.rdatatype.RdataType, dns.message.Message], Exception | None]:
    """What came, and the error that kept the rest away."""
    error: Exception | None = None
    waiting = {question.id: question for question in questions}
    answers: dict[dns.rdatatype.RdataType, dns.message.Message] = {}
    with socket.socket(_family(address), socket.SOCK_DGRAM) as peer:
        # A connected socket takes packets of this server only, and learns of a closed port.
        peer.settimeout(deadline.remaining_seconds())
        peer.connect((address, port))
        for question in questions:
            peer.send(question.to_wire())
        while waiting:
            try:
                peer.settimeout(deadline.remaining_seconds())
                packet = peer.recv(65535)
            except OSError as failed:
                return answers, error or failed
            asked = waiting.get(int.from_bytes(packet[:2], "big"))
            if asked is None:
                continue
            try:
                answer = parse(packet, asked)
            except Malformed as malformed:
                error = malformed
                del waiting[asked.id]
            else:
                if answer is not None:
                    answers[waiting.pop(asked.id).question[0].rdtype] = answer
    return answers, error


def parse(packet: bytes, question: dns.message.Message) -> dns.message.Message | None:
    """None for a packet that answers another question: it is not ours to read.

    Raises Malformed for one that cannot be read.
    """
    try:
        answer = dns.message.from_wire(packet, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError) as error:
        raise Malformed(type(error).__name__) from error
    return answer if question.is_response(answer) else None


def _by_tcp(
    address: str, port: int, question: dns.message.Message, deadline: Deadline
) -> dns.message.Message:
    with socket.socket(_family(address), socket.SOCK_STREAM) as peer:
        peer.settimeout(deadline.remaining_seconds())
        peer.connect((address, port))
        wire = question.to_wire()
        peer.sendall(struct.pack("!H", len(wire)) + wire)
        (length,) = struct.unpack("!H", _exactly(peer, 2, deadline))
        packet = _exactly(peer, length, deadline)
    answer = parse(packet, question)
    if answer is None:
        raise Malformed("the answer is to another question")
    return answer


def _exactly(peer: socket.socket, count: int, deadline: Deadline) -> bytes:
    parts = b""
    while len(parts) < count:
        peer.settimeout(deadline.remaining_seconds())
        part = peer.recv(count - len(parts))
        if not part:
            raise Malformed("the name server closed in the middle of its answer")
        parts += part
    return parts
