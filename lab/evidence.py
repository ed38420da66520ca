"""Keeps what a failed scenario left behind: what was heard, and both tables as they stood."""

import gzip
import json
from typing import Any

from lab.world import processes
from lab.world.live import LiveWorld
from lab.world.parts import Member


def keep(live: LiveWorld) -> None:
    """Write heard.txt, hub.json, each member's table and who called what (calls.txt) into the
    world's directory."""
    heard = [
        f"{m.at:.1f} [{m.to} {m.reason}] {m.attributes} {m.detail}\n{m.text}\n"
        for m in live.heard.heard()
    ]
    (live.directory / "heard.txt").write_text("\n".join(heard))
    calls = [
        f"{c['at']:.1f} {c['status']} {c['account']}/{c['region']} {c['service']}:{c['action']} "
        f"{c['principal'].rpartition(':')[2]}\n"
        for c in processes.emulator("/_lab/callers")
    ]
    (live.directory / "calls.txt").write_text("".join(calls))
    tables = {"hub": (live.world.hub, live.stack["Hub.TableName"])}
    for home, outputs in live.members.items():
        own = home == live.world.hub
        name = "member" if own else f"member-{home.account}-{home.region}"
        tables[name] = (home, outputs["TableName"])
    for name, (home, table) in tables.items():
        items = _items(live, home, table)
        (live.directory / f"{name}.json").write_text(json.dumps(items, indent=1))


def _items(live: LiveWorld, home: Member, table: str) -> list[dict[str, Any]]:
    dynamodb = live.client("dynamodb", at=home)
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    return [
        {name: _plain(value) for name, value in item.items()}
        for page in pages
        for item in page["Items"]
    ]


def _plain(value: dict[str, Any]) -> Any:
    ((kind, held),) = value.items()
    return json.loads(gzip.decompress(held)) if kind == "B" else held
