"""The good WebSocket peer and its frames are as RFC 6455 says; without that no other is a proof."""

import socket
from contextlib import closing

import pytest

from tests.zoo import peers
from tests.zoo import websocket_peers as zoo

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # the example of RFC 6455, section 1.3
ASKED = (
    b"GET /chat HTTP/1.1\r\nHost: api.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: " + KEY + b"\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def said(speak: peers.Speech, then: bytes = b"", limit: int = 4096) -> bytes:
    """What the peer says to a good handshake and `then`, until it pauses."""
    with (
        peers.serve(speak) as peer,
        closing(socket.create_connection(("127.0.0.1", peer.port))) as s,
    ):
        s.settimeout(2)  # a busy machine pauses too
        s.sendall(ASKED)
        heard = b""
        try:
            if then:
                heard = s.recv(65536)
                s.sendall(then)
            while len(heard) < limit and (part := s.recv(65536)):
                heard += part
        except (TimeoutError, ConnectionResetError):
            pass
        return heard


def test_the_example_of_the_standard_is_accepted_and_a_text_comes_back():
    text = zoo.frame(zoo.TEXT, b"hi", mask=zoo.MASK)
    head, _, frames = said(zoo.echoing, text + zoo.frame(zoo.CLOSE, b"", mask=zoo.MASK)).partition(
        b"\r\n\r\n"
    )
    assert head.startswith(b"HTTP/1.1 101 ") and b"Sec-WebSocket-Accept: " + ACCEPT in head
    assert frames == zoo.frame(zoo.TEXT, b"hi") + zoo.frame(zoo.CLOSE)


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_the_length_of_a_frame_has_the_form_for_its_size(size):
    data = b"z" * size
    whole = zoo.frame(zoo.TEXT, data)
    long_form = 0 if size < 126 else 2 if size < 65536 else 8
    assert len(whole) == 2 + long_form + size and whole.endswith(data)
