"""`gatewatch report`: what paged over a period, or would have, explained or not, by owner."""

import json
from typing import Any

from gatewatch.failure import OK, PARTIAL
from gatewatch.telling import hub as hubs
from gatewatch.telling import periods, writing
from gatewatch.telling.options import Options
from probing.wire import to_json
from reasoning.exported import moment
from reasoning.report import Report, report

SCHEMA = "gatewatch.report/1"


def run(since: str, options: Options) -> int:
    """Read the hub's incidents and print the report; 4 when some could not be read."""
    hub = hubs.find(options)
    now_at = hub.clock.now_at()
    since_at = periods.moment(since, "--since", now_at)
    found = report(
        hub.incidents(since_at),
        since_at=since_at,
        until_at=now_at,
        default_owner=hub.default_owner,
    )
    print(json.dumps(as_data(found)) if options.as_json else writing.as_text(found))
    return PARTIAL if hub.unreadable else OK


def as_data(found: Report) -> dict[str, Any]:
    """The report as JSON, with its totals and times as text."""
    data = to_json(found)
    data |= {
        "schema": SCHEMA,
        "since": moment(found.since_at),
        "until": moment(found.until_at),
        "pages_total": len(found.pages),
        "pages_withheld": found.withheld,
        "pages_explained": found.explained,
        "endpoints": [{"endpoint": name, "pages": count} for name, count in found.endpoints],
    }
    for page in data["pages"]:
        page["at"] = moment(page["at"])
    del data["since_at"], data["until_at"]
    return data
