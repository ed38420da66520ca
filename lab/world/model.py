"""The world file: which VPCs, APIs and actors a lab world has, and how slow its AWS is.

Decided here: the file's shape and its defaults. Not decided here: what is done with it.
A world file is YAML; the emulator, which has no YAML, reads the JSON that `to_json` writes.
"""

import difflib
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from lab.world.alternation import Alternation, spelled


class WorldError(ValueError):
    """A world file that cannot be used: where in it, what is wrong, what would be right."""


class WayOut(StrEnum):
    """Where a VPC's subnets send 0.0.0.0/0."""

    NAT = "nat"
    IGW = "igw"
    NONE = "none"


class ApiKind(StrEnum):
    """What kind of API a front end answers as."""

    REGIONAL = "regional"
    EDGE = "edge"
    HTTP = "http"
    PRIVATE = "private"


class ActorType(StrEnum):
    """How an actor signed in."""

    SSO = "sso"
    CI = "ci"
    ROLE = "role"
    USER = "user"


class RecordType(StrEnum):
    """What a public DNS record of the world holds."""

    A = "A"
    CNAME = "CNAME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long this world's AWS takes, in lab seconds."""

    cloudtrail: float = 15
    endpoint_available: float = 60
    dns_after_create: float = 75
    dns_after_modify: float = 30
    dns_after_delete: float = 30
    endpoint_deleted: float = 20
    interface_release: float = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcSpec:
    """A VPC that exists when the world starts."""

    cidr: str
    label: str = ""
    way_out: WayOut = WayOut.NAT
    account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSpec:
    """An API that the front ends answer for; `key` is the x-api-key it wants, None for no key."""

    name: str
    id: str
    kind: ApiKind
    stage: str = "prod"
    path: str = "/health"
    key: str | None = None
    domain: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRecord:
    """A record of the public DNS beside Amazon's own: a custom domain's CNAME or alias (as A)."""

    name: str
    type: RecordType
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who types commands in this world; CloudTrail names them so."""

    type: ActorType
    role: str | None = None
    user: str | None = None
    session: str | None = None
    tool: str = "cli"
    address: str = "198.51.100.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A whole world file. `scale` lab seconds pass in one real second."""

    scale: float = 1
    region: str = "us-east-1"
    account: str = "111122223333"
    trail: bool = True
    dns_before_available: bool = False
    dns_alternates: Alternation | None = None
    delays: Delays = field(default_factory=Delays)
    vpcs: Mapping[str, VpcSpec] = field(default_factory=dict)
    apis: tuple[ApiSpec, ...] = ()
    records: tuple[PublicRecord, ...] = ()
    actors: Mapping[str, Actor] = field(default_factory=dict)


def load(path: Path) -> World:
    """Read a world file, YAML or JSON. Raises WorldError with file, place, fault and remedy."""
    try:
        text = path.read_text()
        document = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except OSError as error:
        raise WorldError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise WorldError(f"{path}: is not JSON: {error}") from error
    except yaml.YAMLError as error:
        raise WorldError(f"{path}: is not YAML: {error}") from error
    return from_document(document, str(path))


def to_json(world: World) -> str:
    """The world as JSON that `load` and the emulator read."""
    return json.dumps(asdict(world), indent=1, sort_keys=True)


def from_document(document: object, where: str) -> World:
    """A world from parsed YAML or JSON; `where` names the source in errors (WorldError)."""
    given = _known(document, World, where)
    plain = {name: given[name] for name in _SCALARS if name in given}
    if "delays" in given:
        plain["delays"] = _record(given["delays"], Delays, f"{where}: delays")
    if (alternates := spelled(given.get("dns_alternates"))) is not None:
        plain["dns_alternates"] = _record(alternates, Alternation, f"{where}: dns_alternates")
    for name, kind in _KEYED.items():
        entries = _mapping(given.get(name, {}), f"{where}: {name}")
        plain[name] = {
            key: _record(one, kind, f"{where}: {name}.{key}") for key, one in entries.items()
        }
    for name, kind in _LISTED.items():
        listed = given.get(name, [])
        if not isinstance(listed, list):
            raise WorldError(f"{where}: {name}: want a list, have {listed!r}")
        plain[name] = tuple(
            _record(one, kind, f"{where}: {name}[{number}]") for number, one in enumerate(listed)
        )
    for name in _SCALARS:
        if name in plain:
            plain[name] = _value(plain[name], _TYPES[World][name], f"{where}: {name}")
    world = World(**plain)
    _check(world, where)
    return world


_SCALARS = ("scale", "region", "account", "trail", "dns_before_available")
_KEYED: dict[str, type] = {"vpcs": VpcSpec, "actors": Actor}
_LISTED: dict[str, type] = {"apis": ApiSpec, "records": PublicRecord}
_TYPES: dict[type, dict[str, Any]] = {
    kind: {one.name: one.type for one in fields(kind)}
    for kind in (World, Delays, Alternation, VpcSpec, ApiSpec, PublicRecord, Actor)
}


def _record(document: object, kind: type, where: str) -> Any:
    given = _known(document, kind, where)
    values = {
        name: _value(one, _TYPES[kind][name], f"{where}.{name}") for name, one in given.items()
    }
    try:
        return kind(**values)
    except TypeError as error:
        # dataclass: "...missing 1 required keyword-only argument: 'cidr'"
        raise WorldError(f"{where}: {str(error).partition('__init__() ')[2]}") from None


def _known(document: object, kind: type, where: str) -> dict[str, Any]:
    given = _mapping(document, where)
    names = list(_TYPES[kind])
    for key in given:
        if key not in names:
            near = difflib.get_close_matches(key, names, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
            raise WorldError(f"{where}: unknown key {key!r}: {hint}")
    return given


def _mapping(document: object, where: str) -> dict[str, Any]:
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        raise WorldError(f"{where}: want keys and values, have {document!r}")
    return document


def _value(value: object, kind: Any, where: str) -> object:
    if value is None and kind == str | None:
        return None
    if kind in (str, str | None):
        if not isinstance(value, str):
            raise WorldError(f"{where}: want text, have {value!r}: put it in quotes")
        return value
    if kind is bool or kind is float:
        right = isinstance(value, bool) if kind is bool else isinstance(value, int | float)
        if not right or (kind is float and isinstance(value, bool)):
            raise WorldError(
                f"{where}: want {'true or false' if kind is bool else 'a number'}, have {value!r}"
            )
        return value
    try:
        return kind(value)
    except ValueError:
        raise WorldError(f"{where}: {value!r} is none of {', '.join(kind)}") from None


def _check(world: World, where: str) -> None:
    if world.scale <= 0:
        raise WorldError(f"{where}: scale: want more than 0, have {world.scale}")
    for name, vpc in world.vpcs.items():
        try:
            ipaddress.IPv4Network(vpc.cidr)
        except ValueError as error:
            raise WorldError(f"{where}: vpcs.{name}.cidr: {error}") from None
    seen: set[str] = set()
    for number, api in enumerate(world.apis):
        for taken in (api.name, api.id):
            if taken in seen:
                raise WorldError(f"{where}: apis[{number}]: {taken!r} is taken by an earlier API")
            seen.add(taken)
