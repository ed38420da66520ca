"""Write a DNS question and read its answer (RFC 1035, EDNS of RFC 6891), as far as a probe needs.

Read by hand and not by a library (docs/adr/0005): nothing here touches a socket, so that any bytes
whatever can be tried on it. A packet is read whole, the sections that nobody asks for too: what
cannot be read in one part is trusted in none.
"""

import re
import struct
from dataclasses import dataclass
from socket import AF_INET, AF_INET6, inet_ntop

A, CNAME, TXT, AAAA = 1, 5, 16, 28
TYPES = {"A": A, "AAAA": AAAA, "CNAME": CNAME, "TXT": TXT}
"""Those that anybody here asks for."""
_OPT = 41
_IN = 1
_QUERY = 0x0100  # recursion desired
_RESPONSE, _OPCODE, _TRUNCATED = 0x8000, 0x7800, 0x0200
_POINTER, _LABEL_LIMIT, _NAME_LIMIT = 0xC0, 63, 255
_PAYLOAD_BYTES = 1232
"""The EDNS size that fits every path unfragmented (DNS flag day 2020)."""
_TTL_LIMIT = 2**31
_PLAIN_LABEL = re.compile(rb"[A-Za-z0-9_-]+")

_HEADER = struct.Struct("!6H")
_AFTER_NAME = struct.Struct("!2H")
_RECORD = struct.Struct("!2HIH")
_EDNS = b"\0" + _RECORD.pack(_OPT, _PAYLOAD_BYTES, 0, 0)

# RFC 6895, 2.3.
_RCODES = {
    **dict(enumerate(("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"))),
    **dict(enumerate(("YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"), start=6)),
    16: "BADVERS",
    23: "BADCOOKIE",
}
_UNASKED = ("FORMERR", "SERVFAIL", "NOTIMP", "REFUSED")
"""A server that says one of these may leave the question out of its answer."""


class Malformed(Exception):
    """A packet that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """`name` in lower case without final dot; `value` an address, a name in lower case, a text
    (TXT: its strings joined), or "" for a type that nobody here asks for."""

    name: str
    rdtype: int
    ttl: int
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An answer. `questions` are (name, type); `records` those of the answer section, class IN."""

    id: int
    flags: int
    rcode: str
    questions: tuple[tuple[str, int], ...]
    records: tuple[Record, ...]

    @property
    def truncated(self) -> bool:
        return bool(self.flags & _TRUNCATED)

    def of(self, name: str, rdtype: int) -> tuple[Record, ...]:
        """The records of that name and type, in their order."""
        return tuple(r for r in self.records if r.rdtype == rdtype and r.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`name` as `plain` gives it; `edns` as every server of this century understands it."""

    id: int
    name: str
    rdtype: int
    edns: bool = True

    def to_wire(self) -> bytes:
        """Raises ValueError for a name that DNS cannot carry."""
        head = _HEADER.pack(self.id, _QUERY, 1, 0, 0, int(self.edns))
        asked = head + _wire_name(self.name) + _AFTER_NAME.pack(self.rdtype, _IN)
        return asked + _EDNS if self.edns else asked

    def is_answered_by(self, message: Message) -> bool:
        """Whether it is an answer to this question and to no other."""
        if message.id != self.id or message.flags & (_RESPONSE | _OPCODE) != _RESPONSE:
            return False
        if not message.questions and message.rcode in _UNASKED:
            return True
        return message.questions == ((self.name, self.rdtype),)


def plain(host: str) -> str:
    """The host (ASCII) as names stand here: lower case, no final dot."""
    return host.lower().removesuffix(".")


def _wire_name(name: str) -> bytes:
    labels = [label.encode("ascii") for label in name.split(".")] if name else []
    if not all(1 <= len(label) <= _LABEL_LIMIT for label in labels):
        raise ValueError("a label of a name has 1 to 63 bytes")
    if not all(_PLAIN_LABEL.fullmatch(label) for label in labels):
        # No host has such a name: asking for it would tell our own mistake as the name server's.
        raise ValueError("a label of a host has letters, digits, '-' and '_'")
    wire = b"".join(bytes((len(label),)) + label for label in labels) + b"\0"
    if len(wire) > _NAME_LIMIT:
        raise ValueError("a name has at most 255 bytes")
    return wire


def parse(packet: bytes) -> Message:
    """The message, whatever stands behind its end ignored. Raises Malformed."""
    try:
        return _Reader(packet).message()
    except (struct.error, IndexError) as error:
        raise Malformed("it ends too early") from error


class _Reader:
    def __init__(self, packet: bytes) -> None:
        self._packet = packet
        self._at = 0

    def message(self) -> Message:
        number, flags, asked, answered, *others = self._take(_HEADER)
        questions = tuple(self._question() for _ in range(asked))
        records = tuple(r for r in (self._record() for _ in range(answered)) if r is not None)
        extended = 0
        for _ in range(sum(others)):
            extended |= self._passed_over()
        rcode = extended << 4 | flags & 0x0F
        return Message(
            id=number,
            flags=flags,
            rcode=_RCODES.get(rcode, f"RCODE{rcode}"),
            questions=questions,
            records=records,
        )

    def _take(self, form: struct.Struct) -> tuple[int, ...]:
        values = form.unpack_from(self._packet, self._at)
        self._at += form.size
        return values

    def _question(self) -> tuple[str, int]:
        name = self._name()
        rdtype, rdclass = self._take(_AFTER_NAME)
        if rdclass != _IN:
            raise Malformed("a question of another class")
        return name, rdtype

    def _record(self) -> Record | None:
        """None for one of another class than IN."""
        name = self._name()
        rdtype, rdclass, ttl, length = self._take(_RECORD)
        end = self._at + length
        if end > len(self._packet):
            raise Malformed("a record longer than its packet")
        value = self._value(rdtype, end)
        self._at = end
        if rdclass != _IN:
            return None
        return Record(name=name, rdtype=rdtype, ttl=ttl if ttl < _TTL_LIMIT else 0, value=value)

    def _passed_over(self) -> int:
        """The upper bits of the rcode, where the record is the one of EDNS; else 0."""
        self._name()
        rdtype, _, ttl, length = self._take(_RECORD)
        self._at += length
        if self._at > len(self._packet):
            raise Malformed("a record longer than its packet")
        return ttl >> 24 if rdtype == _OPT else 0

    def _value(self, rdtype: int, end: int) -> str:
        data = self._packet[self._at : end]
        if rdtype == A and len(data) == 4:
            return inet_ntop(AF_INET, data)
        if rdtype == AAAA and len(data) == 16:
            return inet_ntop(AF_INET6, data)
        if rdtype in (A, AAAA):
            raise Malformed("an address of another length")
        if rdtype == CNAME:
            target = self._name()
            if self._at != end:
                raise Malformed("a name of another length than its record")
            return target
        return _texts(data) if rdtype == TXT else ""

    def _name(self) -> str:
        """The name that begins here. Each pointer leads before the one that led there, so that no
        packet makes a loop."""
        packet, at, labels, left = self._packet, self._at, [], _NAME_LIMIT
        earliest, behind = at, None
        while length := packet[at]:
            if length >= _POINTER:
                target = (length & 0x3F) << 8 | packet[at + 1]
                behind = at + 2 if behind is None else behind
                if target >= earliest:
                    raise Malformed("a name that points forward")
                at = earliest = target
                continue
            left -= length + 1
            if length > _LABEL_LIMIT or left < 1:
                raise Malformed("a name that is too long")
            if at + 1 + length > len(packet):
                raise Malformed("a name longer than its packet")
            labels.append(_label(packet[at + 1 : at + 1 + length]))
            at += 1 + length
        self._at = at + 1 if behind is None else behind
        return ".".join(labels)


def _label(data: bytes) -> str:
    """In lower case; what would be read as something else is written as in zone files, \\DDD."""
    if _PLAIN_LABEL.fullmatch(data):
        return data.decode("ascii").lower()
    return "".join(
        chr(b).lower() if 0x21 <= b <= 0x7E and b not in b'."\\' else f"\\{b:03d}" for b in data
    )


def _texts(data: bytes) -> str:
    parts, at = [], 0
    while at < len(data):
        length = data[at]
        if at + 1 + length > len(data):
            raise Malformed("a text longer than its record")
        parts.append(data[at + 1 : at + 1 + length].decode("utf-8", "replace"))
        at += 1 + length
    return "".join(parts)
