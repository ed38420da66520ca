"""The hub holds so many incidents, by stage (`open`, `resolved`, `merged`); those not named: none.

Those that were never told count too.
"""

import json
from collections import Counter
from typing import Any

from lab.looks import until
from lab.world.live import LiveWorld

KIND = "incidents"
STAGES = ("open", "resolved", "merged")


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    wanted = {stage: int(arguments[stage]) for stage in STAGES if arguments.get(stage)}
    until(
        live,
        arguments.get("within_looks", 1),
        lambda: held(live) == wanted,
        lambda: f"incidents {wanted}; there are {held(live)}",
    )


def held(live: LiveWorld) -> dict[str, int]:
    """How many incidents the hub's index names, by stage."""
    dynamodb = live.client("dynamodb")
    pages = dynamodb.get_paginator("query").paginate(
        TableName=live.stack["Hub.TableName"],
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "incidents"}},
    )
    bodies = (item["body"]["S"] for page in pages for item in page["Items"])
    return dict(Counter(_stage(body) for body in bodies))


def _stage(body: str) -> str:
    return str(json.loads(body)["stage"])
