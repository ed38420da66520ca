"""Following the emulator's state: long-poll it, and make the world like it."""

import asyncio
import functools
import json
import socket
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lab import sealed
from lab.dataplane import names, namespaces, resolver, serving
from lab.dataplane.fronts import Fronts
from lab.dataplane.state import NOTHING, State, Vpc, from_document
from lab.world.alternation import Turns
from lab.world.model import World
from probing.clock import Clock

_POLL_SECONDS = 5
_RETRY_SECONDS = 0.05
# The machine's proxy variables must not lead a call to loopback astray.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_TCP, _UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM


class Follower:
    """Keeps namespaces, servers and what they answer in step with the emulator."""

    def __init__(self, url: str, world: World, clock: Clock, fronts: Fronts) -> None:
        self._url = url
        self._world = world
        self._clock = clock
        self._fronts = fronts
        self._network = namespaces.Network()
        fronts.vpc_behind = self._network.vpc_behind
        self._state = NOTHING
        self._told = ""
        self._revision_made = NOTHING.revision
        self._changed = asyncio.Condition()
        self._servers: dict[str, list[Any]] = {}
        self._turns: dict[str, Turns] = {}
        # One thread: a network namespace is a thread's, and the kernel's changes have an order.
        self._kernel = ThreadPoolExecutor(max_workers=1)

    async def start(self) -> None:
        """The internet: its namespace, resolver and front ends."""
        await self._in_kernel(self._network.make_internet)
        await self._serve_names(namespaces.INTERNET, None, sealed.PUBLIC_RESOLVER)
        await self._serve_front(
            namespaces.INTERNET, self._fronts.public, self._fronts.public_context
        )

    async def run(self) -> None:
        """Follow until cancelled. An emulator that is not up yet, or gone, is asked again."""
        while True:
            try:
                state = await asyncio.to_thread(self._fetch, self._state.revision)
            except OSError as error:  # refused, reset, timed out; what urllib raises is one
                self._tell_once(f"the emulator does not answer: {error}")
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            if state.revision != self._state.revision:
                await self._apply(state)
                self._tell_once(f"revision {state.revision}, {len(state.vpcs)} VPCs")

    async def caught_up(self, timeout_seconds: float) -> State:
        """The state, once everything of the emulator's present revision is made.

        Raises OSError when the emulator does not answer, TimeoutError when the world lags behind.
        """
        wanted = await asyncio.to_thread(self._fetch, None)
        async with asyncio.timeout(timeout_seconds), self._changed:
            await self._changed.wait_for(lambda: self._revision_made >= wanted.revision)
        return self._state

    def _fetch(self, seen: int | None) -> State:
        wait = "" if seen is None or seen < 0 else f"?wait={seen}&seconds={_POLL_SECONDS}"
        address = f"{self._url}/_lab/state{wait}"
        with _DIRECT.open(address, timeout=_POLL_SECONDS * 2) as got:
            return from_document(json.load(got))

    def _tell_once(self, text: str) -> None:
        if text != self._told:
            print(f"data plane: {text}", file=sys.stderr, flush=True)
        self._told = text

    async def _apply(self, state: State) -> None:
        for gone in self._servers.keys() - state.vpcs.keys() - {namespaces.INTERNET}:
            for server in self._servers.pop(gone):
                server.close()
            await self._in_kernel(self._network.remove_vpc, gone)
        # What is answered changes before what can be reached: an address is never open unanswered.
        before, self._state, self._fronts.state = self._state, state, state
        for vpc in state.vpcs.values():
            if vpc.id not in before.vpcs:
                await self._make(vpc)
            if before.vpcs.get(vpc.id) != vpc:
                await self._in_kernel(self._network.update_vpc, vpc)
        self._revision_made = state.revision
        async with self._changed:
            self._changed.notify_all()

    async def _make(self, vpc: Vpc) -> None:
        await self._in_kernel(self._network.make_vpc, vpc)
        name = namespaces.namespace_of(vpc.id)
        for address in (vpc.resolver_address, namespaces.LINK_LOCAL_RESOLVER):
            await self._serve_names(name, vpc.id, address)
        within = functools.partial(self._fronts.within, vpc.id)
        await self._serve_front(name, within, self._fronts.endpoint_context, vpc.id)

    async def _serve_names(self, namespace: str, vpc_id: str | None, address: str) -> None:
        turns = self._turns.setdefault(vpc_id or namespaces.INTERNET, Turns())

        def ask(qname: str, qtype: str) -> names.Reply | None:
            now, turn = self._clock.now_at(), turns.next(qname, qtype)
            return names.answer(self._state, self._world, vpc_id, qname, qtype, now, turn)

        udp = await self._in_kernel(namespaces.bound_socket, namespace, _UDP, address, 53)
        tcp = await self._in_kernel(namespaces.bound_socket, namespace, _TCP, address, 53)
        opened = await resolver.serve(udp, tcp, ask)
        self._servers.setdefault(vpc_id or namespaces.INTERNET, []).extend(opened)

    async def _serve_front(
        self, namespace: str, handler: serving.Handler, context: Any, vpc_id: str | None = None
    ) -> None:
        listener = await self._in_kernel(namespaces.bound_socket, namespace, _TCP, "0.0.0.0", 443)
        server = await serving.serve(listener, handler, context)
        self._servers.setdefault(vpc_id or namespaces.INTERNET, []).append(server)

    async def _in_kernel(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._kernel, work, *arguments)
