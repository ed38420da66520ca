"""One round of probes at one canary, in the lease of the look, with credentials put in.

Whatever keeps a probe from an answer of its own ends as an `unknown` outcome that says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aws_lambda_powertools import Logger

from checker import our_load
from checker.aws import CANARY_TIMEOUT_SECONDS
from checker.budget import tried_beyond
from checker.canary_call import NoAnswer
from checker.lease import Lease
from checker.secrets_read import FRESH_SECONDS, Secret, SecretRefused, Secrets
from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.outcome import Failure, Outcome, Sentinel, Stage, State, Step, View
from probing.wire import Answer, Probe, Work

DEADLINE_SPARE_SECONDS = 3.0
DENIED = frozenset({401, 403})

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one invocation brought. `no_answer` says why there was none ("" when there was);
    `refused` maps an endpoint to why its credential could not be read; `again` counts what
    was asked of an endpoint before it was asked once more with a credential read anew."""

    outcomes: dict[tuple[str, View], Outcome] = field(default_factory=dict)
    sentinels: tuple[Sentinel, ...] = ()
    no_answer: str = ""
    refused: dict[str, str] = field(default_factory=dict)
    again: dict[str, int] = field(default_factory=dict)

    def inside(self, endpoint: str) -> Outcome | None:
        return self.outcomes.get((endpoint, View.INSIDE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Asks one canary, round after round, for one look."""

    look: str
    function: str
    call: Callable[[str, Work], Answer]
    secrets: Secrets
    lease: Lease
    clock: Clock
    probe_timeout_seconds: float

    def ask(self, probes: Sequence[Probe], sentinels: Sequence[str] = ()) -> Round:
        """All probes in one invocation. Raises LeaseLost."""
        refused: dict[str, str] = {}
        ready = [p for p in (self._with_secret(probe, refused) for probe in probes) if p]
        asked = self._invoke(ready, sentinels)
        return replace(
            asked, outcomes={**asked.outcomes, **self._refusals(probes, refused)}, refused=refused
        )

    def ask_denied_again(
        self,
        asked: Round,
        endpoints: Sequence[Endpoint],
        last_good_at: Mapping[str, float],
        left: Mapping[str, int],
    ) -> Round:
        """Where 401 or 403 met a credential, read the credential again, once; a changed one is
        tried at once. What is still denied with a version that is younger than 15 minutes and
        was never seen to work makes the outcome `unknown`: who rotates a credential rolls it out
        at both ends, and we may be early. `left`: requests that the minute still has room for."""
        outcomes = dict(asked.outcomes)
        fresh, again = self._read_again(endpoints, outcomes, left)
        denied = {p.endpoint.id: outcomes[p.endpoint.id, View.INSIDE] for p in again}
        if again:
            outcomes |= self.ask(again).outcomes
        for endpoint in endpoints:
            secret = fresh.get(endpoint.id)
            if (
                secret
                and _denied(outcomes, endpoint)
                and self._early(secret, last_good_at.get(endpoint.id))
            ):
                said = "denied with a credential that changed within 15 minutes"
                self._excuse(outcomes, endpoint.id, said)
        counts = {endpoint: 1 + tried_beyond(outcome) for endpoint, outcome in denied.items()}
        return replace(asked, outcomes=outcomes, again=counts)

    def _excuse(
        self, outcomes: dict[tuple[str, View], Outcome], endpoint: str, reason: str
    ) -> None:
        """The credential is to blame; what was tried stays, for it was asked."""
        tried = outcomes[endpoint, View.INSIDE].tried
        ours = self._ours(endpoint, View.INSIDE, Failure.CREDENTIAL, reason)
        outcomes[endpoint, View.INSIDE] = replace(ours, tried=tried)

    def _read_again(
        self,
        endpoints: Sequence[Endpoint],
        outcomes: dict[tuple[str, View], Outcome],
        left: Mapping[str, int],
    ) -> tuple[dict[str, Secret], list[Probe]]:
        """The credentials of those that were denied, by endpoint, and what to ask with them."""
        fresh: dict[str, Secret] = {}
        again: list[Probe] = []
        for endpoint in endpoints:
            if endpoint.auth is None or not _denied(outcomes, endpoint):
                continue
            try:
                before = self.secrets.read(endpoint.auth.secret).value
                fresh[endpoint.id] = self.secrets.read(endpoint.auth.secret, again=True)
            except SecretRefused as error:
                self._excuse(outcomes, endpoint.id, str(error))
                continue
            if fresh[endpoint.id].value != before and left[endpoint.id] > 0:
                again.append(Probe(endpoint=endpoint, siblings=0))
        return fresh, again

    def _early(self, secret: Secret, last_good_at: float | None) -> bool:
        worked = (
            last_good_at is not None
            and secret.changed_at is not None
            and last_good_at > secret.changed_at
        )
        return not worked and secret.changed_within(FRESH_SECONDS, self.clock.now_at())

    def _with_secret(self, probe: Probe, refused: dict[str, str]) -> Probe | None:
        auth = probe.endpoint.auth
        if auth is None:
            return probe
        try:
            return replace(probe, secret_headers=self.secrets.headers(auth))
        except SecretRefused as error:
            refused[probe.endpoint.id] = str(error)
            return None

    def _refusals(
        self, probes: Sequence[Probe], refused: dict[str, str]
    ) -> dict[tuple[str, View], Outcome]:
        return {
            (probe.endpoint.id, probe.view): self._ours(
                probe.endpoint.id, probe.view, Failure.CREDENTIAL, refused[probe.endpoint.id]
            )
            for probe in probes
            if probe.endpoint.id in refused
        }

    def _invoke(self, probes: Sequence[Probe], sentinels: Sequence[str]) -> Round:
        if not probes and not sentinels:
            return Round()
        self.lease.renew(CANARY_TIMEOUT_SECONDS)
        work = Work(
            look=self.look,
            probes=tuple(probes),
            sentinels=tuple(sentinels),
            probe_timeout_seconds=self.probe_timeout_seconds,
            deadline_seconds=CANARY_TIMEOUT_SECONDS - DEADLINE_SPARE_SECONDS,
        )
        try:
            answer = self.call(self.function, work)
        except NoAnswer as error:
            logger.warning("canary gave no answer", function=self.function, reason=str(error))
            return Round(
                outcomes={
                    (p.endpoint.id, p.view): self._ours(
                        p.endpoint.id, p.view, Failure.CANARY_ERROR, str(error)
                    )
                    for p in probes
                },
                no_answer=str(error),
            )
        return Round(outcomes=self._answered(probes, answer), sentinels=answer.sentinels)

    def _answered(self, probes: Sequence[Probe], answer: Answer) -> dict[tuple[str, View], Outcome]:
        """One outcome for each probe; one that the canary left out is ours to answer for."""
        told = {(outcome.endpoint, outcome.view): outcome for outcome in answer.outcomes}
        return {
            key: told.get(key)
            or self._ours(*key, Failure.CANARY_ERROR, "the canary left this probe out")
            for key in ((probe.endpoint.id, probe.view) for probe in probes)
        }

    def _ours(self, endpoint: str, view: View, failure: Failure, reason: str) -> Outcome:
        now = self.clock.now_at()
        return Outcome(
            endpoint=endpoint,
            view=view,
            state=State.UNKNOWN,
            started_at=now,
            ended_at=now,
            steps=(Step(stage=Stage.RESOLVE, elapsed_ms=0.0, failure=failure, detail=reason),),
            reason=f"{failure}: {reason}",
        )


def _denied(outcomes: Mapping[tuple[str, View], Outcome], endpoint: Endpoint) -> bool:
    outcome = outcomes.get((endpoint.id, View.INSIDE))
    return outcome is not None and outcome.status in DENIED and not our_load.refused(outcome)
