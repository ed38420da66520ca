"""The target of a request: path and query of a URL as they are sent (RFC 9112, 3.2.1)."""

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

# What RFC 3986 lets stand in a path or query; everything else is percent-encoded.
_SUB_DELIMITERS = "!$&'()*+,;="
_PATH = f"/:@%{_SUB_DELIMITERS}"
_QUERY = f"?{_PATH}"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@lru_cache(1024)
def request_target(url: str) -> str:
    """`/path?query`, dot segments resolved, as ordinary clients send it."""
    parts = urlsplit(url)
    path = quote(_without_dots(_STRAY_PERCENT.sub("%25", parts.path)) or "/", safe=_PATH)
    query = quote(_STRAY_PERCENT.sub("%25", parts.query), safe=_QUERY)
    return f"{path}?{query}" if query else path


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4."""
    if "/." not in path:
        return path
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return "/".join(kept)
