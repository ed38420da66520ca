"""The VPCs that have a canary: one SSM parameter each, made and removed with the canary's stack."""

import json
from dataclasses import dataclass
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
    """A VPC's canary, as its parameter tells."""

    vpc_id: str
    function: str
    subnets: str = ""
    zones: str = ""
    groups: str = ""
    not_representative: str = ""
    release: str = ""

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
    parameters = below(clients.ssm, settings.vantage_path, recursive=False)
    return tuple(sorted((_placed(p, settings.vantage_path) for p in parameters), key=_vpc_id))


def save(table: Table, placed: tuple[Placed, ...]) -> None:
    """Keep them for looks, and for the recorder, which asks SSM nothing."""
    table.put(KEY, {"body": {"B": pack({p.vpc_id: to_json(p) for p in placed})}})


def load(item: dict[str, Any] | None) -> dict[str, Placed]:
    """What `save` wrote, by VPC id."""
    if item is None:
        return {}
    return {vpc_id: from_json(Placed, data) for vpc_id, data in unpack(item).items()}


def _vpc_id(placed: Placed) -> str:
    return placed.vpc_id


def _placed(parameter: dict[str, Any], path: str) -> Placed:
    vpc_id = parameter["Name"].removeprefix(path)
    try:
        return from_json(Placed, {**json.loads(parameter["Value"]), "vpc_id": vpc_id})
    except (ValueError, TypeError) as error:
        raise SourceRefused(f"{parameter['Name']} is not what vpc.yaml writes: {error}") from error
