"""make registry: time and size of a registry of 5,000 endpoints, in one process on moto.

python -m tests.registry_size RESULTS
"""

import json
import logging
import os
import random
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

from moto import mock_aws

from checker import snapshot
from checker.state import Table
from reasoning import registry_file
from tests.unit.checker.org import writer
from tests.unit.checker.world import World

COMMAND = "make registry"
ENDPOINTS, VPCS = 5_000, 10
ITEM_BYTES = 400_000
WRITTEN = ("registry_sources", "registry_snapshot", "digest_pairs", "vpc_look")
ROLE = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def entry(number: int, draw: random.Random) -> dict[str, object]:
    """As a team writes it; ids and words differ, as they do."""
    return {
        "name": f"service-{number:05}-api",
        "url": f"https://{draw.getrandbits(50):010x}.execute-api.us-east-1.amazonaws.com/prod/health",
        "auth": {"api_key": f"ssm:/gatewatch/secrets/{draw.getrandbits(40):x}"},
        "expect": {"status": 200, "latency": "2s", "resolves_to": "public"},
        "owner": f"team-{draw.randrange(60)}",
        "runbook": f"https://wiki.example.com/services/{draw.getrandbits(64):x}",
        "from": {"tags": {"cell": str(number % VPCS)}},
    }


LARGEST: dict[str, int] = {}


class Sizes(Table):
    """The member table, which remembers how large each item was."""

    def put(self, key, attributes, **more):
        body = attributes.get("body", {}).get("B", b"")
        name = f"{key[0].partition('#')[0]}_{key[1].partition('#')[0]}"
        LARGEST[name] = max(LARGEST.get(name, 0), len(body))
        super().put(key, attributes, **more)


def seconds(work) -> float:
    """CPU seconds."""
    began = time.process_time()
    work()
    return time.process_time() - began


def rows():
    draw = random.Random(1)
    entries = [entry(number, draw) for number in range(ENDPOINTS)]
    text = yaml_of(entries)
    yield row("file_bytes", len(text), "bytes", goal=registry_file.MAX_CHARACTERS)
    yield row("file_read_cpu", seconds(lambda: registry_file.read(text, "o")), "s", goal=60)
    world = World()
    table = Sizes(dynamodb=world.clients.dynamodb, name="member")
    world.vpcs = [f"vpc-{number:08x}" for number in range(VPCS)]
    world.ec2.vpcs = [
        {"VpcId": vpc, "CidrBlock": "10.0.0.0/16", "Tags": [{"Key": "cell", "Value": str(number)}]}
        for number, vpc in enumerate(world.vpcs)
    ]
    world.place(*world.vpcs)
    write = writer(world)
    world.member = in_table(world, table)
    world.tick()
    yield row("tick_changed_cpu", seconds(lambda: write(text=text)), "s", goal=60)
    yield row("tick_unchanged_cpu", seconds(world.tick), "s", goal=10)
    kept = snapshot.load_registry(table)
    assert kept is not None and len(kept.endpoints) == ENDPOINTS, "not everything was read"
    for number, vpc in enumerate(world.vpcs):
        took = seconds(lambda vpc=vpc: world.look(vpc))
        if number == 1:
            yield row("look_500_of_5000_cpu", took, "s")
    world.clock.sleep_seconds(60)
    yield row("tick_digest_cpu", seconds(world.tick), "s", goal=30)
    for name in WRITTEN:
        yield row(f"item_{name}", LARGEST[name], "bytes", goal=ITEM_BYTES)
    for made in entries:
        world.register(made["name"], **{key: value for key, value in made.items() if key != "name"})
    write(text="endpoints: []")
    yield row("tick_parameters_cpu", seconds(world.tick), "s", goal=60)
    yield row("peak_memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB")


def in_table(world, table):
    made = world.new_member()
    register = replace(made.tick.register, table=table)
    looking = replace(made.look.looking, table=table)
    tick = replace(made.tick, table=table, register=register)
    return replace(made, tick=tick, look=replace(made.look, table=table, looking=looking))


def yaml_of(entries) -> str:
    """Flow style, one entry a line: what a person or a program would write."""
    lines = (f"  - {json.dumps(one)}" for one in entries)
    return "endpoints:\n" + "\n".join(lines) + "\n"


def row(name, value, unit, goal=None):
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "goal": None if goal is None else f"<= {goal:g}",
        "peer": None,
        "ratio": None,
        "command": COMMAND,
        "ok": goal is None or value <= goal,
    }


def main() -> int:
    os.environ.update(ROLE, AWS_EC2_METADATA_DISABLED="true")
    logging.disable(logging.CRITICAL)
    made = []
    with mock_aws():
        for one in rows():
            made.append(one)
            goal = one["goal"] or ""
            print(f"{one['name']:<24} {one['value']:>12} {one['unit']:<6} {goal}")  # noqa: T201
    out = Path(sys.argv[1])
    out.parent.mkdir(parents=True, exist_ok=True)
    kept = [{key: value for key, value in one.items() if key != "ok"} for one in made]
    out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0 if all(one["ok"] for one in made) else 1


if __name__ == "__main__":
    sys.exit(main())
