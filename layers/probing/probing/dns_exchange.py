"""Questions A and AAAA to one name server: both at once over UDP, over TCP what was truncated."""

import secrets
import socket
import struct
from collections.abc import Mapping, Sequence

from probing import dns_message
from probing.deadline import Deadline
from probing.dns_message import AAAA, A, Malformed, Message, Question

Answers = Mapping[int, Message]
"""By record type."""

_NO_EDNS = frozenset({"FORMERR", "NOTIMP", "BADVERS"})
ADDRESSES = (A, AAAA)


class Truncated(Exception):
    """The answer over UDP was cut short, and `cause` (OSError, Malformed) kept it off TCP."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


def ask(
    address: str,
    port: int,
    name: str,
    deadline: Deadline,
    types: Sequence[int] = ADDRESSES,
    *,
    edns: bool = True,
) -> Answers:
    """The answers by type, A first. One of the two with addresses is enough when the other never
    comes or cannot be read: some middleboxes drop AAAA. Raises TimeoutError, OSError, Malformed,
    Truncated, ValueError (`name` has no form that DNS can carry).

    A server too old for EDNS, which the C library does not use either, is asked without.
    """
    plain, number = dns_message.plain(name), secrets.randbits(16)
    questions = [
        # The id alone tells which of them an answer is for.
        Question(id=number ^ index, name=plain, rdtype=rdtype, edns=edns)
        for index, rdtype in enumerate(types)
    ]
    answers, error = _by_udp(address, port, questions, deadline)
    for question in questions:
        rdtype = question.rdtype
        if rdtype in answers and answers[rdtype].truncated:
            try:
                answers[rdtype] = _by_tcp(address, port, question, deadline)
            except (OSError, Malformed) as failed:
                del answers[rdtype]
                error = Truncated(failed)
    if error and not any(_settles(rdtype, answer) for rdtype, answer in answers.items()):
        raise error
    if edns and any(answer.rcode in _NO_EDNS for answer in answers.values()):
        return ask(address, port, name, deadline, types, edns=False)
    return {rdtype: answers[rdtype] for rdtype in sorted(answers)}


def _settles(rdtype: int, answer: Message) -> bool:
    """Whether it tells of the whole name what the other answer, which failed, would have told."""
    return answer.rcode == "NXDOMAIN" or any(one.rdtype == rdtype for one in answer.records)


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _by_udp(
    address: str, port: int, questions: Sequence[Question], deadline: Deadline
) -> tuple[dict[int, Message], Exception | None]:
    """What came, and the error that kept the rest away."""
    error: Exception | None = None
    waiting = {question.id: question for question in questions}
    answers: dict[int, Message] = {}
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
                    answers[waiting.pop(asked.id).rdtype] = answer
    return answers, error


def parse(packet: bytes, question: Question) -> Message | None:
    """None for a packet that answers another question: it is not ours to read.

    Raises Malformed for one that cannot be read.
    """
    answer = dns_message.parse(packet)
    return answer if question.is_answered_by(answer) else None


def _by_tcp(address: str, port: int, question: Question, deadline: Deadline) -> Message:
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
