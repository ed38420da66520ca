"""HTTP/1.1 on the wire, just as much as the front ends and the control server need."""

import asyncio
import http
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lab.dataplane.answers import Request, Response

_IDLE_SECONDS = 30
_LARGEST_BODY = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request with the two addresses of its connection."""

    request: Request
    body: bytes
    local_address: str
    peer_address: str


Handler = Callable[[Exchange], Awaitable[Response | None]]


async def serve(
    listener: socket.socket, handler: Handler, context: ssl.SSLContext | None = None
) -> asyncio.Server:
    """Serve until the server is closed; a handler's None ends the connection unanswered."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _exchange(reader, writer, handler):
                pass
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass  # clients come and go; what they asked is already among the hits
        finally:
            writer.close()

    return await asyncio.start_server(connected, sock=listener, ssl=context)


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler
) -> bool:
    """One request and its answer; whether the connection lives on."""
    async with asyncio.timeout(_IDLE_SECONDS):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.split("\r\n")
        method, _, rest = lines[0].partition(" ")
        pairs = (line.partition(":") for line in lines[1:] if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > _LARGEST_BODY:
            return False
        body = await reader.readexactly(int(length))
    response = await handler(
        Exchange(
            request=Request(method=method, path=rest.rpartition(" ")[0], headers=headers),
            body=body,
            local_address=writer.get_extra_info("sockname")[0],
            peer_address=writer.get_extra_info("peername")[0],
        )
    )
    if response is None:
        return False
    writer.write(_rendered(response, method))
    await writer.drain()
    return headers.get("connection", "").lower() != "close"


def _rendered(response: Response, method: str) -> bytes:
    reason = http.HTTPStatus(response.status).phrase
    lines = [f"HTTP/1.1 {response.status} {reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return head if method == "HEAD" else head + response.body
