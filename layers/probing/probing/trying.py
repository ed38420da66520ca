"""One probe of a look: at one address of its name, and at the others when that one fails."""

from dataclasses import replace
from threading import Lock

from probing import addresses, expectation, tell
from probing.attempt import Attempt, Seen
from probing.deadline import Deadline
from probing.kind import ProbeKind
from probing.means import Setting
from probing.outcome import Outcome, Resolution, State, Step
from probing.probes import BY_KIND
from probing.secret import Secret
from probing.trust import Trust
from probing.wire import Probe


class Trying:
    """What was tried of one probe. `first` comes before `other`; several `other` may run at once;
    `outcome` may be asked at any time."""

    def __init__(
        self,
        probe: Probe,
        resolution: Resolution | None,
        setting: Setting,
        *,
        started_at: float,
    ) -> None:
        self.probe = probe
        self.resolution = resolution
        self._setting = setting
        self._clock = setting.deadline.clock
        self._started_at = started_at
        self._ended_at = started_at
        self._seen: dict[str, Seen] = {}
        self._writing = Lock()

    def first(self) -> tuple[str, ...]:
        """Make the attempt that every probe makes; the addresses that are to be tried besides."""
        endpoint = self.probe.endpoint
        kind = BY_KIND.get(endpoint.kind)
        if kind is None:
            what = f"this release has no probe kind {endpoint.kind!r}"
            self._keep("", Seen(steps=(tell.ours(what),)))
            return ()
        if not kind.needs_address:
            self._try(kind, "")
            return ()
        order = self._order()
        if not order:
            self._keep("", Seen(steps=()))
            return ()
        self._try(kind, order[0])
        seen = self._seen[order[0]]
        others = order[1 : 1 + self.probe.siblings]
        wanted = addresses.worth_trying_others(seen) or not endpoint.expect.reachable
        return others if wanted else ()

    def other(self, address: str) -> None:
        """Make one more attempt, at another address."""
        self._try(BY_KIND[self.probe.endpoint.kind], address)

    @property
    def failing(self) -> bool:
        """Whether what was tried so far failed by no fault of ours."""
        told = self.outcome()
        return told is not None and told.state is State.FAILING

    def outcome(self) -> Outcome | None:
        """What all that was tried says together; None while nothing is done."""
        with self._writing:
            seen = dict(self._seen)
        if not seen:
            return None
        speaks, tried = addresses.together(seen)
        told = tell.outcome(
            self.probe,
            (*self._resolved(), *speaks.steps),
            started_at=self._started_at,
            ended_at=self._ended_at,
            resolution=self.resolution,
            address=speaks.address,
        )
        return replace(told, tried=tried)

    def _order(self) -> tuple[str, ...]:
        if self.resolution is None:
            return (str(self.probe.pin),)
        if self.resolution.failure:
            return ()
        return addresses.order(
            self.resolution.addresses, first=self.probe.first, own=self._setting.own_addresses
        )

    def _resolved(self) -> tuple[Step, ...]:
        kind = BY_KIND.get(self.probe.endpoint.kind)
        if self.resolution is None or (kind is not None and not kind.needs_address):
            return ()
        return (tell.resolve_step(self.resolution, self.probe.endpoint.expect),)

    def _try(self, kind: ProbeKind, address: str) -> None:
        try:
            attempt = self._attempt(address)
            seen = tell.redacted(kind.probe(attempt), attempt.secrets)
        except Exception as error:  # noqa: BLE001 - one bad endpoint must not stop the others
            seen = Seen(steps=(tell.ours(f"the canary failed: {type(error).__name__}"),))
        self._keep(address, self._in_time(seen))

    def _in_time(self, seen: Seen) -> Seen:
        """A probe that is well but slower than expected is not well."""
        if not seen.steps or any(step.failure for step in seen.steps):
            return seen
        expect = self.probe.endpoint.expect
        told = expectation.too_slow(expect, (*self._resolved(), *seen.steps))
        if told is None:
            return seen
        last = replace(seen.steps[-1], failure=told[0], detail=told[1])
        return replace(seen, steps=(*seen.steps[:-1], last))

    def _keep(self, address: str, seen: Seen) -> None:
        with self._writing:
            self._seen[address] = seen
            self._ended_at = self._clock.now_at()

    def _attempt(self, address: str) -> Attempt:
        probe, means = self.probe, self._setting.means
        spent = self.resolution.elapsed_ms / 1000 if self.resolution and not self._seen else 0.0
        seconds = self._setting.work.probe_timeout_seconds - spent
        return Attempt(
            endpoint=probe.endpoint,
            address=address,
            deadline=Deadline.after(self._clock, seconds, within=self._setting.deadline),
            user_agent=means.user_agent,
            matches=means.matches,
            trust=self._trust(),
            resolution=self.resolution,
            secret_headers={n: Secret(v) for n, v in probe.secret_headers.items()},
            own_addresses=self._setting.own_addresses,
            name_servers=self._setting.servers,
            guard=means.guard,
        )

    def _trust(self) -> Trust:
        probe = self.probe
        private = probe.ca or probe.endpoint.ca
        return Trust(
            ca_file=None if private else self._setting.means.ca_file,
            ca_pem=private,
            client=Secret(probe.client_certificate) if probe.client_certificate else None,
            verify=not probe.endpoint.insecure_tls,
        )
