"""Gatus: its endpoints and those of their conditions that mean something here.

Source: github.com/TwiN/gatus, README, "Conditions" and "Monitoring a ... endpoint".
"""

import re
from typing import Any

from gatewatch.failure import USAGE, Failed
from gatewatch.importing.draft import Draft, as_list, as_mapping, days, plain_headers

KIND = "gatus"
CONDITION = re.compile(r"(\S+)\s*(==|!=|<=|>=|<|>)\s*(.+)\Z")
SCHEMES = frozenset({"http", "https", "ws", "wss", "tcp", "tls"})
OTHERS = ("alerts", "body", "graphql", "maintenance-windows", "ssh", "ui")


def read(document: dict[str, Any], where: str, _: dict[str, Any]) -> Draft:
    """Raises Failed for a file without endpoints."""
    listed = as_list(document.get("endpoints"))
    if not listed:
        raise Failed(f"{where}: has no `endpoints`", code=USAGE)
    draft = Draft()
    for key in ("external-endpoints", "suites"):
        if document.get(key):
            draft.leave(key, "not carried over")
    for raw in listed:
        _endpoint(draft, as_mapping(raw))
    return draft


def _endpoint(draft: Draft, raw: dict[str, Any]) -> None:
    group, given = raw.get("group"), str(raw.get("name") or "endpoint")
    name = f"{group}-{given}" if group else given
    if raw.get("enabled") is False:
        draft.leave(name, "is not enabled")
        return
    url, dns = str(raw.get("url") or ""), as_mapping(raw.get("dns"))
    if dns:
        kind = str(dns.get("query-type") or "A")
        draft.leave(name, f"asks the VPC's own name server, not {url}")
        url = f"dns:{str(dns.get('query-name') or '').rstrip('.')}?type={kind}"
    elif url.partition(":")[0] not in SCHEMES:
        draft.leave(name, f"{url}: is not looked at with that scheme")
        return
    method = str(raw.get("method") or "GET").upper()
    if method not in ("GET", "HEAD", "OPTIONS"):
        draft.leave(name, f"method {method} changes things: never sent every minute")
        return
    for key in OTHERS:
        if raw.get(key):
            draft.leave(name, f"{key}: not carried over")
    client = as_mapping(raw.get("client"))
    for key in sorted(set(client) - {"insecure"}):
        draft.leave(name, f"client.{key}: not carried over")
    entry: dict[str, Any] = {
        "url": url,
        "method": method if method != "GET" else None,
        "headers": plain_headers(draft, name, as_mapping(raw.get("headers"))),
        "insecure_tls": client.get("insecure"),
        "service": str(group) if group else None,
        "expect": _expect(draft, name, [str(one) for one in as_list(raw.get("conditions"))]),
    }
    draft.add(name, entry)


def _expect(draft: Draft, name: str, conditions: list[str]) -> dict[str, Any]:
    expect: dict[str, Any] = {}
    for condition in conditions:
        found = CONDITION.match(condition.strip())
        if found is None or not _condition(expect, found[1], found[2], found[3].strip()):
            draft.leave(name, f"condition {condition!r}: not carried over")
    return expect


def _condition(expect: dict[str, Any], left: str, sign: str, right: str) -> bool:
    """Put one condition into `expect`; False when it has no place there."""
    reader = {
        "[STATUS]": _status,
        "[RESPONSE_TIME]": _time,
        "[CERTIFICATE_EXPIRATION]": _certificate,
        "[DNS_RCODE]": _rcode,
        "[CONNECTED]": _connected,
    }.get(left, _body if left.startswith("[BODY]") else None)
    return reader is not None and reader(expect, left, sign, right)


def _status(expect: dict[str, Any], _: str, sign: str, right: str) -> bool:
    any_of = re.fullmatch(r"any\(([\d, ]+)\)", right)
    if sign == "==" and any_of:
        expect["status"] = [int(code) for code in any_of[1].split(",")]
    elif sign == "==" and right.isdigit():
        expect["status"] = int(right)
    elif sign in ("<", "<=") and right.isdigit() and int(right) > 200:
        expect["status"] = f"200-{int(right) - (sign == '<')}"
    else:
        return False
    return True


def _time(expect: dict[str, Any], _: str, sign: str, right: str) -> bool:
    if sign not in ("<", "<=") or not right.isdigit():
        return False
    expect["latency"] = f"{right}ms"
    return True


def _certificate(expect: dict[str, Any], _: str, sign: str, right: str) -> bool:
    if sign not in (">", ">=") or not days(right):
        return False
    expect["certificate_days"] = days(right)
    return True


def _rcode(expect: dict[str, Any], _: str, sign: str, right: str) -> bool:
    if sign != "==":
        return False
    if right != "NOERROR":
        expect["rcode"] = right
    return True


def _connected(expect: dict[str, Any], _: str, sign: str, right: str) -> bool:
    """What every look asks anyway."""
    return (sign, right) == ("==", "true")


def _body(expect: dict[str, Any], left: str, sign: str, right: str) -> bool:
    path, pattern = left.removeprefix("[BODY]").removeprefix("."), _pattern(right)
    if sign != "==":
        return False
    if not path:
        if pattern is None:
            return False
        expect["body_matches"] = pattern
        return True
    value: Any = {"matches": pattern} if pattern is not None else _value(right)
    expect.setdefault("json", {})[path] = value
    return True


def _pattern(right: str) -> str | None:
    """The regular expression of `pat(*text*)`."""
    found = re.fullmatch(r"pat\((.*)\)", right)
    if found is None:
        return None
    first, *others = [re.escape(part) for part in found[1].split("*")]
    if not others:
        return f"^{first}$"
    whole = ".*".join(part for part in (first, *others) if part)
    return f"{'^' if first else ''}{whole}{'$' if others[-1] else ''}"


def _value(right: str) -> Any:
    words = {"true": True, "false": False, "null": None}
    if right in words:
        return words[right]
    return int(right) if re.fullmatch(r"-?\d+", right) else right.strip("\"'")
