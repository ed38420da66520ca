"""What a record names: resource ids, host names, ports, networks, wherever they stand in it.

Decided here: what counts as an id, by its form and by its key. Not decided here: which of them
the change is about (the kinds in `changes/` say that).
Source of the forms: docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from reasoning.values import leaves, text

_FORM = re.compile(
    r"(?<![\w-])(?:"
    r"(?:vpce-svc|vpce|vpc-cidr-assoc|vpcbpa-exclude|vpc|subnet|sgr|sg|rtbassoc|rtb|aclassoc|acl|"
    r"eigw|igw|vgw|cgw|nat|pcx|tgw-attach|tgw-rtb|tgw|dopt|pl|eni-attach|eni|eipassoc|eipalloc|"
    r"i|lgw-rtb|lgw|cagw|vpn|rcfg|rgw|sn|svc|snva|ipam-pool)-(?:[0-9a-f]{17}|[0-9a-f]{8})"
    r"|rslvr-[a-z]{2,12}(?:-[a-z]{2,8})?-[0-9a-z]{13,20}"
    r"|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:[\w+=,.@:/*$-]+"
    r")(?![\w-])"
)
_ID_KEY = re.compile(r".*(id|ids|arn|arns|identifier)$|(function|cluster|domain|bucket)name$", re.I)
_NO_ID_KEY = re.compile(
    r"(x-?amz-?)?request-?id|.*callerreference|(.*owner|account|(access)?key|principal|s|change)id",
    re.I,
)
_HOST = re.compile(
    r"(?<![\w@.*/:-])(?:(?:https?|wss?)://)?"
    r"(?P<host>(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.){1,10}[a-z]{2,24})\.?(?![\w@.-])",
    re.I,
)
_NO_HOST_KEYS = frozenset(
    {"xmlns", "handler", "principal", "service", "servicename", "invokedby", "runtime"}
)
_SERVICE_NAME = ("com.amazonaws.", "cn.com.amazonaws.", "aws.api.")
_PORT_KEY = re.compile(r".*port$|fromport|toport", re.I)
_NETWORK = re.compile(r"(?<![\w.:])[0-9a-f.:]{2,39}/[0-9]{1,3}(?![\w.])", re.I)
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """In the order of the record, each once, at most 200 of each. `by_key` holds the ids that
    only their key betrays (hosted zones, APIs, functions), `ids` all of them."""

    ids: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    cidrs: tuple[str, ...] = ()


def harvest(*parts: Any) -> Harvest:
    """Everything that `parts` (request and response) name."""
    found = [(path, text(leaf)) for part in parts for path, leaf in leaves(part)]
    said = [(path, value) for path, value in found if value]
    return Harvest(
        ids=_each(one for path, value in said for one in _ids(path, value)),
        hosts=_each(one for path, value in said for one in _hosts(path, value)),
        ports=_each(_ports(said)),
        cidrs=_each(one for _, value in said for one in _cidrs(value)),
    )


def ids_of(prefix: str, *parts: Any) -> tuple[str, ...]:
    """The EC2 ids that begin with `prefix` ("vpce-") and are not part of a policy document."""
    texts = (
        text(leaf)
        for part in parts
        for path, leaf in leaves(part)
        if not any("policy" in key.lower() for key in path)
    )
    found = (one for value in texts for one in _FORM.findall(value))
    return _each(one for one in found if re.fullmatch(rf"{prefix}[0-9a-f]+", one))


def _ids(path: tuple[str, ...], value: str) -> Iterator[str]:
    yield from (one.rstrip(".,:") for one in _FORM.findall(value))
    key = _key(path)
    if _NO_ID_KEY.fullmatch(key) or not _ID_KEY.match(key):
        return
    if len(value) <= 256 and not re.search(r"\s|[{}]", value):
        # Route 53 answers with the path of a zone where requests name its id.
        yield re.sub(r"^/(hostedzone|change|delegationset)/", "", value)


def _hosts(path: tuple[str, ...], value: str) -> Iterator[str]:
    if _NO_HOST_KEYS.intersection(key.lower() for key in path):
        return
    # Route 53 writes the asterisk of a wildcard record as \052.
    for match in _HOST.finditer(value.replace("\\052", "*")):
        host = match["host"].lower()
        if not host.startswith(_SERVICE_NAME):
            yield host


def _ports(said: Iterable[tuple[tuple[str, ...], str]]) -> Iterator[str]:
    """Ports as text; a range as "from-to". Its two ends stand beside each other in a record."""
    begin: tuple[tuple[str, ...], str] | None = None
    for path, value in said:
        key = _key(path).lower()
        in_range = len(path) > 1 and path[-2].lower() == "portrange"
        if not re.fullmatch(r"-?[0-9]{1,5}", value):
            continue
        if key == "fromport" or (in_range and key == "from"):
            begin = (path[:-1], value)
        elif key == "toport" or (in_range and key == "to"):
            first = begin[1] if begin and begin[0] == path[:-1] else value
            yield value if first == value else f"{first}-{value}"
            begin = None
        elif _PORT_KEY.match(key):
            yield value
    if begin:
        yield begin[1]


def _cidrs(value: str) -> Iterator[str]:
    for one in _NETWORK.findall(value):
        try:
            yield str(ip_network(one, strict=False))
        except ValueError:
            continue


def _key(path: tuple[str, ...]) -> str:
    """The nearest key that is a name, not a piece of a list's layout."""
    layout = ("[]", "item", "items", "content", "member", "value")
    return next((key for key in reversed(path) if key not in layout), "")


def _each(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:_MOST]
