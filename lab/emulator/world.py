"""The values of the world that the emulator needs, read once from $GATEWATCH_WORLD (JSON).

Decided here: defaults when the file or a key is absent. Durations are lab seconds.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VARIABLE = "GATEWATCH_WORLD"
DELAYS: Mapping[str, float] = {
    "cloudtrail": 15.0,
    "endpoint_available": 60.0,
    "interface_release": 1200.0,
    "endpoint_deleted": 20.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`accounts` are those whose 12-digit id works as an administrator's access key."""

    region: str = "us-east-1"
    account: str = "111122223333"
    accounts: frozenset[str] = frozenset({"111122223333"})
    delays: Mapping[str, float] = field(default_factory=lambda: dict(DELAYS))
    trail: bool = True
    concurrency: int = 1000
    default_vpc: bool = False
    organization: str = "o-lab0000000"
    actors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def delay_seconds(self, name: str) -> float:
        """Lab seconds of the delay `name`; KeyError for a name nobody declared."""
        return float(self.delays[name])


def _accounts(data: Mapping[str, Any], account: str) -> frozenset[str]:
    declared = {account, *map(str, data.get("accounts") or [])}
    vpcs = data.get("vpcs") or {}
    declared |= {str(vpc["account"]) for vpc in vpcs.values() if vpc.get("account")}
    return frozenset(declared)


def parse(data: Mapping[str, Any]) -> World:
    """A World from a world document; unknown keys belong to other parts of the lab."""
    account = str(data.get("account") or World().account)
    return World(
        region=str(data.get("region") or World().region),
        account=account,
        accounts=_accounts(data, account),
        delays={**DELAYS, **(data.get("delays") or {})},
        trail=bool(data.get("trail", True)),
        concurrency=int(data.get("concurrency") or World().concurrency),
        default_vpc=bool(data.get("default_vpc", False)),
        organization=str(data.get("organization") or World().organization),
        actors=data.get("actors") or {},
    )


def load(environ: Mapping[str, str] = os.environ) -> World:
    """The world named by $GATEWATCH_WORLD, or the defaults.

    Raises ValueError naming the file when it is not a JSON object.
    """
    name = environ.get(VARIABLE, "")
    if not name:
        return parse({})
    try:
        data = json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as wrong:
        raise ValueError(
            f"{VARIABLE}={name}: not readable as JSON ({wrong}); write the world there"
        ) from wrong
    if not isinstance(data, dict):
        raise ValueError(f"{VARIABLE}={name}: want a JSON object, found {type(data).__name__}")
    return parse(data)


WORLD = load()
