"""JSON packed into a DynamoDB Binary: many small rows under the 400 KB of one item."""

import gzip
import json
from typing import Any


def pack(data: Any) -> bytes:
    """`data` as gzipped JSON; the same data gives the same bytes."""
    return gzip.compress(json.dumps(data, separators=(",", ":"), sort_keys=True).encode(), mtime=0)


def unpack(item: dict[str, Any], attribute: str = "body") -> Any:
    """What `pack` wrote into that attribute of a low-level DynamoDB item."""
    return json.loads(gzip.decompress(item[attribute]["B"]))
