"""A record that may outgrow one item: DynamoDB takes 400 KB.

A small one lies in its item. Of a larger one the item holds the digest alone, and further items the
pieces; what a worker has read once it keeps, so that only the small item is read again.
Source of the limit: Amazon DynamoDB Developer Guide, "Item sizes".
"""

import gzip
import hashlib
import json
from typing import Any, TypeVar

from checker.packed import pack
from checker.state import Item, Key, Table
from probing.wire import from_json, to_json

INLINE_BYTES = 32_000
PIECE_BYTES = 350_000
TRIES = 3

Record = TypeVar("Record")

_read: dict[tuple[str, Key], tuple[str, Any]] = {}


class Torn(Exception):
    """Pieces of a record are missing again and again: it is written faster than it is read."""


def save(table: Table, key: Key, record: Any) -> None:
    """Write `record`; its pieces before the item that names them, the old ones removed after."""
    body = pack(to_json(record))
    digest = hashlib.sha256(body).hexdigest()[:16]
    old = table.get(key)
    if len(body) <= INLINE_BYTES:
        item: Item = {"body": {"B": body}, "digest": {"S": digest}, "pieces": {"N": "0"}}
    else:
        pieces = [body[at : at + PIECE_BYTES] for at in range(0, len(body), PIECE_BYTES)]
        for name, piece in zip(_names(key, digest, len(pieces)), pieces, strict=True):
            table.put(name, {"body": {"B": piece}})
        item = {"digest": {"S": digest}, "pieces": {"N": str(len(pieces))}}
    table.put(key, item)
    if old is not None and "digest" in old and old["digest"]["S"] != digest:
        for name in _names(key, old["digest"]["S"], int(old["pieces"]["N"])):
            table.drop(name)


def load(table: Table, kind: type[Record], key: Key, item: Item | None = None) -> Record | None:
    """What `save` wrote; None when it never did. `item`: the one at `key`, where it is
    read already. Raises Torn."""
    for _ in range(TRIES):
        item = item or table.get(key)
        if item is None or "digest" not in item:
            return None
        digest = item["digest"]["S"]
        known = _read.get((table.name, key))
        if known is not None and known[0] == digest and isinstance(known[1], kind):
            return known[1]
        body = _body(table, key, item)
        if body is not None:
            record = from_json(kind, json.loads(gzip.decompress(body)))
            _read[table.name, key] = (digest, record)
            return record
        # Somebody wrote it anew between the item and its pieces.
        item = None
    raise Torn(f"{key[0]}/{key[1]}")


def load_or_none(table: Table, kind: type[Record], key: Key) -> Record | None:
    """`load`, for who writes it anew anyway: a torn record is as none."""
    try:
        return load(table, kind, key)
    except Torn:
        return None


def _body(table: Table, key: Key, item: Item) -> bytes | None:
    if "body" in item:
        return bytes(item["body"]["B"])
    names = _names(key, item["digest"]["S"], int(item["pieces"]["N"]))
    found = table.get_many(names)
    if len(found) < len(names):
        return None
    return b"".join(found[name]["body"]["B"] for name in names)


def _names(key: Key, digest: str, count: int) -> list[Key]:
    return [(key[0], f"{key[1]}#{digest}#{number}") for number in range(count)]


def forget() -> None:
    """Drop what this worker has read."""
    _read.clear()
