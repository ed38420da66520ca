"""The organisation's file as a test writes it, and what became of it in a member."""

import json

from checker import snapshot
from reasoning.wire import PROBLEM

BUCKET = "gatewatch-registry"


def writer(world):
    """`write(*entries)` or `write(text=…)` puts the file; the member reads it at once."""
    s3 = world.with_bucket(BUCKET)

    def write(*entries, text=None, **top):
        body = json.dumps({"endpoints": list(entries), **top}) if text is None else text
        s3.put_object(Bucket=BUCKET, Key="endpoints.yaml", Body=body)
        world.tick()

    return write


def entry(name="ledger", where=None, **more):
    return {
        "name": name,
        "url": f"https://{name}.example.com/health",
        "from": {"accounts": "all"} if where is None else where,
        **more,
    }


def known(world):
    return snapshot.load_registry(world.table)


def ids(world):
    return sorted(endpoint.id for endpoint in known(world).endpoints)


def open_problems(world):
    """What is open by key, as the bus was told."""
    found = {}
    for body in world.bus.bodies(PROBLEM):
        for told in body:
            found[told["key"]] = told
    return {key: told for key, told in found.items() if told["open"]}
