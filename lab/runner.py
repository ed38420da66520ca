"""Runs one scenario inside a sealed world and says what came of it, as a row."""

import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from lab import decoys, evidence
from lab.looks import NotSeen
from lab.scenario import Scenario
from lab.steps import KINDS
from lab.timing import spans
from lab.verdict import row_of
from lab.world import processes, start
from lab.world.live import LiveWorld
from lab.world.model import World, from_document

DECOYS_OVER_SECONDS = 420.0
NOT_DECOYS = ("netadmin", "oncall")


class Narrator(Protocol):
    """Told of a scenario's course as it happens."""

    def began(self, live: LiveWorld, scenario: Scenario) -> None: ...
    def step(self, live: LiveWorld, kind: str, arguments: dict[str, Any]) -> None: ...
    def done(self, live: LiveWorld, kind: str, arguments: dict[str, Any]) -> None: ...
    def ended(self, live: LiveWorld, row: dict[str, Any]) -> None: ...


class Silence:
    """Narrates nothing."""

    def began(self, live: LiveWorld, scenario: Scenario) -> None:
        """Nothing."""

    def step(self, live: LiveWorld, kind: str, arguments: dict[str, Any]) -> None:
        """Nothing."""

    def done(self, live: LiveWorld, kind: str, arguments: dict[str, Any]) -> None:
        """Nothing."""

    def ended(self, live: LiveWorld, row: dict[str, Any]) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a scenario is run. `scale`: lab seconds in a real one."""

    scenario: Scenario
    directory: Path
    seed: int = 1
    scale: float = 10.0
    by_sam: bool = False
    narrator: Narrator = field(default_factory=Silence)


def run(how: Run) -> dict[str, Any]:
    """The row of one scenario; a step that saw what it must not, or waited in vain, is in `why`."""
    scenario, began = how.scenario, time.monotonic()
    scale = min(how.scale, scenario.scale or how.scale)
    world = from_document(scenario.world | {"scale": scale}, scenario.name)
    with start.running(world, how.directory) as live:
        start.install(live, scenario, by_sam=how.by_sam)
        start.place(live, scenario)
        start.register(live, scenario.register, scenario.secrets)
        live.up_seconds = time.monotonic() - began
        how.narrator.began(live, scenario)
        why = _play(live, how, world) or canary_calls(live)
        row = row_of(live, scenario, why)
        if not row["ok"]:
            evidence.keep(live)
        row |= {"seed": how.seed, "world_seconds": round(live.up_seconds, 1)}
        row["spans"] = {span.name: round(span.seconds, 2) for span in spans(live)}
        row["seconds"] = round(time.monotonic() - began, 1)
        how.narrator.ended(live, row)
    return row


def _play(live: LiveWorld, how: Run, world: World) -> str:
    """Play the timeline with its decoys; what went wrong, "" when nothing did."""
    # Decoys are made in the hub's account, where the VPCs are that they are drawn for.
    actors = tuple(
        name
        for name, actor in world.actors.items()
        if name not in NOT_DECOYS and world.home(actor) == world.hub
    )
    drawn = decoys.draw(how.scenario.decoys, actors, DECOYS_OVER_SECONDS, how.seed)
    live.began_at = live.clock.now_at()
    trouble: list[str] = []
    others = threading.Thread(target=_make_decoys, args=(live, drawn, trouble), daemon=True)
    others.start()
    try:
        for kind, arguments in how.scenario.steps:
            how.narrator.step(live, kind, arguments)
            KINDS[kind].run(live, arguments)
            how.narrator.done(live, kind, arguments)
    except NotSeen as error:
        trouble.append(f"{kind}: {error}")
    if not trouble:
        others.join(timeout=live.clock.to_real_seconds(DECOYS_OVER_SECONDS) + 60)
    return "; ".join(trouble)


def _make_decoys(live: LiveWorld, drawn: tuple[decoys.Decoy, ...], trouble: list[str]) -> None:
    for decoy in drawn:
        live.clock.sleep_until(live.began_at + decoy.offset_seconds)
        try:
            decoys.make(decoy, partial(live.client, actor=decoy.actor), live.ids)
        except Exception as error:  # noqa: BLE001 - a thread's edge: a decoy that fails is a fault of the lab
            trouble.append(f"decoy {decoy.what}: {error}")


def canary_calls(live: LiveWorld) -> str:
    """What canaries asked of AWS, by the front door's record: must be "", nothing at all."""
    calls = processes.emulator("/_lab/callers")
    made = {f"{c['service']} {c['action']}" for c in calls if "CanaryRole" in str(c["principal"])}
    return f"canaries made AWS calls: {sorted(made)}" if made else ""
