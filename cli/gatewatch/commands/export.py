"""`gatewatch export`: changes or incidents of the hub as JSON lines, a part at a time."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from gatewatch.failure import OK, PARTIAL, USAGE, Failed
from gatewatch.telling import hub as hubs
from gatewatch.telling import periods
from gatewatch.telling.options import Options
from reasoning.actor_detail import ActorDetail
from reasoning.exported import change_row, incident_row


class What(StrEnum):
    CHANGES = "changes"
    INCIDENTS = "incidents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is exported, of which period, with how much of actors; to `out`, or to stdout."""

    what: What
    since: str = "14d"
    until: str = ""
    detail: ActorDetail = ActorDetail.FULL
    out: Path | None = None


def run(wanted: Wanted, options: Options) -> int:
    """Write the rows; 4 when some records could not be read and were left out."""
    hub = hubs.find(options)
    now_at = hub.clock.now_at()
    since_at = periods.moment(wanted.since, "--since", now_at)
    until_at = periods.moment(wanted.until, "--until", now_at) if wanted.until else now_at
    if until_at < since_at:
        raise Failed("--until lies before --since: nothing could be between", code=USAGE)
    count = 0
    with _writing(wanted.out) as stream:
        for row in _rows(hub, wanted, since_at, until_at):
            print(json.dumps(row, ensure_ascii=False, separators=(",", ":")), file=stream)
            count += 1
    if wanted.out is not None:
        print(f"{count} {wanted.what} in {wanted.out}", file=sys.stderr)
    return PARTIAL if hub.unreadable else OK


def _rows(
    hub: hubs.HubTable, wanted: Wanted, since_at: float, until_at: float
) -> Iterator[dict[str, Any]]:
    if wanted.what is What.CHANGES:
        for change in hub.changes(since_at, until_at):
            yield change_row(change, wanted.detail)
        return
    for incident in hub.incidents(since_at):
        if incident.opened_at <= until_at:
            yield incident_row(incident, wanted.detail)


@contextmanager
def _writing(out: Path | None) -> Iterator[TextIO]:
    """A stream to `out`, which appears whole or not at all; stdout where there is none."""
    if out is None:
        yield sys.stdout
        return
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("w", encoding="utf-8") as stream:
            yield stream
        part.replace(out)
    except OSError as error:
        raise Failed(f"{out}: cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
