"""What came out of a run, searched as it comes, and counted by kind."""

import json
import logging
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from tests.leaks.search import Search

THEIRS = ("moto", "responses", "werkzeug")
"""Loggers of the stand-in for AWS: it is told every secret."""


@dataclass(slots=True, repr=False)
class Haul:
    """Each `put` is one artefact."""

    search: Search
    kinds: Counter[str] = field(default_factory=Counter)

    def put(self, kind: str, name: str, data: bytes | str) -> None:
        self.kinds[kind] += 1
        self.search.look_in(f"{kind} of {name}", data)

    def json(self, kind: str, name: str, data: Any) -> None:
        """As JSON, and each text of it as it was before JSON escaped it."""
        written = json.dumps(data, ensure_ascii=False, default=str)
        self.put(kind, name, "\n".join((written, *texts(data))))

    def files(self, folder: Path, name: str) -> None:
        """What lies in the folder for temporary files, and what this process has open: no client
        key, in memory or on disk."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put("file", f"{name}: {path.name}", path.read_bytes() + str(path).encode())
        for descriptor in list(Path("/proc/self/fd").iterdir()):
            with suppress(OSError):
                link = str(descriptor.readlink())
                if "memfd:" in link:
                    self.search.hits.append((f"file of {name}", "client key", link))
                self.put("descriptor", name, _contents(descriptor, link))


def _contents(descriptor: Path, link: str) -> bytes:
    # A socket's or a terminal's would have to be waited for.
    return link.encode() + (descriptor.read_bytes() if descriptor.is_file() else b"")


def texts(data: Any) -> Iterator[str]:
    """Every text in JSON-able data, keys too."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        yield from texts([*data.keys(), *data.values()])
    elif isinstance(data, list | tuple):
        for item in data:
            yield from texts(item)


class Told(logging.Handler):
    """Every record at DEBUG, as Lambda and Powertools would write it, and all that it holds."""

    def __init__(self, haul: Haul) -> None:
        super().__init__(logging.DEBUG)
        self._haul = haul
        self._formats = (LambdaPowertoolsFormatter(), logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.split(".")[0] in THEIRS:
            return
        held = {name: value for name, value in vars(record).items() if name != "exc_info"}
        parts = [form.format(record) for form in self._formats] + [repr(held), str(held)]
        parts += [str(value) for value in held.values()]
        if record.exc_info and record.exc_info[0]:
            parts += traceback.format_exception(*record.exc_info)
        self._haul.put("log record", record.name, "\n".join(parts))


@contextmanager
def listening(haul: Haul) -> Iterator[None]:
    """All loggers at DEBUG but those that the product itself keeps quieter."""
    root, told = logging.getLogger(), Told(haul)
    loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    ours = [
        one for one in loggers if one.name.split(".")[0] not in ("botocore", "boto3", "urllib3")
    ]
    before = {one: one.level for one in (root, *ours)}
    deaf = [one for one in ours if not one.propagate]
    for one in before:
        one.setLevel(logging.DEBUG)
    for one in (root, *deaf):
        one.addHandler(told)
    try:
        yield
    finally:
        for one in (root, *deaf):
            one.removeHandler(told)
        for one, level in before.items():
            one.setLevel(level)
