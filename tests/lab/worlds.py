"""A world as steps see it: a clock that waiting alone moves, and clients that a test makes."""

from types import SimpleNamespace
from typing import Any

from lab.world.model import from_document
from tests.support.virtual_clock import VirtualClock

WORLD = {
    "accounts": ["111122223333", "222233334444"],
    "vpcs": {
        "a": {"cidr": "10.0.0.0/16"},
        "b": {"cidr": "10.0.0.0/16", "account": "222233334444"},
    },
}


class LabClock(VirtualClock):
    scale = 1.0


class Ear:
    """Hears nothing; time passes while one waits for it."""

    def __init__(self, clock: LabClock) -> None:
        self._clock = clock

    def wait(self, seconds: float) -> None:
        self._clock.at += 60.0


def live(clients: dict[tuple[str, str], Any], **more: Any) -> Any:
    """`clients` by service and account."""
    clock = LabClock(0.0)
    world = from_document(WORLD, "test")

    def client(service: str, actor: str | None = None, at: Any = None) -> Any:
        return clients[service, (at or world.hub).account]

    return SimpleNamespace(
        up_seconds=more.pop("up_seconds", 0.0),
        world=world,
        clock=clock,
        heard=Ear(clock),
        client=client,
        home=lambda name: world.home(world.vpcs[name]),
        ids={"vpc.a": "vpc-0a", "vpc.b": "vpc-0b"},
        stack={"Hub.TableName": "hub"},
        **more,
    )
