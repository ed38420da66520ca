"""Wait until pairs have the health named, `{endpoint@vpc: health}`."""

from typing import Any

from lab.looks import until
from lab.pairs import health_of
from lab.world.live import LiveWorld

KIND = "settle"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    wanted = {str(pair): str(health) for pair, health in arguments["health"].items()}
    until(
        live,
        arguments.get("within_looks", 4),
        lambda: all(health_of(live, pair) == health for pair, health in wanted.items()),
        lambda: f"health {wanted}; it is { {pair: health_of(live, pair) for pair in wanted} }",
    )
