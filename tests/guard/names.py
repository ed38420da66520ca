"""A name server on port 53 of given addresses, and names that change their mind."""

import socket
from threading import Lock, Thread

from dnslib import DNSRecord

from tests.zoo.names import Behaviour, NameServer, Said


def turning(*turns: Behaviour, after: int = 1) -> Behaviour:
    """The first behaviour for `after` questions of a type, then the next one, and round again."""
    asked: dict[int, int] = {}
    lock = Lock()

    def answer(question: DNSRecord, over_tcp: bool) -> Said:
        with lock:
            before = asked.get(question.q.qtype, 0)
            asked[question.q.qtype] = before + 1
        return turns[before // after % len(turns)](question, over_tcp)

    return answer


def then(first: Behaviour, later: Behaviour, after: int) -> Behaviour:
    """`first` for so many questions in all, `later` for good."""
    left = [after]

    def answer(question: DNSRecord, over_tcp: bool) -> Said:
        left[0] -= 1
        return (first if left[0] >= 0 else later)(question, over_tcp)

    return answer


def serve(server: NameServer, *addresses: str) -> None:
    """Answer over UDP until the process ends."""
    for address in addresses:
        peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        peer.bind((address, 53))
        Thread(target=_answer, args=(peer, server), daemon=True).start()


def _answer(peer: socket.socket, server: NameServer) -> None:
    while True:
        packet, sender = peer.recvfrom(65535)
        for each in server.answer(packet, False):
            peer.sendto(each.data, sender)
