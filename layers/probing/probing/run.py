"""One look: every probe and sentinel of a piece of work, side by side, under one deadline."""

import secrets
from dataclasses import replace
from functools import partial
from threading import Lock

from probing import libc, opinion, tell
from probing.clock import Clock
from probing.deadline import Deadline
from probing.means import Means, Setting
from probing.outcome import Failure, Outcome, Resolution, Sentinel
from probing.pacing import Pace
from probing.pool import Pool
from probing.resolve import RESOLV_CONF, NameServer, name_servers, resolve
from probing.trying import Trying
from probing.wire import Answer, Work

_DNS_SHARE = 0.6
"""Of a probe's time: what a slow name server may take before the rest could not be looked at."""
_GRACE_SECONDS = 0.5
_UNREADABLE = Resolution(
    host="",
    name_server="",
    rcode="",
    failure=Failure.CANARY_ERROR,
    detail="the endpoint's URL cannot be read",
)
"""Of a URL that urlsplit refuses: no registry takes one, but a work message can hold it."""
_MEANS = Means()


def look(
    work: Work,
    clock: Clock,
    *,
    own_addresses: tuple[str, ...] = (),
    resolv_conf: str = RESOLV_CONF,
    means: Means = _MEANS,
) -> Answer:
    """Do `work`; outcomes stand in the order of its probes, sentinels of its sentinels.

    Returns within `work.deadline_seconds` (real time) and half a second: what was not reached by
    then is `unknown: out_of_time`. One bad endpoint never stops the others.
    """
    setting = Setting(
        work=work,
        deadline=Deadline.after(clock, work.deadline_seconds),
        own_addresses=own_addresses,
        servers=name_servers(resolv_conf, port=means.dns_port),
        means=means,
    )
    run = _Look(setting)
    run.pool.run(setting.deadline, grace_seconds=_GRACE_SECONDS)
    return Answer(
        look=work.look,
        outcomes=tuple(run.outcome(index) for index in range(len(work.probes))),
        sentinels=tuple(run.sentinel(domain) for domain in work.sentinels),
        addresses=own_addresses,
        name_server=str(setting.servers[0]) if setting.servers else "",
        release=means.release,
    )


class _Look:
    """The tasks of one look and what they found. Tasks write under distinct keys only."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.work = setting.work
        self.deadline = setting.deadline
        self.clock = setting.deadline.clock
        self.started_at = self.clock.now_at()
        self.trying: dict[int, Trying] = {}
        self.sentinels: dict[str, Sentinel] = {}
        self.pool = Pool(self.clock, setting.means.concurrency)
        self.pace = Pace(self.clock)
        self._plan()

    def _plan(self) -> None:
        """Each host is resolved once; its probes follow when that is done. Pinned ones need none.
        Sentinels come last: they serve the other outcomes."""
        by_host: dict[str, list[int]] = {}
        for index, probe in enumerate(self.work.probes):
            if probe.pin:
                self.pool.add(partial(self._begin, index, None, None))
                continue
            try:
                by_host.setdefault(probe.endpoint.target, []).append(index)
            except ValueError:
                self.pool.add(partial(self._begin, index, _UNREADABLE, None))
        for host, indexes in by_host.items():
            self.pool.add(partial(self._host, host, indexes))
        for domain in self.work.sentinels:
            self.pool.add(partial(self._sentinel, domain))

    def _dns_deadline(self) -> Deadline:
        """The time of one name, from when it is its turn at the name server."""
        wait_seconds = self.pace.wait_seconds()
        self.clock.sleep_seconds(wait_seconds * self.clock.scale)
        seconds = self.work.probe_timeout_seconds * _DNS_SHARE
        return Deadline.after(self.clock, seconds, within=self.deadline)

    def _host(self, host: str, indexes: list[int]) -> None:
        deadline = self._dns_deadline()
        started_at = self.clock.now_at()
        beside = libc.Beside(self.setting.means.lookup, host)
        resolution = tell.cut(resolve(host, self.setting.servers, deadline), deadline)
        resolution = replace(resolution, getaddrinfo=beside.wait(deadline))
        asked = _SecondOpinion(self, resolution)
        if resolution.failure:
            resolution = asked.told()
        for index in indexes:
            self.pool.add(partial(self._begin, index, resolution, started_at, asked))

    def _sentinel(self, domain: str) -> None:
        host = f"gw-{secrets.token_hex(6)}.{domain}"
        deadline = self._dns_deadline()
        resolution = tell.cut(resolve(host, self.setting.servers, deadline), deadline)
        self.sentinels[domain] = Sentinel(service=domain, resolution=resolution)

    def _begin(
        self,
        index: int,
        resolution: Resolution | None,
        started_at: float | None,
        asked: "_SecondOpinion | None" = None,
    ) -> None:
        """Try one address; the others of the name become tasks of their own when it fails."""
        trying = Trying(
            self.work.probes[index],
            resolution,
            self.setting,
            started_at=self.clock.now_at() if started_at is None else started_at,
        )
        self.trying[index] = trying
        others = trying.first()
        if asked is not None and trying.failing:
            trying.resolution = asked.told()
        for address in others:
            self.pool.add(partial(trying.other, address))

    def outcome(self, index: int) -> Outcome:
        trying = self.trying.get(index)
        found = trying.outcome() if trying is not None else None
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


class _SecondOpinion:
    """What another resolver says of a host, asked at most once, where something of it failed."""

    def __init__(self, run: _Look, resolution: Resolution) -> None:
        self._run = run
        self._resolution = resolution
        self._told: Resolution | None = None
        self._one_at_a_time = Lock()

    def told(self) -> Resolution:
        """The resolution with the second opinion beside it."""
        with self._one_at_a_time:
            if self._told is None:
                self._told = replace(self._resolution, second_opinion=self._ask())
            return self._told

    def _ask(self) -> str:
        means, resolution = self._run.setting.means, self._resolution
        address = means.second_resolver
        if not address or not resolution.name_server or resolution.name_server == address:
            return ""
        server = NameServer(address=address, port=means.dns_port)
        return opinion.second(resolution.host, server, self._run.deadline)
