"""One look: every probe and sentinel of a piece of work, side by side, under one deadline."""

import secrets
from dataclasses import dataclass, replace
from functools import partial

from probing import guard, libc, tell
from probing.attempt import Attempt, Guard
from probing.clock import Clock
from probing.deadline import Deadline
from probing.outcome import Failure, Outcome, Resolution, Sentinel, Step
from probing.pool import Pool
from probing.probes import BY_KIND
from probing.resolve import RESOLV_CONF, NameServer, name_servers, resolve
from probing.secret import Secret
from probing.wire import Answer, Probe, Work

_DNS_SHARE = 0.6
"""Of a probe's time: what a slow name server may take before the rest could not be looked at."""
_SECOND_OPINION_SECONDS = 1.0
_GRACE_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a look works with. Only code can give it: no work message reaches it.

    `guard` judges addresses; `ca_file` None trusts the system's roots; `lookup` is the C
    library's view of a host; `concurrency` is how many probes start at once; `second_resolver` is
    asked too where the configured name server fails.
    """

    guard: Guard = guard.check
    ca_file: str | None = None
    dns_port: int = 53
    lookup: libc.Lookup = libc.addresses
    concurrency: int = 16
    release: str = "dev"
    second_resolver: str | None = None

    @property
    def user_agent(self) -> str:
        return f"gatewatch/{self.release} (+https://github.com/gatewatch/gatewatch)"


def look(
    work: Work,
    clock: Clock,
    *,
    own_addresses: tuple[str, ...] = (),
    resolv_conf: str = RESOLV_CONF,
    means: Means = Means(),
) -> Answer:
    """Do `work`; outcomes stand in the order of its probes, sentinels of its sentinels.

    Returns within `work.deadline_seconds` (real time) and half a second: what was not reached by
    then is `unknown: out_of_time`. One bad endpoint never stops the others.
    """
    servers = name_servers(resolv_conf, port=means.dns_port)
    look_deadline = Deadline.after(clock, work.deadline_seconds)
    run = _Look(work, look_deadline, own_addresses, servers, means)
    run.pool.run(look_deadline, grace_seconds=_GRACE_SECONDS)
    return Answer(
        look=work.look,
        outcomes=tuple(run.outcome(index) for index in range(len(work.probes))),
        sentinels=tuple(run.sentinel(domain) for domain in work.sentinels),
        addresses=own_addresses,
        name_server=str(servers[0]) if servers else "",
        release=means.release,
    )


class _Look:
    """The tasks of one look and what they found. Tasks write under distinct keys only."""

    def __init__(
        self,
        work: Work,
        deadline: Deadline,
        own_addresses: tuple[str, ...],
        servers: tuple[NameServer, ...],
        means: Means,
    ) -> None:
        self.work = work
        self.deadline = deadline
        self.clock = deadline.clock
        self.own_addresses = own_addresses
        self.servers = servers
        self.means = means
        self.started_at = self.clock.now_at()
        self.outcomes: dict[int, Outcome] = {}
        self.sentinels: dict[str, Sentinel] = {}
        self.pool = Pool(self.clock, means.concurrency)
        self._plan()

    def _plan(self) -> None:
        """Each host is resolved once; its probes follow when that is done. Pinned ones need none.
        Sentinels come last: they serve the other outcomes."""
        by_host: dict[str, list[int]] = {}
        for index, probe in enumerate(self.work.probes):
            if probe.pin:
                self.pool.add(partial(self._probe, index, None))
            else:
                by_host.setdefault(probe.endpoint.host, []).append(index)
        for host, indexes in by_host.items():
            self.pool.add(partial(self._host, host, indexes))
        for domain in self.work.sentinels:
            self.pool.add(partial(self._sentinel, domain))

    def _dns_deadline(self) -> Deadline:
        seconds = self.work.probe_timeout_seconds * _DNS_SHARE
        return Deadline.after(self.clock, seconds, within=self.deadline)

    def _host(self, host: str, indexes: list[int]) -> None:
        started_at = self.clock.now_at()
        deadline = self._dns_deadline()
        beside = libc.Beside(self.means.lookup, host)
        resolution = tell.cut(resolve(host, self.servers, deadline), deadline)
        resolution = replace(
            resolution,
            getaddrinfo=beside.wait(deadline),
            second_opinion=self._second_opinion(resolution),
        )
        for index in indexes:
            self.pool.add(partial(self._probe, index, resolution, started_at=started_at))

    def _second_opinion(self, resolution: Resolution) -> str:
        address = self.means.second_resolver
        if not resolution.failure or not address or resolution.name_server == address:
            return ""
        deadline = Deadline.after(self.clock, _SECOND_OPINION_SECONDS, within=self.deadline)
        server = NameServer(address=address, port=self.means.dns_port)
        told = resolve(resolution.host, (server,), deadline)
        said = ", ".join(told.addresses) or told.detail
        return f"{address}: {said}"

    def _sentinel(self, domain: str) -> None:
        host = f"gw-{secrets.token_hex(6)}.{domain}"
        deadline = self._dns_deadline()
        resolution = tell.cut(resolve(host, self.servers, deadline), deadline)
        self.sentinels[domain] = Sentinel(service=domain, resolution=resolution)

    def _probe(
        self, index: int, resolution: Resolution | None, *, started_at: float | None = None
    ) -> None:
        probe = self.work.probes[index]
        started_at = self.clock.now_at() if started_at is None else started_at
        try:
            steps, address = self._steps(probe, resolution)
        except Exception as error:  # noqa: BLE001 - one bad endpoint must not stop the others
            steps, address = (tell.ours(f"the canary failed: {type(error).__name__}"),), None
        self.outcomes[index] = tell.outcome(
            probe,
            steps,
            started_at=started_at,
            ended_at=self.clock.now_at(),
            resolution=resolution,
            address=address,
        )

    def _steps(
        self, probe: Probe, resolution: Resolution | None
    ) -> tuple[tuple[Step, ...], str | None]:
        before: tuple[Step, ...] = ()
        spent_seconds = 0.0
        if resolution is not None:
            before = (tell.resolve_step(resolution),)
            spent_seconds = resolution.elapsed_ms / 1000
            if resolution.failure:
                return before, None
        make = BY_KIND.get(probe.endpoint.kind)
        if make is None:
            return (
                *before,
                tell.ours(f"this release has no probe kind {probe.endpoint.kind!r}"),
            ), None
        seconds = self.work.probe_timeout_seconds - spent_seconds
        attempt = Attempt(
            endpoint=probe.endpoint,
            addresses=resolution.addresses if resolution else (str(probe.pin),),
            deadline=Deadline.after(self.clock, seconds, within=self.deadline),
            user_agent=self.means.user_agent,
            ca_file=self.means.ca_file,
            resolution=resolution,
            secret_headers={n: Secret(v) for n, v in probe.secret_headers.items()},
            own_addresses=self.own_addresses,
            guard=self.means.guard,
        )
        seen = make(attempt)
        return (*before, *seen.steps), seen.address

    def outcome(self, index: int) -> Outcome:
        found = self.outcomes.get(index)
        if found is not None:
            return found
        step = tell.unreached(Failure.OUT_OF_TIME, "the look ended before this probe did")
        now_at = self.clock.now_at()
        return tell.outcome(
            self.work.probes[index], (step,), started_at=self.started_at, ended_at=now_at
        )

    def sentinel(self, domain: str) -> Sentinel:
        untold = Resolution(
            host=f"gw.{domain}",
            name_server="",
            rcode="",
            failure=Failure.OUT_OF_TIME,
            detail="the look ended before this name was asked for",
        )
        return self.sentinels.get(domain) or Sentinel(service=domain, resolution=untold)
