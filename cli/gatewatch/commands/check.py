"""`gatewatch check`: reads registry entries and tells every mistake, before they are deployed."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from probing.endpoint import Endpoint, Problem
from probing.registration import duplicates
from reasoning import registry_file
from reasoning.document import read_endpoint

OK, PROBLEMS, UNREADABLE = 0, 1, 2


def run(files: Sequence[Path], *, as_json: bool = False) -> int:
    """Check each file (`-` reads standard input); returns the exit code of the worst.

    Prints one line for each good entry and for each problem, or one JSON list.
    """
    rows = [_row(file) for file in files]
    for problem in duplicates([endpoint for row in rows for endpoint in row.endpoints]):
        for row in rows:
            if any(endpoint.source == problem.source for endpoint in row.endpoints):
                row.problems += (problem,)
    if as_json:
        print(json.dumps([row.as_data() for row in rows], indent=1))
    else:
        for row in rows:
            row.show()
    return max((row.code for row in rows), default=OK)


class _Row:
    """What was found in one file."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.endpoints: tuple[Endpoint, ...] = ()
        self.is_organisation = False
        self.problems: tuple[Problem, ...] = ()
        self.unreadable = ""

    @property
    def code(self) -> int:
        if self.unreadable:
            return UNREADABLE
        return PROBLEMS if self.problems else OK

    def as_data(self) -> dict[str, object]:
        return {
            "file": self.source,
            "name": self.endpoints[0].id if self.endpoints and not self.is_organisation else None,
            "endpoints": [endpoint.id for endpoint in self.endpoints],
            "ok": self.code == OK,
            "unreadable": self.unreadable or None,
            "problems": [asdict(problem) for problem in self.problems],
        }

    def show(self) -> None:
        if self.unreadable:
            print(f"{self.source}: {self.unreadable}", file=sys.stderr)
        for problem in self.problems:
            print(problem)
        if self.code != OK:
            return
        if self.is_organisation:
            print(f"{self.source}: ok: {len(self.endpoints)} endpoints")
        for endpoint in self.endpoints:
            print(f"{self.source}: ok: {endpoint.id} {endpoint.url}")


def _row(file: Path) -> _Row:
    standard_input = str(file) == "-"
    row = _Row("standard input" if standard_input else str(file))
    try:
        text = sys.stdin.read() if standard_input else file.read_text(encoding="utf-8")
    except OSError as error:
        row.unreadable = f"cannot be read: {error.strerror}"
        return row
    except UnicodeDecodeError:
        row.unreadable = "is not UTF-8 text"
        return row
    if registry_file.is_one(text, row.source):
        _organisation(row, text)
        return row
    endpoint, row.problems = read_endpoint(
        text, source=row.source, default_id="" if standard_input else file.stem
    )
    row.endpoints = (endpoint,) if endpoint else ()
    return row


def _organisation(row: _Row, text: str) -> None:
    """The organisation's file, which is told by its keys."""
    row.is_organisation = True
    read = registry_file.read(text, row.source)
    row.endpoints, row.problems = read.endpoints, read.problems
    if read.refused:
        mend = "mend the text; until then what the file said last stays in force"
        row.problems = (Problem(source=row.source, path="file", what=read.refused, mend=mend),)
