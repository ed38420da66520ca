"""The registry and the inventory as last read, so that a look reads no source."""

from dataclasses import dataclass, field
from typing import Any

from checker import kept
from checker.packed import pack, unpack
from checker.state import Item, Key, Table
from probing.endpoint import Endpoint, Problem
from probing.wire import from_json, to_json
from reasoning.inventory import Inventory

REGISTRY: Key = ("registry", "snapshot")
INVENTORY: Key = ("inventory", "now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowhere:
    """An entry for this member that no VPC looks at, and why."""

    endpoint: str
    source: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """What is looked at by this member. `from_vpcs` of each endpoint is worked out: empty means
    every placed VPC. `resumed_at`: when the last pause ended. `said_at`: by source, since when it
    has said what it says; `refused`: by source, why it could not be read."""

    endpoints: tuple[Endpoint, ...] = ()
    problems: tuple[Problem, ...] = ()
    nowhere: tuple[Nowhere, ...] = ()
    paused: bool = False
    resumed_at: float = 0.0
    said_at: dict[str, float] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def save_registry(table: Table, registry: Registry) -> None:
    kept.save(table, REGISTRY, registry)


def load_registry(table: Table, item: Item | None = None) -> Registry | None:
    """What `save_registry` wrote; None when nothing was ever read. `item`: the one at REGISTRY."""
    return kept.load(table, Registry, REGISTRY, item)


def save_inventory(table: Table, inventory: Inventory) -> None:
    table.put(INVENTORY, {"body": {"B": pack(to_json(inventory))}})


def load_inventory(item: dict[str, Any] | None) -> Inventory | None:
    """What `save_inventory` wrote; None when there was none yet."""
    return None if item is None else from_json(Inventory, unpack(item))


def endpoints_for(registry: Registry | None, vpc_id: str) -> tuple[Endpoint, ...]:
    """The endpoints that are looked at from that VPC: all that do not name others."""
    if registry is None:
        return ()
    return tuple(e for e in registry.endpoints if not e.from_vpcs or vpc_id in e.from_vpcs)
