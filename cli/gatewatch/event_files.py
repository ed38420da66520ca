"""Events out of a file, in every form in which people have them at hand.

Decided here: where one event ends and the next begins. Not decided here: what an event says.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

_GZIP = b"\x1f\x8b"
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """`found` are decoded JSON, in order; `problems` say what could not be read, and where."""

    found: tuple[Any, ...] = ()
    problems: tuple[str, ...] = ()


def read(path: str, stdin: TextIO) -> Events:
    """The events of a file (`-`: of `stdin`); never raises for what a file holds.

    One JSON object, a list, `{"Records": [...]}` (a CloudTrail log, gzipped too, or an SQS
    event), `{"Events": [...]}` (`aws cloudtrail lookup-events`), JSON lines, or JSON objects one
    after the other.
    """
    name = "standard input" if path == "-" else path
    try:
        content = _content(path, stdin)
    except OSError as error:
        return Events(problems=(f"{name}: cannot be read: {error.strerror or error}",))
    except (EOFError, zlib.error):
        return Events(problems=(f"{name}: cannot be read: the gzip stream is damaged",))
    except UnicodeDecodeError:
        return Events(problems=(f"{name}: cannot be read: it is not UTF-8 text",))
    except ValueError as error:
        return Events(problems=(f"{name}: cannot be read: {error}",))
    if not content.strip():
        return Events(problems=(f"{name}: holds no event: it is empty",))
    values, problems = _values(content)
    return Events(
        found=tuple(event for value in values for event in _events(value)),
        problems=tuple(f"{name}{problem}" for problem in problems),
    )


def _content(path: str, stdin: TextIO) -> str:
    if path == "-":
        buffer = getattr(stdin, "buffer", None)
        if buffer is None:
            return stdin.read()
        content = buffer.read()
    else:
        content = Path(path).read_bytes()
    if content[:2] == _GZIP:
        content = gzip.decompress(content)
    return str(content.decode("utf-8-sig"))


def _values(content: str) -> tuple[list[Any], list[str]]:
    try:
        return [json.loads(content)], []
    except RecursionError:
        return [], [": cannot be read: nested too deep"]
    except ValueError as error:
        whole = str(error)
    lines = [(number, line) for number, line in enumerate(content.splitlines(), 1) if line.strip()]
    if any(_is_object(line) for _, line in lines):
        return _by_line(lines)
    values = list(_one_after_the_other(content))
    if values[-1] is None:
        return values[:-1], [f": is not JSON: {whole}"]
    return values, []


def _is_object(line: str) -> bool:
    try:
        return line.startswith("{") and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _by_line(lines: list[tuple[int, str]]) -> tuple[list[Any], list[str]]:
    values, problems = [], []
    for number, line in lines:
        try:
            values.append(json.loads(line))
        except RecursionError:
            problems.append(f":{number}: cannot be read: nested too deep")
        except ValueError as error:
            problems.append(f":{number}: is not JSON: {error}")
    return values, problems


def _one_after_the_other(content: str) -> Iterator[Any]:
    """JSON values with nothing but blanks between them (what jq prints); None ends a bad one."""
    at, end = 0, len(content.rstrip())
    while at < end:
        while content[at].isspace():
            at += 1
        try:
            value, at = _DECODER.raw_decode(content, at)
        except (ValueError, RecursionError):
            yield None
            return
        yield value


def _events(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _events(one) if isinstance(one, dict) else (one,)
        return
    if isinstance(value, dict):
        for key in ("Records", "Events"):
            if isinstance(value.get(key), list):
                yield from _events(value[key])
                return
        for key in ("CloudTrailEvent", "body"):
            # `lookup-events` and SQS carry the event as a string of JSON.
            if isinstance(value.get(key), str) and "eventName" not in value:
                yield value[key]
                return
    yield value
