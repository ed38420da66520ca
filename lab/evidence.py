"""Keeps what a failed scenario left behind: what was heard, and both tables as they stood."""

import gzip
import json
from typing import Any

from lab.world.live import LiveWorld


def keep(live: LiveWorld) -> None:
    """Write heard.txt, member.json and hub.json into the world's directory."""
    heard = [
        f"{m.at:.1f} [{m.to} {m.reason}] {m.attributes} {m.detail}\n{m.text}\n"
        for m in live.heard.heard()
    ]
    (live.directory / "heard.txt").write_text("\n".join(heard))
    for part in ("Member", "Hub"):
        items = _items(live, live.stack[f"{part}.TableName"])
        (live.directory / f"{part.lower()}.json").write_text(json.dumps(items, indent=1))


def _items(live: LiveWorld, table: str) -> list[dict[str, Any]]:
    dynamodb = live.client("dynamodb")
    pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    return [
        {name: _plain(value) for name, value in item.items()}
        for page in pages
        for item in page["Items"]
    ]


def _plain(value: dict[str, Any]) -> Any:
    ((kind, held),) = value.items()
    return json.loads(gzip.decompress(held)) if kind == "B" else held
