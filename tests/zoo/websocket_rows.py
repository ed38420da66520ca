"""Each WebSocket peer of the zoo, and the failure that it has to be told as: `ROWS`.

All are sent "hello" after the handshake, and are expected to say it.
"""

from dataclasses import replace

from probing.outcome import Failure
from tests.zoo import peers
from tests.zoo.peers import Speech
from tests.zoo.rows import Row
from tests.zoo.websocket_peers import (
    CLOSE,
    CONTINUATION,
    MASK,
    PING,
    PONG,
    TEXT,
    accept_key,
    after_switch,
    by_the_byte,
    close,
    echoing,
    flooding,
    frame,
    reset_after_switch,
    switch,
    unswitched,
)

STATUS, MALFORMED = Failure.HTTP_STATUS, Failure.HTTP_MALFORMED
CLOSED, TIMEOUT = Failure.MESSAGE_CLOSED, Failure.MESSAGE_TIMEOUT
OTHER = Failure.MESSAGE_ASSERTION
Told = tuple[Speech, Failure | None, int | None]

GOOD: dict[str, Told] = {
    "echoes": (echoing, None, 101),
    "greets": (after_switch(frame(TEXT, b"hello")), None, 101),
    "greets in fragments": (
        after_switch(
            frame(TEXT, b"hel", last=False), frame(PING, b"p"), frame(CONTINUATION, b"lo")
        ),
        None,
        101,
    ),
    "greets, and goes on for 64 kB": (
        after_switch(frame(TEXT, b"hello" + b"z" * 65536)),
        None,
        101,
    ),
}
REFUSING: dict[str, Told] = {
    "refuses with 403": (peers.answer("403 Forbidden", b'{"message": "Forbidden"}'), STATUS, 403),
    "wants a credential": (peers.answer("401 Unauthorized"), STATUS, 401),
    "answers 200 to the upgrade": (peers.answer("200 OK", b"pong"), STATUS, 200),
    "wants another version": (
        unswitched(b"426 Upgrade Required", b"Sec-WebSocket-Version: 99"),
        STATUS,
        426,
    ),
    "switches without a key": (after_switch(key=b""), MALFORMED, None),
    "switches with another key": (
        after_switch(key=accept_key(b"of somebody else")),
        MALFORMED,
        None,
    ),
    "switches without Upgrade": (
        unswitched(b"101 Switching Protocols", b"Connection: Upgrade"),
        MALFORMED,
        None,
    ),
    "switches to another protocol": (
        unswitched(b"101 Switching Protocols", b"Upgrade: h2c", b"Connection: Upgrade"),
        MALFORMED,
        None,
    ),
    "chooses a subprotocol unasked": (
        after_switch(extra=b"Sec-WebSocket-Protocol: mqtt\r\n"),
        MALFORMED,
        None,
    ),
    "chooses an extension unasked": (
        after_switch(extra=b"Sec-WebSocket-Extensions: permessage-deflate\r\n"),
        MALFORMED,
        None,
    ),
    "hears and says nothing": (peers.silent, Failure.HTTP_TIMEOUT, None),
    "closes without a word": (peers.closing, Failure.HTTP_RESET, None),
    "resets": (peers.reset(), Failure.HTTP_RESET, None),
}
BAD_FRAMES: dict[str, Told] = {
    "masks its frames": (after_switch(frame(TEXT, b"hello", mask=MASK)), CLOSED, 101),
    "sets a reserved bit": (after_switch(frame(TEXT, b"hello", reserved=4)), CLOSED, 101),
    "sends an unknown opcode": (after_switch(frame(5, b"hello")), CLOSED, 101),
    "sends text that is no UTF-8": (after_switch(frame(TEXT, b"\xff\xfe\xfd")), CLOSED, 101),
    "continues what never began": (after_switch(frame(CONTINUATION, b"lo")), CLOSED, 101),
    "begins anew within a message": (
        after_switch(frame(TEXT, b"hel", last=False), frame(TEXT, b"hello")),
        CLOSED,
        101,
    ),
    "sends a ping in fragments": (after_switch(frame(PING, b"p", last=False)), CLOSED, 101),
    "sends a ping of 1 kB": (after_switch(frame(PING, b"p" * 1024)), CLOSED, 101),
    "announces a frame of 2^63 bytes": (after_switch(b"\x81\x7f" + b"\xff" * 8), CLOSED, 101),
    "writes a short length in 8 bytes": (
        after_switch(b"\x81\x7f" + bytes(7) + b"\x05hello"),
        CLOSED,
        101,
    ),
    "sends HTTP after the switch": (after_switch(peers.OK), CLOSED, 101),
    "closes with 1000": (after_switch(close()), CLOSED, 101),
    "closes with 1011 and a reason": (after_switch(close(1011, b"broken \x1b[2J")), CLOSED, 101),
    "closes with a code that does not exist": (after_switch(close(5)), CLOSED, 101),
    "closes with a code of one byte": (after_switch(frame(CLOSE, b"\x03")), CLOSED, 101),
    "ends without a close": (switch, CLOSED, 101),
    "resets after the switch": (reset_after_switch, CLOSED, 101),
}
ENDLESS: dict[str, Told] = {
    "says nothing after the switch": (after_switch(), TIMEOUT, 101),
    "sends a frame by the byte": (by_the_byte, TIMEOUT, 101),
    "sends an endless frame": (
        flooding(b"z" * 65536, first=b"\x81\x7f" + b"\x7f" + b"\xff" * 7),
        OTHER,
        101,
    ),
    "sends endless fragments": (
        flooding(
            frame(CONTINUATION, b"z" * 1024, last=False) * 64, first=frame(TEXT, b"z", last=False)
        ),
        OTHER,
        101,
    ),
    "sends endless empty fragments": (
        flooding(frame(CONTINUATION, last=False) * 4096, first=frame(TEXT, b"z", last=False)),
        OTHER,
        101,
    ),
    "floods with pings": (flooding(frame(PING, b"p" * 100) * 512), CLOSED, 101),
    "floods with pongs": (flooding(frame(PONG) * 4096), CLOSED, 101),
    "floods with messages": (flooding(frame(TEXT, b"noise") * 1024), OTHER, 101),
}

_PLAIN = tuple(
    Row(name=f"WebSocket: {name}", speak=speak, failure=failure, status=status, scheme="ws")
    for name, (speak, failure, status) in (GOOD | REFUSING | BAD_FRAMES | ENDLESS).items()
)
ROWS: tuple[Row, ...] = (
    *_PLAIN,
    *(replace(r, name=f"{r.name} (TLS)", scheme="wss", certificate="good") for r in _PLAIN),
)
