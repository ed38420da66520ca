"""The front ends: TLS as API Gateway's, and the record of who asked what.

Decided here: certificates, TLS versions, which door an address is. Not decided here: the answer.
Facts (API Gateway guide "Security policies", recorded responses): a front end serves
*.execute-api.<region>.amazonaws.com whatever the Host; an endpoint speaks TLS 1.2 and never h2; a
custom domain's own certificate is served in public only. Guess: the same certificate also covers
the endpoint's own names. Not copied: HTTP/2 at the public front ends.
"""

import itertools
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import trustme

from lab.dataplane.answers import Door, Fault, Response, respond
from lab.dataplane.names import EDGE_ADDRESS, zone_of
from lab.dataplane.serving import Exchange
from lab.dataplane.state import State
from lab.world.model import World
from lab.world.parts import vpc_of
from probing.clock import Clock

INTERNET = "internet"
_MOST_HITS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One request that a front end answered. No key and no body: only what tells who came where.

    `where` is "internet" or the VPC of the endpoint; `vpc` is where it came from, if from a VPC.
    """

    at: float
    where: str
    vpc: str | None
    source: str
    host: str
    path: str
    user_agent: str
    status: int


class Fronts:
    """Answers for every door; `state` is replaced as the world changes.

    `faults` are keyed by API and VPC; `vpc_behind` tells from which standpoint a caller with a
    public address comes.
    """

    def __init__(self, world: World, clock: Clock, authority: trustme.CA) -> None:
        self.state: State | None = None
        self.faults: dict[tuple[str, str | None], Fault] = {}
        self.vpc_behind: Callable[[str], str | None] = lambda _: None
        self._world = world
        self._clock = clock
        self._hits: deque[Hit] = deque(maxlen=_MOST_HITS)
        self._seeds = itertools.count(int(clock.real_now_at() * 1000))
        self.public_context = _context(authority, world, custom=True)
        self.endpoint_context = _context(authority, world, custom=False)
        self.endpoint_context.maximum_version = ssl.TLSVersion.TLSv1_2

    def rotate(self, name: str, key: str) -> None:
        """Let the API of that name want another key; KeyError when there is none."""
        apis = {api.name: api for api in self._world.apis}
        apis[name] = replace(apis[name], key=key)
        self._world = replace(self._world, apis=tuple(apis.values()))

    def hits(self) -> list[dict[str, Any]]:
        """What the front ends saw, oldest first."""
        return [asdict(hit) for hit in self._hits]

    async def public(self, exchange: Exchange) -> Response:
        """A request to a public address."""
        edge = exchange.local_address == EDGE_ADDRESS
        standpoint = self.vpc_behind(exchange.peer_address)
        caller = vpc_of(standpoint) if standpoint else None
        return self._answer(Door.EDGE if edge else Door.REGIONAL, caller, exchange)

    async def within(self, standpoint: str, exchange: Exchange) -> Response | None:
        """A request to an address in a VPC; None where no execute-api endpoint holds it."""
        vpc = self.state.vpcs.get(standpoint) if self.state else None
        service = f"com.amazonaws.{vpc.region if vpc else ''}.execute-api"
        for one in vpc.endpoints if vpc else ():
            held = any(each.address == exchange.local_address for each in one.interfaces)
            if held and one.available and one.service == service:
                return self._answer(Door.ENDPOINT, vpc_of(standpoint), exchange, one.policy)
        return None

    def _answer(
        self, door: Door, caller: str | None, exchange: Exchange, policy: str | None = None
    ) -> Response:
        now, request = self._clock.now_at(), replace(exchange.request, vpc=caller)
        faults = tuple(self.faults.values())
        response = respond(door, request, self._world, faults, now, next(self._seeds), policy)
        self._hits.append(
            Hit(
                at=now,
                where=INTERNET if door is not Door.ENDPOINT else str(caller),
                vpc=caller,
                source=exchange.peer_address,
                host=request.headers.get("host", ""),
                path=request.path.partition("?")[0],
                user_agent=request.headers.get("user-agent", ""),
                status=response.status,
            )
        )
        return response


def _context(authority: trustme.CA, world: World, *, custom: bool) -> ssl.SSLContext:
    wildcards = [f"*{zone_of(region)}" for region in world.all_regions]
    own_names = [f"*.execute-api.{region}.vpce.amazonaws.com" for region in world.all_regions]
    context = _serving(authority, *wildcards, *own_names)
    domains = [api.domain for api in world.apis if api.domain] if custom else []
    by_name = {domain: _serving(authority, domain) for domain in domains}

    def choose(connection: Any, server_name: str | None, _: ssl.SSLContext) -> None:
        if server_name in by_name:
            connection.context = by_name[server_name]

    if by_name:
        context.sni_callback = choose
    return context


def _serving(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, common_name=names[0]).configure_cert(context)
    context.set_alpn_protocols(["http/1.1"])
    return context
