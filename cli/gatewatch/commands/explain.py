"""`gatewatch explain`: what a CloudTrail event changed, who did it, could it break a path."""

import sys
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from json import dumps
from pathlib import Path
from typing import Any, TextIO

from gatewatch import event_files
from reasoning.change import Change
from reasoning.explain import Explained, could_break, explain

OK, UNREADABLE = 0, 2
_WIDTH = 100
# Ids that a typed change keeps in its scope because they are not what it is about.
_SCOPE_IDS = ("vpc_id", "subnet_ids", "security_group_ids", "route_table_ids", "interface_ids")


def run(
    paths: Sequence[str | Path],
    *,
    json: bool = False,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """Explain the events of `paths` (`-` is standard input), in order.

    With `json` one object a line for each event, and nothing else. Returns 0 when every event
    was explained or ignored, 2 when something could not be read (the rest is still explained).
    """
    out, err = stdout or sys.stdout, stderr or sys.stderr
    code = OK
    for path in paths:
        events = event_files.read(str(path), stdin or sys.stdin)
        for event in events.found:
            explained = explain(event)
            print(dumps(as_data(explained)) if json else as_text(explained), file=out)
        for problem in events.problems:
            print(problem, file=err)
            code = UNREADABLE
    return code


def as_data(explained: Explained) -> dict[str, Any]:
    """`{"change": ..., "ignored": ...}`: exactly one of them is not null."""
    change = explained.change
    return {"change": _change(change) if change else None, "ignored": explained.ignored}


def as_text(explained: Explained) -> str:
    """A few lines for people, ending with an empty one; an ignored event is one line."""
    change = explained.change
    if change is None:
        return f"Ignored  {explained.ignored}\n"
    rows = [
        ("Change", f"{change.event_name} in {_place(change)}, {_time(change.at)}"),
        ("What", change.summary),
        ("Who", _who(change)),
        ("Breaks", could_break(change) or "no path that Gatewatch knows of"),
        ("Names", ", ".join(_ids(change)) or "no resource"),
    ]
    if change.scope.get("not_readable"):
        lost = " and ".join(change.scope["not_readable"])
        rows.append(("Note", f"{lost} missing or cut off in the event: there may be more to it"))
    return "\n".join(_row(label, said) for label, said in rows) + "\n"


def _change(change: Change) -> dict[str, Any]:
    actor, tool = change.actor, change.tool
    return {
        "kind": change.kind,
        "event_name": change.event_name,
        "resource_ids": list(_ids(change)),
        "actor": None
        if actor is None
        else {
            "name": actor.name,
            "type": actor.type,
            "arn": actor.arn,
            "role": actor.role,
            "session": actor.session,
            "account": actor.account,
        },
        "tool": {"name": tool.name, "user_agent": tool.user_agent},
        "time": _time(change.at),
        "account": change.account,
        "region": change.region,
        "summary": f"{change.summary}. Could it break a path? {could_break(change) or 'no'}",
    }


def _ids(change: Change) -> tuple[str, ...]:
    """What the change is about first, then what else it names."""
    beside: list[str] = []
    for key in _SCOPE_IDS:
        value = change.scope.get(key, [])
        beside += [value] if isinstance(value, str) else value
    return tuple(dict.fromkeys((*change.resource_ids, *beside)))


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _place(change: Change) -> str:
    return f"account {change.account or '(not told)'}, {change.region or 'Region not told'}"


def _who(change: Change) -> str:
    actor, tool = change.actor, change.tool.name
    said = f"{actor.name} ({actor.type})" if actor else "not told"
    said += f", with {tool}" if tool else ""
    address = change.source_address
    return said + (f", from {address}" if address and not address.endswith(".com") else "")


def _row(label: str, said: str) -> str:
    return textwrap.fill(
        said,
        width=_WIDTH,
        initial_indent=f"{label:<8} ",
        subsequent_indent=" " * 9,
        break_long_words=False,
        break_on_hyphens=False,
    )
