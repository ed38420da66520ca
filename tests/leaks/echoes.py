"""Peers that say back whatever they were told, everywhere that an answer has room, encoded in every
way: an API that dumps its request into an error page is common, and so is a hostile one."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

from tests.zoo import peers

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
}


def _told(head: bytes) -> list[bytes]:
    """Each value of each header that we sent, and the path."""
    lines = head.split(b"\r\n")
    values = [line.partition(b":")[2].strip() for line in lines[1:] if b":" in line]
    return [*values, lines[0].split(b" ")[1] if b" " in lines[0] else b""]


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
}


def speak(line: peers.Line) -> None:
    """Answer as the path asks: /<place>/<encoding>, both by number."""
    head = line.hear()
    _, place, encoding, *_ = head.split(b" ")[1].split(b"?")[0].split(b"/")
    say = list(PLACES.values())[int(place) % len(PLACES)]
    line.say(say(head, list(ENCODINGS.values())[int(encoding) % len(ENCODINGS)]))
