"""A name server on loopback whose every name misbehaves as told: UDP and TCP on one free port."""

import socket
import socketserver
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from dnslib import AAAA, CNAME, QTYPE, RCODE, RR, TXT, A, DNSRecord

_TRIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One of several to answer with, `after_seconds` after the one before. Over TCP it gets a
    length unless it is `raw`; over UDP it can come from another port than was asked."""

    data: bytes
    after_seconds: float = 0.0
    from_elsewhere: bool = False
    raw: bool = False


Said = bytes | Sequence[Packet] | None
Behaviour = Callable[[DNSRecord, bool], Said]
"""Given the question and whether it came over TCP: what to answer with, None for silence (over
TCP: a close)."""


def addresses(*literals: str, chain: tuple[str, ...] = (), ttl: int = 60) -> Behaviour:
    """Answer with those A and AAAA records, behind that CNAME chain."""

    def answer(question: DNSRecord, _: bool) -> bytes:
        reply, name = question.reply(), str(question.q.qname)
        for link in chain:
            reply.add_answer(RR(name, QTYPE.CNAME, rdata=CNAME(link), ttl=ttl))
            name = link
        for literal in literals:
            if (":" in literal) == (question.q.qtype == QTYPE.AAAA):
                kind, data = (
                    (QTYPE.AAAA, AAAA(literal)) if ":" in literal else (QTYPE.A, A(literal))
                )
                reply.add_answer(RR(name, kind, rdata=data, ttl=ttl))
        return bytes(reply.pack())

    return answer


def texts(*strings: str) -> Behaviour:
    """Answer with one TXT record for each string."""

    def answer(question: DNSRecord, _: bool) -> bytes:
        reply = question.reply()
        for string in strings:
            if question.q.qtype == QTYPE.TXT:
                reply.add_answer(RR(question.q.qname, QTYPE.TXT, rdata=TXT(string), ttl=60))
        return bytes(reply.pack())

    return answer


def rcode(name: str) -> Behaviour:
    """Answer with that rcode and nothing else."""

    def answer(question: DNSRecord, _: bool) -> bytes:
        reply = question.reply()
        reply.header.rcode = getattr(RCODE, name)
        return bytes(reply.pack())

    return answer


def silent(question: DNSRecord, over_tcp: bool) -> None:
    """Never answer."""


def garbage(question: DNSRecord, over_tcp: bool) -> bytes:
    """The right id, then bytes that are no message."""
    return bytes(question.pack()[:2]) + b"\xff" * 9


def truncated(then: Behaviour) -> Behaviour:
    """Set the TC bit over UDP; answer in full over TCP."""

    def answer(question: DNSRecord, over_tcp: bool) -> Said:
        if over_tcp:
            return then(question, True)
        reply = question.reply()
        reply.header.tc = 1
        return bytes(reply.pack())

    return answer


def lost_once(then: Behaviour) -> Behaviour:
    """Lose the first question of each type."""
    seen: set[int] = set()

    def answer(question: DNSRecord, over_tcp: bool) -> Said:
        if question.q.qtype not in seen:
            seen.add(question.q.qtype)
            return None
        return then(question, over_tcp)

    return answer


def no_aaaa(then: Behaviour) -> Behaviour:
    """Answer A, stay silent for AAAA, as some middleboxes do."""

    def answer(question: DNSRecord, over_tcp: bool) -> Said:
        return None if question.q.qtype == QTYPE.AAAA else then(question, over_tcp)

    return answer


class NameServer:
    """`zone` maps a lower-case name (no final dot), or `*.domain`, to its behaviour; anything
    else is NXDOMAIN. `asked` holds (name, type) of every question, in order."""

    def __init__(self, zone: dict[str, Behaviour]) -> None:
        self.zone = zone
        self.port = 0
        self.asked: list[tuple[str, str]] = []
        self.ended = Event()

    def answer(self, packet: bytes, over_tcp: bool) -> Sequence[Packet]:
        question = DNSRecord.parse(packet)
        name = str(question.q.qname).rstrip(".").lower()
        self.asked.append((name, QTYPE[question.q.qtype]))
        wildcard = "*." + name.partition(".")[2]
        behave = self.zone.get(name) or self.zone.get(wildcard) or rcode("NXDOMAIN")
        said = behave(question, over_tcp)
        return [Packet(data=said)] if isinstance(said, bytes) else said or ()

    def say(self, packets: Sequence[Packet], send: Callable[[Packet], object]) -> None:
        for packet in packets:
            if packet.after_seconds and self.ended.wait(packet.after_seconds):
                return
            with suppress(OSError):
                send(packet)

    def resolv_conf(self, folder: Path) -> str:
        path = folder / "resolv.conf"
        path.write_text("# made for a test\nsearch example\nnameserver 127.0.0.1\n")
        return str(path)


@contextmanager
def serve(zone: dict[str, Behaviour]) -> Iterator[NameServer]:
    server = NameServer(zone)
    udp, tcp = _bind_both(server)
    with udp:
        threads = [
            Thread(target=_serve_udp, args=(udp, server), daemon=True),
            Thread(target=tcp.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            tcp.shutdown()
            tcp.server_close()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
                waker.sendto(b"", ("127.0.0.1", server.port))
            for thread in threads:
                thread.join()


def _bind_both(server: NameServer) -> tuple[socket.socket, socketserver.ThreadingTCPServer]:
    """One port number for both, found by trying: one may be free where the other is taken."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack("!H", self.request.recv(2))
            server.say(server.answer(self.request.recv(length), True), self.send)

        def send(self, packet: Packet) -> None:
            length = b"" if packet.raw else struct.pack("!H", len(packet.data))
            self.request.sendall(length + packet.data)

    class Tcp(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    for _ in range(_TRIES):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        server.port = udp.getsockname()[1]
        try:
            return udp, Tcp(("127.0.0.1", server.port), Handler)
        except OSError:
            udp.close()
    raise OSError(f"no port is free for both UDP and TCP after {_TRIES} tries")


def _serve_udp(udp: socket.socket, server: NameServer) -> None:
    while True:
        packet, sender = udp.recvfrom(65535)
        if not packet:
            return
        packets = server.answer(packet, False)

        def send(packet: Packet, sender: tuple[str, int] = sender) -> None:
            if packet.from_elsewhere:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
                    elsewhere.sendto(packet.data, sender)
            else:
                udp.sendto(packet.data, sender)

        if any(packet.after_seconds for packet in packets):
            Thread(target=server.say, args=(packets, send), daemon=True).start()
        else:
            server.say(packets, send)
