"""DNS on the wire: UDP and TCP around a pure answer.

Decided here: the message format. Not decided here: what a name answers (names).
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from dnslib import AAAA, CNAME, QTYPE, RCODE, RR, A, DNSError, DNSRecord

from lab.dataplane.names import TTL_SECONDS, Reply

Ask = Callable[[str, str], Reply | None]

_DATA = {"A": A, "AAAA": AAAA, "CNAME": CNAME}
_IDLE_SECONDS = 10


async def serve(udp: socket.socket, tcp: socket.socket, ask: Ask) -> list[Any]:
    """Answer on both sockets until what is returned (transport, server) is closed."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(ask), sock=udp)

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                size = int.from_bytes(await reader.readexactly(2), "big")
                answer = _answer(await reader.readexactly(size), ask)
                if answer is not None:
                    writer.write(len(answer).to_bytes(2, "big") + answer)
                    await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            pass  # a client that leaves early has no answer coming
        finally:
            writer.close()

    return [transport, await asyncio.start_server(stream, sock=tcp)]


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        answer = _answer(data, self._ask)
        if answer is not None:
            self._transport.sendto(answer, addr)


def _answer(data: bytes, ask: Ask) -> bytes | None:
    """The packed reply, or None where the resolver stays silent (not DNS, or nobody answers)."""
    try:
        request = DNSRecord.parse(data)
    except DNSError:
        return None
    qtype = QTYPE.get(request.q.qtype)
    found = ask(str(request.q.qname), "A" if qtype == "ANY" else str(qtype))
    if found is None:
        return None
    reply = request.reply(aa=0)
    reply.header.rcode = getattr(RCODE, found.rcode.value)
    for one in found.records:
        kind = one.type.value
        data_of = _DATA[kind]
        reply.add_answer(
            RR(one.name, getattr(QTYPE, kind), rdata=data_of(one.value), ttl=TTL_SECONDS)
        )
    return bytes(reply.pack())
