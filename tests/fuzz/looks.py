"""Real sockets for the fuzz targets: looks at many peers, each of which says its own input."""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

from dnslib import DNSRecord

from probing.clock import Clock
from probing.endpoint import Endpoint, Expect
from probing.means import Means
from probing.outcome import OURS, Outcome
from probing.run import look
from probing.wire import Probe, Work
from tests.fuzz.mutate import mutated
from tests.zoo import names, peers

TIMEOUT_SECONDS = 1.0
HOST = "fuzz.example"
_BATCH = 64


class NotSurvived(AssertionError):
    """An input after which something was not as promised."""

    def __init__(self, what: str, data: bytes) -> None:
        super().__init__(f"{what}: {data[:2000]!r}")


def answers_of(
    scheme: str,
    seeds: Sequence[bytes],
    tokens: Sequence[bytes],
    expect: Expect,
    random: Random,
    count: int,
) -> Counter[str]:
    became: Counter[str] = Counter()
    kind = "websocket" if scheme == "ws" else "http"
    for batch in batches(mutated(seeds, tokens, random, count)):
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
            outcomes = look_at(asked)
        became += judged(batch, outcomes)
    return became


def _speaking(batch: Sequence[bytes]) -> peers.Speech:
    """Say the answer whose number the path names, and close."""

    def speak(line: peers.Line) -> None:
        head = line.hear()
        number = int(head.split(b" ", 2)[1].lstrip(b"/") or b"0")
        line.say(batch[number].replace(b"%ACCEPT%", peers.accept_key(head)))

    return speak


def saying(packet: bytes) -> names.Behaviour:
    def answer(question: DNSRecord, over_tcp: bool) -> bytes:
        # The question is kept as it was asked, so that most answers get as far as their records.
        asked = DNSRecord(header=question.header, q=question.q).pack()
        return bytes(asked[:2]) + packet[2:12] + bytes(asked[12:]) + packet[12:]

    return answer


def dns_answer(*addresses: str) -> bytes:
    question = DNSRecord.question(HOST)
    packet = names.addresses(*addresses)(question, False)
    assert packet is not None
    return packet[:12] + packet[len(question.pack()) :]


def dns_endpoint(number: int) -> Endpoint:
    """Half of them as DNS probes, whose only stage is the answer."""
    host = f"n{number}.{HOST}"
    if number % 2:
        return Endpoint(id=str(number), url=f"http://{host}:9/", kind="http")
    return Endpoint(id=str(number), url=f"dns:{host}", kind="dns")


def look_at(
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


def judged(batch: Sequence[bytes], outcomes: Sequence[Outcome]) -> Counter[str]:
    became: Counter[str] = Counter()
    for data, outcome in zip(batch, outcomes, strict=True):
        failure = outcome.failure
        if failure in OURS and failure.value != "guard_refused":
            raise NotSurvived(f"{failure} {outcome.reason}", data)
        became[failure.value if failure else "ok"] += 1
    return became


def batches(inputs: Iterator[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for data in inputs:
        batch.append(data)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
