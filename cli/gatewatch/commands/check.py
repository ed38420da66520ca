"""`gatewatch check`: reads registry entries and tells every mistake, before they are deployed."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from probing.endpoint import Endpoint, Problem
from probing.registration import duplicates
from reasoning.document import read_endpoint

OK, PROBLEMS, UNREADABLE = 0, 1, 2


def run(files: Sequence[Path], *, as_json: bool = False) -> int:
    """Check each file (`-` reads standard input); returns the exit code of the worst.

    Prints one line for each good entry and for each problem, or one JSON list.
    """
    rows = [_row(file) for file in files]
    endpoints = [row.endpoint for row in rows if row.endpoint]
    doubled = {problem.source: problem for problem in duplicates(endpoints)}
    for row in rows:
        if row.source in doubled:
            row.problems += (doubled[row.source],)
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
        self.endpoint: Endpoint | None = None
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
            "name": self.endpoint.id if self.endpoint else None,
            "ok": self.code == OK,
            "unreadable": self.unreadable or None,
            "problems": [asdict(problem) for problem in self.problems],
        }

    def show(self) -> None:
        if self.unreadable:
            print(f"{self.source}: {self.unreadable}", file=sys.stderr)
        for problem in self.problems:
            print(problem)
        if self.code == OK and self.endpoint:
            print(f"{self.source}: ok: {self.endpoint.id} {self.endpoint.url}")


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
    row.endpoint, row.problems = read_endpoint(
        text, source=row.source, default_id="" if standard_input else file.stem
    )
    return row
