"""OpenAPI 3 and Swagger 2: every GET that needs no parameter, at every server."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from gatewatch.failure import USAGE, Failed
from gatewatch.importing.draft import Draft, as_list, as_mapping

KIND = "openapi"
CHANGES = ("post", "put", "patch", "delete", "trace")


def read(document: dict[str, Any], where: str, _: dict[str, Any]) -> Draft:
    """Raises Failed for a document that is no OpenAPI."""
    if not document.get("openapi") and not document.get("swagger"):
        raise Failed(f"{where}: has neither `openapi` nor `swagger`", code=USAGE)
    draft = Draft()
    title = str(as_mapping(document.get("info")).get("title") or "api")
    servers = list(_servers(document, draft))
    if not servers:
        draft.leave("servers", "none has an absolute URL: nothing can be looked at")
    for path, item in as_mapping(document.get("paths")).items():
        _path(draft, document, title, servers, str(path), as_mapping(item))
    return draft


def _path(
    draft: Draft,
    document: dict[str, Any],
    title: str,
    servers: list[str],
    path: str,
    item: dict[str, Any],
) -> None:
    for method in CHANGES:
        if method in item:
            draft.leave(f"{method.upper()} {path}", "changes things: never sent every minute")
    operation = as_mapping(item.get("get"))
    if "get" not in item:
        return
    needed = _needed([*as_list(item.get("parameters")), *as_list(operation.get("parameters"))])
    if "{" in path or needed:
        names = ", ".join(needed) or "in its path"
        draft.leave(f"GET {path}", f"needs parameters ({names}): write an entry with real ones")
        return
    if operation.get("security", document.get("security")):
        draft.leave(f"GET {path}", "its security is not carried over: add `auth` with a secret")
    status = _statuses(as_mapping(operation.get("responses")))
    for number, server in enumerate(servers):
        name = f"{title}{path}" if len(servers) == 1 else f"{title}-{number + 1}{path}"
        entry = {"url": server + path, "expect": {"status": status} if status else None}
        draft.add(name, entry)


def _servers(document: dict[str, Any], draft: Draft) -> Iterator[str]:
    if document.get("swagger"):
        host, base = document.get("host"), str(document.get("basePath") or "")
        schemes = as_list(document.get("schemes")) or ["https"]
        if host:
            yield f"{'https' if 'https' in schemes else schemes[0]}://{host}{base.rstrip('/')}"
        return
    for server in as_list(document.get("servers")):
        url = str(as_mapping(server).get("url") or "")
        for name, variable in as_mapping(as_mapping(server).get("variables")).items():
            url = url.replace(f"{{{name}}}", str(as_mapping(variable).get("default", "")))
        if urlsplit(url).scheme in ("http", "https") and "{" not in url:
            yield url.rstrip("/")
        else:
            draft.leave(f"server {url or '?'}", "is not an absolute http(s) URL")


def _needed(parameters: list[Any]) -> list[str]:
    found = [as_mapping(parameter) for parameter in parameters]
    return [str(one.get("name") or one.get("$ref") or "?") for one in found if _is_needed(one)]


def _is_needed(parameter: dict[str, Any]) -> bool:
    return bool(parameter.get("required")) or "$ref" in parameter


def _statuses(responses: dict[Any, Any]) -> list[int | str]:
    """What the document calls a success: 2xx codes, or `2XX` as a range."""
    found: list[int | str] = []
    for code in responses:
        text = str(code).upper()
        if text == "2XX":
            found.append("200-299")
        elif len(text) == 3 and text.startswith("2") and text.isdigit():
            found.append(int(text))
    return found
