"""The VPCs that have canaries: one SSM parameter for each canary, made and removed with its stack.

`<path>vpc-1` is that of a VPC's first canary, `<path>vpc-1/3fa2b1` that of a further one, which
stands in another path class of the VPC.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from checker.aws import Clients
from checker.packed import pack, unpack
from checker.parameters import below
from checker.settings import Settings
from checker.sources import SourceRefused
from checker.state import Key, Table
from probing.wire import from_json, to_json
from reasoning.inventory import Inventory
from reasoning.vantage import Vantage

KEY: Key = ("vantages", "now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A VPC's first canary, as its parameter tells, and the functions of the `further` ones that
    are asked with it. One that cannot stand where workloads stand is not: it would see failing
    what they do not. `since_at`: since when this member knows of it."""

    vpc_id: str
    function: str
    subnets: str = ""
    zones: str = ""
    groups: str = ""
    not_representative: str = ""
    release: str = ""
    further: tuple[str, ...] = ()
    since_at: float = 0.0

    @property
    def canaries(self) -> int:
        return 1 + len(self.further)

    def vantage(self, inventory: Inventory) -> Vantage:
        vpc = inventory.vpc(self.vpc_id)
        return Vantage(
            account=inventory.account,
            region=inventory.region,
            vpc_id=self.vpc_id,
            label=vpc.label if vpc else "",
            subnet_id=self.subnets,
            zone=self.zones,
            security_groups=tuple(group for group in self.groups.split(",") if group),
            not_representative=self.not_representative,
        )


def read(clients: Clients, settings: Settings) -> tuple[Placed, ...]:
    """All placed VPCs. Raises SourceRefused when SSM does not answer or a parameter is broken:
    the parameters are our own, so a broken one means that somebody else wrote it."""
    path = settings.vantage_path
    parameters = below(clients.ssm, path, recursive=True)
    by_vpc: dict[str, list[Placed]] = {}
    for parameter in sorted(parameters, key=lambda parameter: str(parameter["Name"])):
        placed = _placed(parameter, path)
        by_vpc.setdefault(placed.vpc_id, []).append(placed)
    return tuple(_together(by_vpc[vpc_id]) for vpc_id in sorted(by_vpc))


def known(
    read: tuple[Placed, ...], before: Mapping[str, Placed], now_at: float
) -> dict[str, Placed]:
    """What was read, by VPC id, with since when each is known."""
    since = {vpc_id: placed.since_at for vpc_id, placed in before.items()}
    return {p.vpc_id: replace(p, since_at=since.get(p.vpc_id) or now_at) for p in read}


def save(table: Table, placed: Iterable[Placed]) -> None:
    """Keep them for looks, and for the recorder, which asks SSM nothing."""
    table.put(KEY, {"body": {"B": pack({p.vpc_id: to_json(p) for p in placed})}})


def load(item: dict[str, Any] | None) -> dict[str, Placed]:
    """What `save` wrote, by VPC id."""
    if item is None:
        return {}
    return {vpc_id: from_json(Placed, data) for vpc_id, data in unpack(item).items()}


def _together(canaries: list[Placed]) -> Placed:
    """The canaries of one VPC, by name. The first is the VPC's first if that one is there."""
    first, *others = canaries
    further = tuple(one.function for one in others if not one.not_representative)
    return replace(first, further=further)


def _placed(parameter: dict[str, Any], path: str) -> Placed:
    vpc_id = parameter["Name"].removeprefix(path).partition("/")[0]
    try:
        return from_json(Placed, {**json.loads(parameter["Value"]), "vpc_id": vpc_id})
    except (ValueError, TypeError) as error:
        raise SourceRefused(f"{parameter['Name']} is not what vpc.yaml writes: {error}") from error
