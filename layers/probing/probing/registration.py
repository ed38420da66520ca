"""Turns a registry entry (a plain dict) into an Endpoint, or into every problem that it has.

Decided here: the fields of an entry and what is refused, in one place for the checker, the
command and the tests. Not decided here: how YAML is read and which line a path stands on
(`reasoning.document`), and what an allowed target is (`guard`). The published description of the
same form is docs/endpoint.schema.json; a test holds the two together.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from probing import fields
from probing.endpoint import Auth, AuthKind, Endpoint, Expect, Problem, Severity
from probing.fields import WHERE_SECRETS_GO as KEPT
from probing.fields import Place, Reader
from probing.guard import target_problem

MAX_HEADERS = 20
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")
WORD = re.compile(r"[^#@\x00-\x1f]{1,100}\Z")
CREDENTIAL = re.compile(
    r"authorization|api-?_?key|token|secret|passw|credential|cookie|signature|^key$", re.I
)
CREDENTIAL_VALUE = re.compile(
    r"(bearer|basic|digest|token) \S|AKIA[0-9A-Z]{16}|eyJ[A-Za-z0-9_-]{10,}\.", re.I
)
OURS = frozenset({"user-agent", "content-length", "transfer-encoding", "connection", "te"})
"""Headers that the probe itself sets: it must be recognisable, and frame its own requests."""


def parse(
    raw: Any, *, source: str, default_id: str = ""
) -> tuple[Endpoint | None, tuple[Problem, ...]]:
    """Read one entry. `source` says where it stands; `default_id` names it when it has no `name`.

    Returns (endpoint, ()) or (None, problems): all of them at once, each with its path. Where the
    entry names an owner, the problems carry it.
    """
    problems: list[Problem] = []
    place = Place(source, "", problems)
    read = fields.mapping(raw, place, READERS, required=("url",))
    if "name" not in read:
        read["name"] = READERS["name"](default_id, place.child("name"))
    if problems:
        owner = read.get("owner") or ""
        return None, tuple(replace(problem, owner=owner) for problem in problems)
    return _endpoint(read, source), ()


def duplicates(endpoints: Iterable[Endpoint]) -> tuple[Problem, ...]:
    """One problem for each endpoint whose id an earlier one has already taken."""
    first: dict[str, str] = {}
    found = []
    for endpoint in endpoints:
        taken = first.setdefault(endpoint.id, endpoint.source)
        if taken != endpoint.source:
            what = f"'{endpoint.id}' is already the name of the entry in {taken}"
            found.append(
                Problem(
                    source=endpoint.source,
                    path="name",
                    what=what,
                    mend="give one of them another name",
                    owner=endpoint.owner,
                )
            )
    return tuple(found)


def _endpoint(read: dict[str, Any], source: str) -> Endpoint:
    given = {"id": read.pop("name"), "source": source, **read}
    given["kind"] = urlsplit(read["url"]).scheme
    given["from_vpcs"] = given.pop("from", {}).get("vpcs", ())
    if "page_after" in given:
        given["page_after_seconds"] = given.pop("page_after")
    return Endpoint(**given)


def _url(raw: Any, place: Place) -> str | None:
    mend = "write the URL that the workload calls: https://<host>/<path>"
    if not isinstance(raw, str):
        place.wrong(f"is {fields.kind_of(raw)}", mend)
        return None
    refused = target_problem(raw)
    if refused:
        place.wrong(refused, mend)
        return None
    parts = urlsplit(raw)
    if parts.fragment:
        place.wrong("has a fragment, which is never sent", "cut it off, from '#' on")
    elif any(CREDENTIAL.search(name) for name, _ in parse_qsl(parts.query, True)):
        # Shown neither here nor in any record: URLs stand in logs of every hop.
        place.wrong("carries a credential in its query", f"send it by 'auth'; {KEPT}")
    else:
        return raw
    return None


def _headers(raw: Any, place: Place) -> tuple[tuple[str, str], ...]:
    if not isinstance(raw, dict) or len(raw) > MAX_HEADERS:
        place.wrong(f"is {fields.kind_of(raw)}", f"write at most {MAX_HEADERS} names and values")
        return ()
    return tuple((str(name), _header(str(name), raw[name], place)) for name in raw)


def _header(name: str, raw: Any, place: Place) -> str:
    at = place.child(name)
    if not fields.HEADER_NAME.match(name):
        at.wrong("is not a header name", "use letters, digits and -")
    elif CREDENTIAL.search(name) or (isinstance(raw, str) and CREDENTIAL_VALUE.match(raw)):
        # The value is not shown: it would stand in a report that many can read.
        at.wrong("is a credential in plain text", f"move it to 'auth'; {KEPT}")
    elif name.lower() in OURS:
        at.wrong("is set by the probe itself", "leave it out")
    else:
        return fields.text(raw, at) or ""
    return ""


def _api_key(raw: Any, place: Place) -> Auth | None:
    reference = fields.secret(raw, place)
    if reference is None:
        return None
    return Auth(kind=AuthKind.API_KEY, header="x-api-key", secret=reference)


def _header_name(raw: Any, place: Place) -> str | None:
    mend = "write a header's name, for example x-token"
    name: str | None = fields.matching(fields.HEADER_NAME, mend)(raw, place)
    if name is not None and name.lower() in OURS:
        place.wrong(f"'{name}' is set by the probe itself", mend)
        return None
    return name


def _header_auth(raw: Any, place: Place) -> Auth | None:
    readers = {"name": _header_name, "secret": fields.secret}
    read = fields.mapping(raw, place, readers, required=("name", "secret"))
    if not read.get("name") or not read.get("secret"):
        return None
    return Auth(kind=AuthKind.HEADER, header=read["name"], secret=read["secret"])


def _auth(raw: Any, place: Place) -> Auth | None:
    readers: dict[str, Reader] = {"api_key": _api_key, "header": _header_auth}
    read = fields.mapping(raw, place, readers)
    if isinstance(raw, dict) and len(raw) != 1:
        place.wrong(f"has {len(raw)} keys", f"give exactly one of {', '.join(readers)}")
    return next(iter(read.values()), None)


def _expect(raw: Any, place: Place) -> Expect:
    read = fields.mapping(
        raw,
        place,
        {
            "status": fields.statuses,
            "latency": fields.duration(0.001, 5.0, "2s"),
            "resolves_to": fields.resolves_to,
            "body_contains": fields.text,
        },
    )
    seconds = read.pop("latency", None)
    if seconds is not None:
        read["latency_ms"] = seconds * 1000
    return Expect(**read)


def _from(raw: Any, place: Place) -> dict[str, Any]:
    return fields.mapping(raw, place, {"vpcs": fields.vpc_ids}, ("vpcs",))


def _severity(raw: Any, place: Place) -> Severity | None:
    word = fields.one_of(tuple(Severity))(raw, place)
    return Severity(word) if word else None


RUNBOOK = re.compile(r"https?://\S+\Z")

READERS: dict[str, Reader] = {
    "name": fields.matching(NAME, "use 1 to 63 letters, digits, '.', '_' or '-'"),
    "url": _url,
    "method": fields.one_of(("GET", "HEAD", "OPTIONS")),
    "headers": _headers,
    "server_name": fields.matching(fields.HOST, "write a host name, for example api.example.com"),
    "auth": _auth,
    "expect": _expect,
    "from": _from,
    "owner": fields.matching(WORD, "write 1 to 100 characters without '#' and '@'"),
    "service": fields.matching(WORD, "write 1 to 100 characters without '#' and '@'"),
    "severity": _severity,
    "runbook": fields.matching(RUNBOOK, "write the runbook's address: https://…"),
    "page_after": fields.duration(0, 3600, "2m"),
}
"""Every key of an entry and how its value is read."""
