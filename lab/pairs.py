"""Reads the members' state as it stands in their table: what the canaries last made of a pair."""

from typing import Any

from checker import packed
from lab.world.live import LiveWorld
from probing.wire import from_json
from reasoning.pair import PairState


def state_of(live: LiveWorld, pair: str) -> dict[str, Any]:
    """The stored state of "endpoint@vpc" (vpc by its scenario name); {} when there is none."""
    endpoint, _, vpc = pair.partition("@")
    home = live.home(vpc)
    asked = live.client("dynamodb", at=home).get_item(
        TableName=live.members[home]["TableName"],
        Key={"pk": {"S": f"pair#{endpoint}@{live.ids[f'vpc.{vpc}']}"}, "sk": {"S": "state"}},
        ConsistentRead=True,
    )
    item = asked.get("Item")
    return dict(packed.unpack(item)) if item else {}


def health_of(live: LiveWorld, pair: str) -> str:
    """Its health, "" when the pair is not known yet."""
    stored = state_of(live, pair).get("state")
    return from_json(PairState, stored).health.value if stored else ""


def seen_as(live: LiveWorld, pair: str) -> str:
    """What the look saw that gave the pair its health: "inside …; pinned …; outside …"."""
    recent = state_of(live, pair).get("recent") or [{}]
    looks = recent[-1].get("looks", {})
    return "; ".join(f"{view} {line}" for view, line in looks.items())
