"""Peers that say back whatever they were told, everywhere that an answer has room, encoded in every
way: an API that dumps its request into an error page is common, and so is a hostile one."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, quote_plus

from tests.zoo import peers
from tests.zoo.websocket_peers import BINARY, frame, switch

Encode = Callable[[bytes], bytes]

ENCODINGS: dict[str, Encode] = {
    "plain": lambda data: data,
    "base64": base64.b64encode,
    "base64 +1": lambda data: base64.b64encode(b"x" + data),
    "base64 +2": lambda data: base64.b64encode(b"xy" + data),
    "base64url": base64.urlsafe_b64encode,
    "url": lambda data: quote(data, safe="").encode(),
    "form": lambda data: quote_plus(data).encode(),
    "hex": lambda data: data.hex().encode(),
    "HEX": lambda data: data.hex().upper().encode(),
    "json": lambda data: json.dumps(data.decode("latin-1")).encode(),
    "html": lambda data: html.escape(data.decode("latin-1")).encode("utf-8"),
    "utf-8": lambda data: data.decode("latin-1").encode("utf-8"),
    "repr": lambda data: repr(data).encode(),
    "url twice": lambda data: quote(quote(data, safe=""), safe="").encode(),
    "base64 of url": lambda data: base64.b64encode(quote(data, safe="").encode()),
    "json of html": lambda data: json.dumps(html.escape(data.decode("latin-1"))).encode(),
    "slashes escaped": lambda data: json.dumps(data.decode("latin-1")).replace("/", "\\/").encode(),
    "html by number": lambda data: "".join(f"&#{byte};" for byte in data).encode(),
    "utf-16": lambda data: data.decode("latin-1").encode("utf-16-le"),
    "upper case": lambda data: data.upper(),
}


def _told(head: bytes) -> list[bytes]:
    """Each value of each header that we sent, what a Basic one decodes to, and the path."""
    lines = head.split(b"\r\n")
    values = [line.partition(b":")[2].strip() for line in lines[1:] if b":" in line]
    for value in list(values):
        if value.startswith(b"Basic "):
            pair = base64.b64decode(value[6:])
            values += [pair, pair.partition(b":")[2]]
    return [lines[0].split(b" ")[1] if b" " in lines[0] else b"", *reversed(values)]


def _body(head: bytes, encode: Encode) -> bytes:
    said = b" ".join(encode(value) for value in _told(head))
    return b"HTTP/1.1 500 Oops\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said)


def _late_body(head: bytes, encode: Encode) -> bytes:
    """So that each value is cut by the end of a snippet in one of the answers."""
    said = b"." * 150 + b" ".join(encode(value) for value in _told(head))
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said)


def _whole_head(head: bytes, encode: Encode) -> bytes:
    said = encode(head)
    return b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said)


def _headers(head: bytes, encode: Encode) -> bytes:
    said = b" ".join(encode(value) for value in _told(head)).replace(b"\n", b" ")
    named = (b"Server", b"Via", b"X-Cache", b"x-amzn-errortype", b"x-amzn-requestid")
    lines = b"".join(b"%s: %s\r\n" % (name, said) for name in named)
    return b"HTTP/1.1 401 No\r\n%sContent-Length: 0\r\n\r\n" % lines


def _location(head: bytes, encode: Encode) -> bytes:
    said = b"/".join(encode(value) for value in _told(head)).replace(b"\n", b" ")
    return (
        b"HTTP/1.1 302 Found\r\nLocation: https://a.example/%s?k=%s\r\n"
        b"Content-Length: 0\r\n\r\n" % (said, said)
    )


def _status(head: bytes, encode: Encode) -> bytes:
    said = b" ".join(encode(value) for value in _told(head)).replace(b"\n", b" ")
    return b"HTTP/1.1 503 %s\r\nContent-Length: 0\r\n\r\n" % said


def _nonsense(head: bytes, encode: Encode) -> bytes:
    return b" ".join(encode(value) for value in _told(head)) + b"\r\n\r\n"


def _bad_chunks(head: bytes, encode: Encode) -> bytes:
    said = b"".join(encode(value) for value in _told(head))
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n" % said


def _bad_header(head: bytes, encode: Encode) -> bytes:
    said = b"".join(encode(value) for value in _told(head)).replace(b"\n", b" ")
    return b"HTTP/1.1 200 OK\r\n%s\r\nContent-Length: zzz\r\n\r\n" % said


def _location_host(head: bytes, encode: Encode) -> bytes:
    said = b".".join(encode(value) for value in _told(head)).replace(b"\n", b" ")
    return b"HTTP/1.1 302 Found\r\nLocation: https://%s.example/\r\n\r\n" % said


def _cut_body(head: bytes, encode: Encode) -> bytes:
    """It ends within each of the values, as a peer that breaks off would."""
    said = b" ".join(encode(value) for value in _told(head)[-2:])
    return b"HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n%s" % said[: -len(said) // 4]


PLACES: dict[str, Callable[[bytes, Encode], bytes]] = {
    "body": _body,
    "late body": _late_body,
    "whole head": _whole_head,
    "headers": _headers,
    "location": _location,
    "status": _status,
    "nonsense": _nonsense,
    "bad chunks": _bad_chunks,
    "bad header": _bad_header,
    "location's host": _location_host,
    "cut body": _cut_body,
}


def speak(line: peers.Line) -> None:
    """Answer as the path asks: /e/<place>/<encoding>, both by number."""
    head = line.hear()
    say, encode = _asked_for(head)
    line.say(say(head, encode))


def message(line: peers.Line) -> None:
    """The same in the message of a WebSocket, after a handshake that went well."""
    head = line.hear()
    _, encode = _asked_for(head)
    switch(line)
    line.say(frame(BINARY, b" ".join(encode(value) for value in _told(head))))
    line.ended.wait(0.2)


def token(line: peers.Line) -> None:
    """A token endpoint that refuses, and says the whole request back, its form too."""
    head = line.hear()
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
    while len(line.request.partition(b"\r\n\r\n")[2]) < length:
        line.request += line.connection.recv(65536)
    form = dict(parse_qsl(line.request.partition(b"\r\n\r\n")[2].decode("ascii")))
    _, encode = _asked_for(head)
    said = b" ".join(
        encode(value) for value in (*(v.encode() for v in form.values()), *_told(head))
    )
    if int(head.split(b"/")[2]) % 2:
        said = json.dumps({"error": said.decode("latin-1"), "error_description": "x"}).encode()
    line.say(b"HTTP/1.1 401 No\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said))


def _asked_for(head: bytes) -> tuple[Callable[[bytes, Encode], bytes], Encode]:
    _, path, *_ = (*head.split(b" "), b"/e/0/0")  # some connect and say nothing
    _, _, place, encoding = (path or b"/e/0/0").split(b"?")[0].split(b"/")
    say = list(PLACES.values())[int(place) % len(PLACES)]
    return say, list(ENCODINGS.values())[int(encoding) % len(ENCODINGS)]
