"""What is fuzzed: each target takes a number of inputs and a seed, and gives back what became of
them. An input that is not survived ends as `NotSurvived`, which holds it.

Survived means: an outcome or a problem, never an exception; in time; and what is wrong with a
peer is told as the peer's. A failure of our own (`canary_error` above all) would mean that the
peer found an error that nobody mapped.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

from dnslib import DNSRecord

from probing.clock import Clock
from probing.endpoint import Endpoint, Expect, Rule
from probing.outcome import OURS, Outcome
from probing.run import Means, look
from probing.wire import Answer, Probe, WireError, Work, read
from reasoning.document import read_endpoint
from tests.fuzz.mutate import mutated
from tests.zoo import names, peers

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 1.0
_BATCH = 64
_HOST = "fuzz.example"

Target = Callable[[int, int, Path], Counter[str]]


class NotSurvived(AssertionError):
    """An input after which something was not as promised."""

    def __init__(self, what: str, data: bytes) -> None:
        super().__init__(f"{what}: {data[:2000]!r}")


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
    return _peers("http", seeds, tokens, expect, Random(seed), count)


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
    return _peers("ws", seeds, tokens, expect, Random(seed), count)


def dns(count: int, seed: int, folder: Path) -> Counter[str]:
    """Packets of a name server, over real sockets; the id is right, or nothing would be read."""
    seeds = [_dns_answer(*addresses) for addresses in (("127.0.0.1",), ("127.0.0.1", "::1"), ())]
    tokens = [b"\xc0\x0c", b"\xc0\x00", b"\xff\xff", b"\x00\x01\x00\x01", b"\x3f" + b"a" * 63]
    became: Counter[str] = Counter()
    for batch in _batches(mutated(seeds, tokens, Random(seed), count)):
        zone = {f"n{n}.{_HOST}": _saying(packet) for n, packet in enumerate(batch)}
        with names.serve(zone) as server:
            asked = [_dns_endpoint(n) for n in range(len(batch))]
            conf = server.resolv_conf(folder)
            outcomes = _look(asked, dns_port=server.port, resolv_conf=conf)
        became += _judged(batch, outcomes)
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


def _peers(
    scheme: str,
    seeds: Sequence[bytes],
    tokens: Sequence[bytes],
    expect: Expect,
    random: Random,
    count: int,
) -> Counter[str]:
    became: Counter[str] = Counter()
    kind = "websocket" if scheme == "ws" else "http"
    for batch in _batches(mutated(seeds, tokens, random, count)):
        with peers.serve(_speaking(batch)) as peer:
            asked = [
                Endpoint(
                    id=str(n),
                    url=f"{scheme}://127.0.0.1:{peer.port}/{n}",
                    kind=kind,
                    expect=expect,
                )
                for n in range(len(batch))
            ]
            outcomes = _look(asked)
        became += _judged(batch, outcomes)
    return became


def _speaking(batch: Sequence[bytes]) -> peers.Speech:
    """Say the answer whose number the path names, and close."""

    def speak(line: peers.Line) -> None:
        head = line.hear()
        number = int(head.split(b" ", 2)[1].lstrip(b"/") or b"0")
        line.say(batch[number].replace(b"%ACCEPT%", peers.accept_key(head)))

    return speak


def _saying(packet: bytes) -> names.Behaviour:
    def answer(question: DNSRecord, over_tcp: bool) -> bytes:
        # The question is kept as it was asked, so that most answers get as far as their records.
        asked = DNSRecord(header=question.header, q=question.q).pack()
        return bytes(asked[:2]) + packet[2:12] + bytes(asked[12:]) + packet[12:]

    return answer


def _dns_answer(*addresses: str) -> bytes:
    question = DNSRecord.question(_HOST)
    packet = names.addresses(*addresses)(question, False)
    assert packet is not None
    return packet[:12] + packet[len(question.pack()) :]


def _dns_endpoint(number: int) -> Endpoint:
    """Half of them as DNS probes, whose only stage is the answer."""
    host = f"n{number}.{_HOST}"
    if number % 2:
        return Endpoint(id=str(number), url=f"http://{host}:9/", kind="http")
    return Endpoint(id=str(number), url=f"dns:{host}", kind="dns")


def _look(
    asked: Sequence[Endpoint], *, dns_port: int = 53, resolv_conf: str = "/dev/null"
) -> tuple[Outcome, ...]:
    work = Work(
        look="fuzz",
        probes=tuple(Probe(endpoint=endpoint) for endpoint in asked),
        probe_timeout_seconds=TIMEOUT_SECONDS,
        deadline_seconds=60.0,
    )
    means = Means(
        guard=lambda address, own: None if address == "127.0.0.1" else "not in a test",
        dns_port=dns_port,
        lookup=lambda host: (),
    )
    return look(work, Clock(), resolv_conf=resolv_conf, means=means).outcomes


def _judged(batch: Sequence[bytes], outcomes: Sequence[Outcome]) -> Counter[str]:
    became: Counter[str] = Counter()
    for data, outcome in zip(batch, outcomes, strict=True):
        failure = outcome.failure
        if failure in OURS and failure.value != "guard_refused":
            raise NotSurvived(f"{failure} {outcome.reason}", data)
        became[failure.value if failure else "ok"] += 1
    return became


def _batches(inputs: Iterator[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for data in inputs:
        batch.append(data)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
