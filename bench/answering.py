"""The name server and the silent peer of the bench, each a process whose CPU nobody counts.

python -m bench.answering names|silence
"""

import contextlib
import socket
import sys
from functools import cache
from threading import Thread

from dnslib import QTYPE, RCODE, RR, A, DNSRecord

from bench.stand import ADDRESS, DOMAIN, SILENT_PORT


@cache
def _answer(question: bytes) -> bytes:
    """The answer without its id: A is `ADDRESS`, AAAA has no data, another name is NXDOMAIN."""
    asked = DNSRecord.parse(b"\0\0" + question)
    reply, name = asked.reply(), str(asked.q.qname).rstrip(".").lower()
    if not name.endswith("." + DOMAIN):
        reply.header.rcode = RCODE.NXDOMAIN
    elif asked.q.qtype == QTYPE.A:
        reply.add_answer(RR(asked.q.qname, QTYPE.A, rdata=A(ADDRESS), ttl=60))
    return bytes(reply.pack())[2:]


def names() -> None:
    with socket.create_server((ADDRESS, 53)) as marker:  # listens only so that it can be waited for
        Thread(target=_close_all, args=(marker,), daemon=True).start()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            udp.bind((ADDRESS, 53))
            while True:
                packet, sender = udp.recvfrom(4096)
                udp.sendto(packet[:2] + _answer(packet[2:]), sender)


def _close_all(listener: socket.socket) -> None:
    while True:
        listener.accept()[0].close()


def silence() -> None:
    """Take connections and never say a word."""
    kept = []
    with socket.create_server((ADDRESS, SILENT_PORT), backlog=512) as listener:
        while True:
            kept.append(listener.accept()[0])


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        {"names": names, "silence": silence}[sys.argv[1]]()
