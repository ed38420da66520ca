"""The lab's own requests at the front door: /_lab/*.

Decided here: their parameters and answers (JSON). A wrong request answers 400 with what is wrong.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from lab.emulator import (
    actors,
    asked,
    callers,
    concurrency,
    credentials,
    faults,
    sharing,
    state,
    tap,
)
from lab.emulator.calls import Request
from lab.emulator.clock import CLOCK
from lab.emulator.world import WORLD

PREFIX = "/_lab/"
Handler = Callable[[Request, str], Awaitable[Any]]


def _query(request: Request, name: str, default: str = "") -> str:
    return parse_qs(request.query).get(name, [default])[0]


def _body(request: Request) -> dict[str, Any]:
    data = json.loads(request.body or b"{}")
    if not isinstance(data, dict):
        raise ValueError(f"{request.path}: want a JSON object")
    return data


async def _state(request: Request, _: str) -> Any:
    known = _query(request, "wait")
    return await state.wait(int(known) if known else None, float(_query(request, "seconds", "5")))


async def _callers(request: Request, _: str) -> Any:
    return callers.since(int(_query(request, "since", "0")))


async def _permissions(_: Request, __: str) -> Any:
    return asked.all_asked()


async def _faults(request: Request, _: str) -> Any:
    return {"name": faults.add(_body(request)).name}


async def _fault_counts(_: Request, __: str) -> Any:
    return faults.counts()


async def _no_fault(_: Request, name: str) -> Any:
    if not faults.remove(name):
        raise ValueError(f"no fault {name!r}; there are {sorted(faults.counts())}")
    return {"removed": name}


async def _actors(request: Request, _: str) -> Any:
    data = _body(request)
    actor = data.get("actor")
    if isinstance(actor, str):
        if actor not in WORLD.actors:
            raise ValueError(f"no actor {actor!r} in the world; there are {sorted(WORLD.actors)}")
        actor = WORLD.actors[actor]
    if not isinstance(actor, dict):
        raise ValueError("/_lab/actors: 'actor' must be an actor or the name of one of the world's")
    if not data.get("access_key"):
        return credentials.mint(actor)
    actors.register(str(data["access_key"]), actor)
    return {"access_key": data["access_key"]}


async def _tap(request: Request, _: str) -> Any:
    data, control = _body(request), tap.CONTROL
    if "hold" in data:
        named = data["hold"] if isinstance(data["hold"], str) else "*"
        control.hold = named if data["hold"] else ""
        if not control.hold:
            tap.release()
    if "delay_seconds" in data:
        control.delay_seconds = float(data["delay_seconds"])
    if "drop" in data:
        control.drops[str(data["drop"]["event_name"])] = int(data["drop"].get("times", 1))
    if "duplicate" in data:
        control.duplicate = max(1, int(data["duplicate"]))
    return {
        "hold": control.hold,
        "delay_seconds": control.delay_seconds,
        "drops": control.drops,
        "duplicate": control.duplicate,
    }


async def _tapped(_: Request, __: str) -> Any:
    return tap.entries()


async def _concurrency(_: Request, __: str) -> Any:
    return concurrency.told()


async def _vpcs(request: Request, _: str) -> Any:
    data = _body(request)
    shared_with = [str(account) for account in data.get("shared_with") or []]
    sharing.mark(str(data["vpc"]), bool(data.get("default")), shared_with)
    return {"vpc": data["vpc"]}


async def _clock(_: Request, __: str) -> Any:
    return {"now": CLOCK.now_at(), "clock": str(CLOCK), "scale": CLOCK.scale}


ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "state"): _state,
    ("GET", "callers"): _callers,
    ("GET", "permissions"): _permissions,
    ("GET", "faults"): _fault_counts,
    ("POST", "faults"): _faults,
    ("DELETE", "faults"): _no_fault,
    ("POST", "actors"): _actors,
    ("POST", "tap"): _tap,
    ("GET", "tap"): _tapped,
    ("POST", "vpcs"): _vpcs,
    ("GET", "concurrency"): _concurrency,
    ("GET", "clock"): _clock,
}


async def answer(request: Request) -> tuple[int, dict[str, str], bytes]:
    """Answer a /_lab/ request."""
    what, _, name = request.path.removeprefix(PREFIX).partition("/")
    handler = ROUTES.get((request.method, what))
    headers = {"content-type": "application/json"}
    if handler is None:
        wrong = {"error": f"no {request.method} {request.path}; there are {sorted(ROUTES)}"}
        return 404, headers, json.dumps(wrong).encode()
    try:
        told = await handler(request, name)
    except (ValueError, KeyError, TypeError) as wrong_request:
        wrong = {"error": f"{request.method} {request.path}: {wrong_request!r}"}
        return 400, headers, json.dumps(wrong).encode()
    return 200, headers, json.dumps(told).encode()
