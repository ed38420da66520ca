"""Which keys of an entry mean something together: those of its kind of probe, and no two that
rule each other out.

Decided here: what is refused although each value is well-formed. How single values are read:
`registration`, `reading_auth`, `reading_expect`.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from probing.fields import Place
from probing.kind import ProbeKind
from probing.probes import BY_KIND, BY_SCHEME

PLAIN = frozenset({"http", "ws"})
_OF_TLS = ("server_name", "ca", "insecure_tls")
_OF_BODY = frozenset({"body_contains", "body_matches", "json"})
_WHEN_UNREACHABLE = frozenset({"reachable", "resolves_to"})


def kind_of(url: str) -> ProbeKind:
    """The kind of probe that a readable URL asks for."""
    return BY_SCHEME[urlsplit(url).scheme]


def judge(read: dict[str, Any], raw: dict[str, Any], place: Place) -> None:
    """Report keys that mean nothing in this entry, whose values are all well-formed."""
    kind, expected = kind_of(read["url"]), raw.get("expect", {})
    entries = [kind.all_keys for kind in BY_KIND.values()]
    expects = [kind.all_expects for kind in BY_KIND.values()]
    _known(raw, kind.all_keys, entries, kind, place)
    _known(expected, kind.all_expects, expects, kind, place.child("expect"))
    _of_tls(read, raw, kind, place)
    _ruled_out(raw, expected, place)


def _known(
    given: Iterable[str],
    known: frozenset[str],
    of_kinds: Iterable[frozenset[str]],
    kind: ProbeKind,
    place: Place,
) -> None:
    for key in sorted(set(given) - known):
        others = [name for name, keys in zip(BY_KIND, of_kinds, strict=True) if key in keys]
        what = f"means nothing to a probe of kind {kind.name}"
        place.child(key).wrong(what, f"leave it out: it is for {', '.join(others)}")


def _of_tls(read: dict[str, Any], raw: dict[str, Any], kind: ProbeKind, place: Place) -> None:
    scheme, auth = urlsplit(read["url"]).scheme, read.get("auth")
    if kind.name == "tls" and auth is not None and auth.auth is not None:
        place.child("auth").wrong(
            "holds a credential, and a probe of kind tls sends none",
            "give `client_certificate` alone, or write https://",
        )
    if scheme not in PLAIN:
        return
    found = [(key, place.child(key)) for key in _OF_TLS if key in raw and key in kind.all_keys]
    if auth is not None and auth.client_certificate:
        found.append(("client_certificate", place.child("auth").child("client_certificate")))
    if "certificate_days" in raw.get("expect", {}) and "certificate_days" in kind.all_expects:
        found.append(("certificate_days", place.child("expect").child("certificate_days")))
    for _, at in found:
        at.wrong(f"is of TLS, and {scheme}:// has none", f"leave it out, or write {scheme}s://")


def _ruled_out(raw: dict[str, Any], expected: dict[str, Any], place: Place) -> None:
    if raw.get("insecure_tls") is True and "ca" in raw:
        place.child("ca").wrong("is not asked where insecure_tls is true", "keep one of them")
    expect = place.child("expect")
    if raw.get("method") == "HEAD":
        for key in sorted(_OF_BODY & set(expected)):
            expect.child(key).wrong("is never seen with the method HEAD", "write GET")
    if expected.get("reachable") is False:
        for key in sorted(set(expected) - _WHEN_UNREACHABLE):
            expect.child(key).wrong("is never seen where reachable is false", "keep one of them")
    if expected.get("rcode", "NOERROR") != "NOERROR" and "answers" in expected:
        what = f"cannot come with rcode {expected['rcode']}"
        expect.child("answers").wrong(what, "keep one of them")
