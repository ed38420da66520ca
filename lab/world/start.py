"""Brings a world up inside the sealed namespaces, and down again."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab import sealed
from lab.dataplane import trust
from lab.scenario import Scenario
from lab.world import build, deploy, members, processes
from lab.world.live import DATA_PLANE, ENDPOINT, Credentials, LiveWorld
from lab.world.model import World, to_json
from placer.calls import Calls
from placer.stack import Placement, Stacks
from placer.subnets import choose
from probing.clock import Clock

# The placer is there and places nothing: a scenario says which VPCs get a canary, and when.
STACK_DEFAULTS = {
    "MinGood": "120",
    "ProbeTimeout": "1.5",
    "DefaultOwner": "platform",
    "Placement": "none",
    "LookConcurrency": "3",
}
# It is there and places: the VPCs of the world are not old enough to wait for.
BY_PLACER = {"Placement": "all", "MinVpcAgeMinutes": "0"}


@contextmanager
def running(world: World, directory: Path) -> Iterator[LiveWorld]:
    """The world's processes, its VPCs and its actors; everything of it ends with the context.

    Must run inside the sealed namespaces (`lab.sealed.command`).
    """
    sealed.enter_guard()
    directory.mkdir(parents=True, exist_ok=True)
    world_file = directory / "world.json"
    world_file.write_text(to_json(world))
    real = time.time()
    clock = Clock(real_start_at=real, lab_start_at=float(int(real)), scale=world.scale)
    os.environ |= {
        "GATEWATCH_CLOCK": str(clock),
        "GATEWATCH_WORLD": str(world_file),
        "GATEWATCH_LAB_DIR": str(directory),
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
    }
    trust.install(directory)
    admin = Credentials(access_key=world.account, secret_key="test")
    live = LiveWorld(world=world, clock=clock, directory=directory, admin=admin)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_ENDPOINT")}
    emulator = processes.start_emulator(environment, directory)
    data_plane = processes.start_data_plane(environment, directory)
    live.running = {"emulator": emulator, "dataplane": data_plane}
    try:
        processes.wait_ready(emulator, f"{ENDPOINT}/_lab/state", directory / "emulator.log")
        build.build(live)
        processes.wait_ready(data_plane, f"{DATA_PLANE}/ready", directory / "dataplane.log")
        yield live
    finally:
        for neighbour in live.neighbours:
            neighbour.stop()
        if live.collector is not None:
            live.collector.stop()
        processes.stop(data_plane, emulator)


def install(live: LiveWorld, scenario: Scenario, *, by_sam: bool) -> None:
    """Deploy the shipped templates to the hub and its members, and listen to what is said."""
    parameters = STACK_DEFAULTS | (BY_PLACER if scenario.placer else {}) | scenario.stack
    (deploy.with_sam if by_sam else deploy.with_cloudformation)(live, parameters)
    deploy.listen(live)
    members.install(live, parameters, scenario.members)


def register(live: LiveWorld, entries: dict[str, Any], secrets: dict[str, str]) -> None:
    """Put secrets and registry entries where a team would, in each member: SSM parameters."""
    for home in live.members:
        _register(live.client("ssm", at=home), live, entries, secrets)


def _register(ssm: Any, live: LiveWorld, entries: dict[str, Any], secrets: dict[str, str]) -> None:
    for name, value in secrets.items():
        ssm.put_parameter(Name=name, Value=live.expand(value), Type="SecureString", Overwrite=True)
    for name, entry in entries.items():
        text = entry if isinstance(entry, str) else json.dumps(entry, indent=1)
        ssm.put_parameter(
            Name=f"/gatewatch/endpoints/{name}",
            Value=live.expand(text) if not isinstance(entry, str) else text,
            Type="String",
            Overwrite=True,
        )


def place(live: LiveWorld, scenario: Scenario) -> tuple[str, ...]:
    """One canary stack in each VPC that the scenario names, by the code that `gatewatch place`
    runs; the names of those VPCs. None where the placer places."""
    if scenario.placer:
        return ()
    present = (name for name, vpc in live.world.vpcs.items() if not vpc.later)
    vpcs = scenario.place or tuple(present)
    template = (processes.ROOT / "vpc.yaml").read_text()
    for name in vpcs:
        home = live.home(name)
        calls = Calls(cloudformation=live.client("cloudformation", at=home))
        stacks = Stacks(calls=calls, clock=live.clock)
        member = stacks.member(members.stack_of(live, home))
        standing = choose(live.client("ec2", at=home), live.ids[f"vpc.{name}"])
        placement = Placement(
            vpc_id=live.ids[f"vpc.{name}"],
            subnet_ids=standing.subnet_ids,
            zones=standing.zones,
            not_representative=standing.not_representative,
            by_hand=True,
        )
        stacks.place(placement, member, template)
    return vpcs
