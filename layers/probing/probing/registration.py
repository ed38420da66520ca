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

from probing import fields, meaning, reading_auth, reading_expect, reading_from, trust
from probing.dns_message import TYPES
from probing.endpoint import Endpoint, Expect, Problem, Severity
from probing.fields import WHERE_SECRETS_GO as KEPT
from probing.fields import Place, Reader
from probing.meaning import kind_of
from probing.probes import BY_SCHEME
from probing.reading_auth import OURS
from probing.target import host_problem, target_problem, unreadable

MAX_HEADERS = 20
MAX_CA = 16_384
MAX_SENT = 4096
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")
WORD = re.compile(r"[^#@\x00-\x1f]{1,100}\Z")
CREDENTIAL = re.compile(
    r"authorization|api-?_?key|token|secret|passw|credential|cookie|signature|^key$", re.I
)
CREDENTIAL_VALUE = re.compile(
    r"(bearer|basic|digest|token) \S|AKIA[0-9A-Z]{16}|eyJ[A-Za-z0-9_-]{10,}\.", re.I
)


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
    if not problems:
        meaning.judge(read, raw, place)
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
    scheme, kind = urlsplit(read["url"]).scheme, kind_of(read["url"])
    given["kind"], given["default_port"] = kind.name, kind.schemes[scheme]
    expect = given.get("expect") or Expect(status=())
    if not expect.status:
        expect = replace(expect, status=kind.healthy_status)
    given["expect"] = expect
    auth = given.pop("auth", None)
    if auth is not None:
        given["auth"], given["client_certificate"] = auth.auth, auth.client_certificate
    if "from" in given:
        given["chosen"] = given.pop("from")
        given["from_vpcs"] = given["chosen"].wanted.vpcs
    if "page_after" in given:
        given["page_after_seconds"] = given.pop("page_after")
    return Endpoint(**given)


def _url(raw: Any, place: Place) -> str | None:
    mend = "write the URL that the workload calls: https://<host>/<path>"
    if not isinstance(raw, str):
        place.wrong(f"is {fields.kind_of(raw)}", mend)
        return None
    refused = dns_problem(raw) if raw.startswith("dns:") else target_problem(raw, BY_SCHEME)
    if refused:
        place.wrong(refused, mend)
        return None
    parts = urlsplit(raw)
    if parts.fragment:
        place.wrong("has a fragment, which is never sent", "cut it off, from '#' on")
    elif parts.scheme != "dns" and not (
        parts.port or BY_SCHEME[parts.scheme].schemes[parts.scheme]
    ):
        place.wrong("names no port", f"write {parts.scheme}://<host>:<port>")
    elif any(CREDENTIAL.search(name) for name, _ in parse_qsl(parts.query, True)):
        # Shown neither here nor in any record: URLs stand in logs of every hop.
        place.wrong("carries a credential in its query", f"send it by 'auth'; {KEPT}")
    else:
        return raw
    return None


def dns_problem(url: str) -> str | None:
    """Why a `dns:` URL (RFC 4501) cannot be registered; None when it can."""
    refused = unreadable(url)
    if refused:
        return refused
    parts = urlsplit(url)
    form = f"write dns:<name>, or dns:<name>?type={'|'.join(TYPES)}"
    if parts.netloc or not parts.path or "/" in parts.path:
        return f"not a DNS name to ask for: {form}"
    asked = parse_qsl(parts.query, keep_blank_values=True)
    if any(name != "type" or value.upper() not in TYPES for name, value in asked) or len(asked) > 1:
        return f"no type of record that can be asked for: {form}"
    return host_problem(parts.path)


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


def _address(raw: Any, place: Place) -> str | None:
    mend = "write an IP address or a host name to connect to instead of the URL's host"
    host = fields.text(raw, place, mend=mend)
    if host is None:
        return None
    refused = host_problem(host)
    if refused:
        place.wrong(refused, mend)
        return None
    return host


def _ca(raw: Any, place: Place) -> str | None:
    """PEM text of one or more certificates, or where it is kept."""
    usable = isinstance(raw, str) and len(raw) <= MAX_CA and "PRIVATE KEY" not in raw
    if usable and (fields.SECRET.match(raw) or CERTIFICATE.search(raw)):
        if fields.SECRET.match(raw) or trust.readable(raw):
            return str(raw)
        place.wrong("holds a certificate that cannot be read", "copy it again, whole")
        return None
    place.wrong(
        "is neither a certificate in PEM nor the name of a parameter that holds one",
        f"write -----BEGIN CERTIFICATE----- … (no key, at most {MAX_CA} characters), or ssm:/…",
    )
    return None


def _send(raw: Any, place: Place) -> str | None:
    if isinstance(raw, str) and 1 <= len(raw) <= MAX_SENT:
        return raw
    place.wrong(f"is {fields.kind_of(raw)}", f"write text of 1 to {MAX_SENT} characters")
    return None


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
    "address": _address,
    "ca": _ca,
    "insecure_tls": fields.true_or_false,
    "auth": reading_auth.auth,
    "send": _send,
    "expect": reading_expect.expect,
    "from": reading_from.looked_from,
    "owner": fields.matching(WORD, "write 1 to 100 characters without '#' and '@'"),
    "service": fields.matching(WORD, "write 1 to 100 characters without '#' and '@'"),
    "severity": _severity,
    "runbook": fields.matching(RUNBOOK, "write the runbook's address: https://…"),
    "page_after": fields.duration(0, 3600, "2m"),
}
"""Every key of an entry and how its value is read."""
