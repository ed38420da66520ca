"""The data plane's own door, on loopback of the control namespace: readiness, faults, hits."""

import json
from typing import Any

from lab.dataplane.answers import Fault, Response
from lab.dataplane.follow import Follower
from lab.dataplane.fronts import Fronts
from lab.dataplane.serving import Exchange
from lab.world.model import World

ADDRESS, PORT = "127.0.0.1", 4567
_READY_WITHIN_SECONDS = 5


class Control:
    """GET /ready, GET /hits, POST and DELETE /faults, POST /keys."""

    def __init__(self, world: World, follower: Follower, fronts: Fronts) -> None:
        self._world = world
        self._follower = follower
        self._fronts = fronts

    async def answer(self, exchange: Exchange) -> Response:
        """One request; unknown paths answer 404, faults that make no sense 400 with the reason."""
        request = exchange.request
        match request.method, request.path.partition("?")[0]:
            case "GET", "/ready":
                return await self._ready()
            case "GET", "/hits":
                return _json(200, self._fronts.hits())
            case "POST", "/faults":
                return self._break(exchange.body)
            case "DELETE", "/faults":
                return self._mend(exchange.body)
            case "POST", "/keys":
                return self._rotate(exchange.body)
        return _json(404, {"error": f"known: {type(self).__doc__}"})

    async def _ready(self) -> Response:
        try:
            state = await self._follower.caught_up(_READY_WITHIN_SECONDS)
        except OSError as error:  # TimeoutError is one
            return _json(503, {"error": f"not in step with the emulator: {error or 'too slow'}"})
        return _json(200, {"revision": state.revision, "vpcs": sorted(state.vpcs)})

    def _break(self, body: bytes) -> Response:
        try:
            wanted = json.loads(body)
            status, until, vpc = int(wanted["status"]), wanted.get("until"), wanted.get("vpc")
            after = wanted.get("retry_after")
            retry_after = None if after is None else int(after)
            fault = Fault(
                api=wanted["api"], status=status, until=until, vpc=vpc, retry_after=retry_after
            )
        except (ValueError, KeyError, TypeError) as error:
            return _json(
                400,
                {"error": f'want {{"api", "status", "until", "vpc", "retry_after"}}: {error!r}'},
            )
        known = [api.name for api in self._world.apis]
        if fault.api not in known or not 400 <= fault.status <= 599:
            return _json(400, {"error": f"api: one of {known}; status: 400 to 599"})
        self._fronts.faults[fault.api, fault.vpc] = fault
        return _json(200, {})

    def _rotate(self, body: bytes) -> Response:
        """{"api", "key"}: from now on the API wants this key, and no other."""
        try:
            wanted = json.loads(body)
            self._fronts.rotate(str(wanted["api"]), str(wanted["key"]))
        except (ValueError, KeyError, TypeError) as error:
            known = [api.name for api in self._world.apis]
            return _json(400, {"error": f'want {{"api": one of {known}, "key"}}: {error!r}'})
        return _json(200, {})

    def _mend(self, body: bytes) -> Response:
        """Without a body every API is mended, with {"api": name} that one."""
        try:
            only = json.loads(body)["api"] if body else None
        except (ValueError, KeyError, TypeError) as error:
            return _json(400, {"error": f'want nothing or {{"api"}}: {error!r}'})
        for key in [key for key in self._fronts.faults if only in (None, key[0])]:
            del self._fronts.faults[key]
        return _json(200, {})


def _json(status: int, said: Any) -> Response:
    body = json.dumps(said).encode()
    headers = (("Content-Type", "application/json"), ("Content-Length", str(len(body))))
    return Response(status=status, headers=headers, body=body)
