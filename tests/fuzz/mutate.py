"""Bytes that are almost right: seeds, cut, doubled, flipped, and spiced with tokens that matter."""

from collections.abc import Callable, Iterator, Sequence
from random import Random

Change = Callable[[Random, bytes, Sequence[bytes]], bytes]


def _flip(random: Random, data: bytes, tokens: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _cut(random: Random, data: bytes, tokens: Sequence[bytes]) -> bytes:
    start, end = _span(random, data)
    return data[:start] + data[end:]


def _end(random: Random, data: bytes, tokens: Sequence[bytes]) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _double(random: Random, data: bytes, tokens: Sequence[bytes]) -> bytes:
    start, end = _span(random, data)
    return data[:end] + data[start:end] * random.choice((1, 2, 30)) + data[end:]


def _token(random: Random, data: bytes, tokens: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(tokens) + data[at:]


def _noise(random: Random, data: bytes, tokens: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.randbytes(random.randrange(1, 40)) + data[at:]


_CHANGES: tuple[Change, ...] = (_flip, _cut, _end, _double, _token, _noise)
_LONGEST = 200_000


def mutated(
    seeds: Sequence[bytes], tokens: Sequence[bytes], random: Random, count: int
) -> Iterator[bytes]:
    """`count` inputs; the seeds themselves are among the first."""
    yield from seeds[:count]
    for _ in range(count - len(seeds)):
        data = random.choice(seeds)
        for _ in range(random.choice((1, 1, 2, 3, 8))):
            data = random.choice(_CHANGES)(random, data, tokens)
        yield data[:_LONGEST]


def _span(random: Random, data: bytes) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.randrange(1, 60))
