"""The world file: which VPCs, APIs and actors a lab world has, and how slow its AWS is.

Decided here: the file's shape and its defaults. Not decided here: what is done with it.
A world file is YAML; the emulator, which has no YAML, reads the JSON that `to_json` writes.
"""

import difflib
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from lab.world.alternation import Alternation, spelled
from lab.world.parts import RINGS, Actor, ApiSpec, Delays, Member, PublicRecord, VpcSpec


class WorldError(ValueError):
    """A world file that cannot be used: where in it, what is wrong, what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A whole world file. `scale` lab seconds pass in one real second.

    `account` and `region` are the hub's. Without `accounts` and `regions` they are all there is;
    with them, each of the accounts has a member in each of the Regions, but for `no_member`
    ("account/region"). `concurrency` is what Lambda allows an account in a Region at once.
    """

    scale: float = 1
    region: str = "us-east-1"
    account: str = "111122223333"
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    no_member: tuple[str, ...] = ()
    concurrency: int = 1000
    trail: bool = True
    dns_before_available: bool = False
    dns_alternates: Alternation | None = None
    delays: Delays = field(default_factory=Delays)
    vpcs: Mapping[str, VpcSpec] = field(default_factory=dict)
    apis: tuple[ApiSpec, ...] = ()
    records: tuple[PublicRecord, ...] = ()
    actors: Mapping[str, Actor] = field(default_factory=dict)

    @property
    def hub(self) -> Member:
        """Where the hub is, and the member that is nested in its stack."""
        return Member(self.account, self.region)

    @property
    def members(self) -> tuple[Member, ...]:
        """Every account and Region with a member's stack, the hub's first."""
        accounts = self.accounts or (self.account,)
        every = (Member(account, region) for account in accounts for region in self.all_regions)
        rest = (one for one in every if one != self.hub and str(one) not in self.no_member)
        return (self.hub, *rest)

    @property
    def all_regions(self) -> tuple[str, ...]:
        """The Regions of the world."""
        return self.regions or (self.region,)

    def home(self, of: VpcSpec | Actor) -> Member:
        """The account and Region of a VPC or of a person."""
        return Member(of.account or self.account, of.region or self.region)

    def region_of(self, api: ApiSpec) -> str:
        """The Region that an API is in."""
        return api.region or self.region


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


_SCALARS = (
    "scale", "region", "account", "accounts", "regions", "no_member", "concurrency", "trail",
    "dns_before_available",
)  # fmt: skip
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
    if kind == tuple[str, ...]:
        return _texts(value, where)
    if kind == Mapping[str, str]:
        return {
            key: _value(one, str, f"{where}.{key}") for key, one in _mapping(value, where).items()
        }
    if kind in (str, str | None):
        if not isinstance(value, str):
            raise WorldError(f"{where}: want text, have {value!r}: put it in quotes")
        return value
    if kind in _PLAIN:
        wanted, called = _PLAIN[kind]
        if not isinstance(value, wanted) or (kind is not bool and isinstance(value, bool)):
            raise WorldError(f"{where}: want {called}, have {value!r}")
        return value
    try:
        return kind(value)
    except ValueError:
        raise WorldError(f"{where}: {value!r} is none of {', '.join(kind)}") from None


_PLAIN: dict[Any, tuple[Any, str]] = {
    bool: (bool, "true or false"),
    int: (int, "a whole number"),
    float: (int | float, "a number"),
}


def _texts(value: object, where: str) -> tuple[str, ...]:
    # A tuple is what a world says of itself; a file has lists alone.
    if not isinstance(value, list | tuple):
        raise WorldError(f"{where}: want a list, have {value!r}")
    return tuple(str(_value(one, str, f"{where}[{n}]")) for n, one in enumerate(value))


def _check(world: World, where: str) -> None:
    if world.scale <= 0:
        raise WorldError(f"{where}: scale: want more than 0, have {world.scale}")
    _check_homes(world, where)
    for name, vpc in world.vpcs.items():
        try:
            ipaddress.IPv4Network(vpc.cidr)
        except ValueError as error:
            raise WorldError(f"{where}: vpcs.{name}.cidr: {error}") from None
        if not 0 <= vpc.ring <= RINGS:
            raise WorldError(f"{where}: vpcs.{name}.ring: want 0 to {RINGS}, have {vpc.ring}")
        if vpc.tables < 1:
            raise WorldError(f"{where}: vpcs.{name}.tables: want 1 or more, have {vpc.tables}")
    seen: set[str] = set()
    for number, api in enumerate(world.apis):
        for taken in (api.name, api.id):
            if taken in seen:
                raise WorldError(f"{where}: apis[{number}]: {taken!r} is taken by an earlier API")
            seen.add(taken)


def _check_homes(world: World, where: str) -> None:
    """Whatever names an account or a Region names one of the world's."""
    accounts, regions = world.accounts or (world.account,), world.regions or (world.region,)
    named = [("account", world.account, accounts), ("region", world.region, regions)]
    homely: list[tuple[str, VpcSpec | Actor]] = [*world.vpcs.items(), *world.actors.items()]
    for name, one in homely:
        home = world.home(one)
        named += [(f"{name}.account", home.account, accounts)]
        named += [(f"{name}.region", home.region, regions)]
    for name, vpc in world.vpcs.items():
        named += [(f"{name}.shared_with", account, accounts) for account in vpc.shared_with]
    named += [(f"{api.name}.region", world.region_of(api), regions) for api in world.apis]
    every = [f"{account}/{region}" for account in accounts for region in regions]
    named += [("no_member", one, tuple(every)) for one in world.no_member]
    for place, value, known in named:
        if value not in known:
            raise WorldError(f"{where}: {place}: {value!r} is none of {', '.join(known)}")
