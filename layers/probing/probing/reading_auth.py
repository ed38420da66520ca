"""Reads the `auth` of a registry entry: one way to show who we are, and a client certificate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from probing import fields
from probing.endpoint import Auth, AuthKind
from probing.fields import Place, Reader
from probing.target import target_problem

OURS = frozenset({"user-agent", "content-length", "transfer-encoding", "connection", "te"})
"""Headers that the probe itself sets: it must be recognisable, and frame its own requests."""

SIGNED = ("execute-api", "vpc-lattice-svcs")
"""Services that nothing but customers' own APIs stand behind. A GET that is signed for another one
(sqs, ec2, lambda) could be sent on to AWS by whoever gets it, as the checker itself."""

_REGION = r"[a-z]{2}(-[a-z]+)+-\d\Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What stood in `auth`: at most one kind of credential, and the reference to a certificate."""

    auth: Auth | None = None
    client_certificate: str = ""


def auth(raw: Any, place: Place) -> Read:
    read = fields.mapping(raw, place, READERS)
    certificate = read.pop("client_certificate", None) or ""
    if isinstance(raw, dict):
        kinds = [key for key in raw if key != "client_certificate"]
        if len(kinds) > 1 or not raw:
            what = f"has {len(kinds)} kinds of credential"
            place.wrong(what, f"give one of {', '.join(KINDS)}, and `client_certificate` beside it")
    return Read(auth=next(iter(read.values()), None), client_certificate=certificate)


def _api_key(raw: Any, place: Place) -> Auth | None:
    return _made(AuthKind.API_KEY, {"secret": fields.secret(raw, place)}, header="x-api-key")


def _bearer(raw: Any, place: Place) -> Auth | None:
    return _made(AuthKind.BEARER, {"secret": fields.secret(raw, place)})


def _header_name(raw: Any, place: Place) -> str | None:
    mend = "write a header's name, for example x-token"
    name: str | None = fields.matching(fields.HEADER_NAME, mend)(raw, place)
    if name is not None and name.lower() in OURS:
        place.wrong(f"'{name}' is set by the probe itself", mend)
        return None
    return name


def _header(raw: Any, place: Place) -> Auth | None:
    readers = {"name": _header_name, "secret": fields.secret}
    read = fields.mapping(raw, place, readers, required=("name", "secret"))
    if "name" in read:
        read["header"] = read.pop("name")
    return _made(AuthKind.HEADER, read)


def _basic(raw: Any, place: Place) -> Auth | None:
    if isinstance(raw, str):  # the secret holds user:password
        return _made(AuthKind.BASIC, {"secret": fields.secret(raw, place)})
    readers: dict[str, Reader] = {"user": _user, "secret": fields.secret}
    return _made(AuthKind.BASIC, fields.mapping(raw, place, readers, required=("user", "secret")))


def _user(raw: Any, place: Place) -> str | None:
    user = fields.text(raw, place)
    if user is not None and ":" in user:
        place.wrong("holds ':', which ends a user's name (RFC 7617)", "write the name alone")
        return None
    return user


def _token_url(raw: Any, place: Place) -> str | None:
    mend = "write where tokens are given out: https://<host>/<path>"
    url = fields.text(raw, place, mend=mend)
    if url is None:
        return None
    refused = target_problem(url)
    if refused or not url.lower().startswith("https://"):
        place.wrong(refused or "is not https: a client secret goes there", mend)
        return None
    return url


def _oauth2(raw: Any, place: Place) -> Auth | None:
    readers: dict[str, Reader] = {
        "token_url": _token_url,
        "client_id": fields.text,
        "secret": fields.secret,
        "scope": fields.text,
        "audience": fields.text,
        "send_client_in": fields.one_of(("header", "body")),
    }
    read = fields.mapping(raw, place, readers, required=("token_url", "client_id", "secret"))
    read["client_in_body"] = read.pop("send_client_in", "header") == "body"
    return _made(AuthKind.OAUTH2, read)


def _sigv4(raw: Any, place: Place) -> Auth | None:
    readers: dict[str, Reader] = {
        "service": fields.one_of(SIGNED),
        "region": fields.pattern(_REGION, "write a Region, for example us-east-1"),
    }
    return _made(AuthKind.SIGV4, fields.mapping({} if raw is None else raw, place, readers))


def _made(kind: AuthKind, read: Mapping[str, Any], header: str = "") -> Auth | None:
    """None where something of it was wrong, which has been reported."""
    if any(value is None for value in read.values()):
        return None
    given = {"header": header} if header else {}
    return Auth(kind=kind, **(given | dict(read)))


KINDS: dict[str, Reader] = {
    "api_key": _api_key,
    "header": _header,
    "basic": _basic,
    "bearer": _bearer,
    "oauth2": _oauth2,
    "sigv4": _sigv4,
}
READERS: dict[str, Reader] = {**KINDS, "client_certificate": fields.secret}
