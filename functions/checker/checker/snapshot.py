"""The registry and the inventory as last read: one item each, so that a look reads no source."""

from dataclasses import dataclass
from typing import Any

from checker.packed import pack, unpack
from checker.sources import Read
from checker.state import Key, Table
from probing.endpoint import Endpoint, Problem
from probing.wire import from_json, to_json
from reasoning.inventory import Inventory

REGISTRY: Key = ("registry", "snapshot")
INVENTORY: Key = ("inventory", "now")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    endpoints: tuple[Endpoint, ...] = ()
    problems: tuple[Problem, ...] = ()


def save_registry(table: Table, read: Read) -> None:
    kept = _Kept(endpoints=read.endpoints, problems=read.problems)
    table.put(REGISTRY, {"body": {"B": pack(to_json(kept))}})


def load_registry(item: dict[str, Any] | None) -> Read | None:
    """What `save_registry` wrote; None when nothing was ever read."""
    if item is None:
        return None
    kept = from_json(_Kept, unpack(item))
    return Read(endpoints=kept.endpoints, problems=kept.problems)


def save_inventory(table: Table, inventory: Inventory) -> None:
    table.put(INVENTORY, {"body": {"B": pack(to_json(inventory))}})


def load_inventory(item: dict[str, Any] | None) -> Inventory | None:
    """What `save_inventory` wrote; None when there was none yet."""
    return None if item is None else from_json(Inventory, unpack(item))


def endpoints_for(read: Read | None, vpc_id: str) -> tuple[Endpoint, ...]:
    """The endpoints that are looked at from that VPC: all that do not name others."""
    if read is None:
        return ()
    return tuple(e for e in read.endpoints if not e.from_vpcs or vpc_id in e.from_vpcs)
