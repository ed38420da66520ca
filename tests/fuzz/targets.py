"""What is fuzzed: each target takes a number of inputs and a seed, and gives back what became of
them. An input that is not survived ends as `NotSurvived`, which holds it.

Survived means: an outcome or a problem, never an exception; in time; and what is wrong with a
peer is told as the peer's. A failure of our own (`canary_error` above all) would mean that the
peer found an error that nobody mapped.
"""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from probing.endpoint import Expect, Rule
from probing.wire import Answer, WireError, Work, read
from reasoning.document import read_endpoint
from tests.fuzz.looks import (
    HOST,
    NotSurvived,
    answers_of,
    batches,
    dns_answer,
    dns_endpoint,
    judged,
    look_at,
    saying,
)
from tests.fuzz.mutate import mutated
from tests.zoo import names, peers

ROOT = Path(__file__).parents[2]

Target = Callable[[int, int, Path], Counter[str]]


def registry(count: int, seed: int, folder: Path) -> Counter[str]:
    """Documents: an endpoint, or problems that say where, what and how to mend it."""
    seeds = [
        path.read_bytes()
        for kind in ("good_config", "bad_config")
        for path in sorted((ROOT / "tests" / kind).iterdir())
    ]
    tokens = [b"{", b"}", b"[", b"]", b": ", b"\n", b"&a ", b"*a", b"!!bool ", b"'", b'"', b"|\n"]
    tokens += [b"null", b"1e999", b"0x7f", b"~", b"<<: ", b"url: ", b"expect: ", b"\x00", b"\xff"]
    became: Counter[str] = Counter()
    for data in mutated(seeds, tokens, Random(seed), count):
        text = data.decode("utf-8", "replace")
        try:
            endpoint, problems = read_endpoint(text, source="fuzz", default_id="fuzz")
        except Exception as error:
            raise NotSurvived(f"{type(error).__name__} {error}", data) from error
        if (endpoint is None) is not bool(problems):
            raise NotSurvived("neither an endpoint nor a problem", data)
        if not all(p.path and p.what and p.mend for p in problems):
            raise NotSurvived("a problem that does not say where, what or how to mend it", data)
        became["endpoint" if endpoint else "problems"] += 1
    return became


def http(count: int, seed: int, folder: Path) -> Counter[str]:
    """Answers of a web server, over real connections."""
    seeds = [
        peers.OK,
        b"HTTP/1.1 200 OK\r\nServer: zoo\r\nTransfer-Encoding: chunked\r\n\r\n"
        b'4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n',
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\nServer: Server\r\n"
        b"x-amzn-errortype: ForbiddenException\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.0 302 Found\r\nLocation: https://a.example/?b=c\r\nConnection: close\r\n\r\nbye",
    ]
    tokens = [b"\r\n", b"\n", b"\r\n\r\n", b"0\r\n\r\n", b"-1", b"99999999999999999999", b": "]
    tokens += [b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"HTTP/1.1 200 OK\r\n"]
    tokens += [b"HTTP/2.0", b"\x00", b"\xff\xfe", b" folded\r\n", b"x" * 70_000, b"a: b\r\n" * 120]
    expect = Expect(
        json=(Rule(at="a", equals="1"),), headers=(Rule(at="server"),), status=((200, 299),)
    )
    return answers_of("http", seeds, tokens, expect, Random(seed), count)


def websocket(count: int, seed: int, folder: Path) -> Counter[str]:
    """Answers to a WebSocket handshake, and frames."""
    head = (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %ACCEPT%\r\n\r\n"
    )
    seeds = [
        head + b"\x81\x02ok",
        head + b"\x89\x01p\x01\x01o\x80\x01k",
        head + b"\x88\x02\x03\xe8",
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
    ]
    tokens = [
        b"\x81\x7f" + b"\xff" * 8,
        b"\x82\x02\xff\xfe",
        b"\xc1",
        b"\r\n",
        b"%ACCEPT%",
        b"\x00",
    ]
    expect = Expect(status=((101, 101),), message_contains="ok")
    return answers_of("ws", seeds, tokens, expect, Random(seed), count)


def dns(count: int, seed: int, folder: Path) -> Counter[str]:
    """Packets of a name server, over real sockets; the id is right, or nothing would be read."""
    seeds = [dns_answer(*addresses) for addresses in (("127.0.0.1",), ("127.0.0.1", "::1"), ())]
    tokens = [b"\xc0\x0c", b"\xc0\x00", b"\xff\xff", b"\x00\x01\x00\x01", b"\x3f" + b"a" * 63]
    became: Counter[str] = Counter()
    for batch in batches(mutated(seeds, tokens, Random(seed), count)):
        zone = {f"n{n}.{HOST}": saying(packet) for n, packet in enumerate(batch)}
        with names.serve(zone) as server:
            asked = [dns_endpoint(n) for n in range(len(batch))]
            conf = server.resolv_conf(folder)
            outcomes = look_at(asked, dns_port=server.port, resolv_conf=conf)
        became += judged(batch, outcomes)
    return became


def messages(count: int, seed: int, folder: Path) -> Counter[str]:
    """What comes over the wire between a checker and its canaries."""
    stored = ROOT / "tests" / "contracts" / "wire"
    seeds = [path.read_bytes() for path in sorted(stored.glob("*.json"))]
    tokens = [b"null", b"[]", b"{}", b'"', b"1e999", b"-1", b",", b":", b'"version": 1', b"true"]
    became: Counter[str] = Counter()
    for data in mutated(seeds, tokens, Random(seed), count):
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            became["no JSON"] += 1
            continue
        for kind in (Work, Answer):
            try:
                read(kind, document)
                became["read"] += 1
            except WireError:
                became["refused"] += 1
            except Exception as error:
                raise NotSurvived(
                    f"{kind.__name__}: {type(error).__name__} {error}", data
                ) from error
    return became


TARGETS: dict[str, Target] = {
    "registry": registry,
    "http": http,
    "websocket": websocket,
    "dns": dns,
    "messages": messages,
}
