"""One round of probes at one canary, in the lease of the look, with credentials put in.

Whatever keeps a probe from an answer of its own ends as an `unknown` outcome that says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aws_lambda_powertools import Logger

from checker.aws import CANARY_TIMEOUT_SECONDS
from checker.budget import tried_beyond
from checker.canary_call import NoAnswer
from checker.denials import denied, signature_not_taken
from checker.lease import Lease
from checker.portions import PORTION_BYTES, portions
from checker.secrets_read import FRESH_SECONDS, SecretRefused
from checker.showing import SECONDS as SHOWING_SECONDS
from checker.showing import Showing, Shown, needs
from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.outcome import Failure, Outcome, Sentinel, Stage, State, Step, View
from probing.wire import Answer, Probe, Work

DEADLINE_SPARE_SECONDS = 3.0

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one invocation brought. `no_answer` says why there was none ("" when there was);
    `refused` maps an endpoint to why its credential could not be read; `again` counts what
    was asked of an endpoint before it was asked once more with a credential read anew;
    `changed_at` is when the credential that an endpoint was shown was made."""

    outcomes: dict[tuple[str, View], Outcome] = field(default_factory=dict)
    sentinels: tuple[Sentinel, ...] = ()
    no_answer: str = ""
    refused: dict[str, str] = field(default_factory=dict)
    again: dict[str, int] = field(default_factory=dict)
    changed_at: dict[str, float] = field(default_factory=dict)

    def inside(self, endpoint: str) -> Outcome | None:
        return self.outcomes.get((endpoint, View.INSIDE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Asks one canary, round after round, for one look."""

    look: str
    function: str
    call: Callable[[str, Work], Answer]
    showing: Showing
    lease: Lease
    clock: Clock
    probe_timeout_seconds: float
    portion_bytes: int = PORTION_BYTES

    def ask(self, probes: Sequence[Probe], sentinels: Sequence[str] = ()) -> Round:
        """All probes, in one invocation where they fit into one. Raises LeaseLost."""
        if any(needs(probe.endpoint) for probe in probes):
            self.lease.renew(SHOWING_SECONDS)
        given = self.showing.give(probes)
        asked = self._in_portions(given.ready, sentinels)
        return replace(
            asked,
            outcomes={**asked.outcomes, **self._refusals(probes, given.refused)},
            refused=given.refused,
            changed_at=given.changed_at,
        )

    def ask_denied_again(
        self,
        asked: Round,
        endpoints: Sequence[Endpoint],
        proved_at: Mapping[str, float],
        left: Mapping[str, int],
    ) -> Round:
        """Where what we showed was denied, read it again, once; something else is tried at once.
        What is still denied with a secret that is younger than 15 minutes and was never seen to
        work makes the outcome `unknown`: who rotates a credential rolls it out at both ends, and
        we may be early. `proved_at`: when the credential was made that was last seen to work;
        `left`: requests that the minute still has room for."""
        outcomes = dict(asked.outcomes)
        fresh, again = self._read_again(endpoints, outcomes, left)
        denied = {p.endpoint.id: outcomes[p.endpoint.id, View.INSIDE] for p in again}
        anew = self.ask(again) if again else Round()
        outcomes |= anew.outcomes
        for endpoint in endpoints:
            shown = fresh.get(endpoint.id)
            if shown is not None and _is_denied(outcomes, endpoint):
                why = self._ours_of(endpoint, outcomes, shown, proved_at.get(endpoint.id))
                self._excuse(outcomes, endpoint.id, why)
        counts = {endpoint: 1 + tried_beyond(outcome) for endpoint, outcome in denied.items()}
        changed_at = asked.changed_at | anew.changed_at
        return replace(asked, outcomes=outcomes, again=counts, changed_at=changed_at)

    def _read_again(
        self,
        endpoints: Sequence[Endpoint],
        outcomes: dict[tuple[str, View], Outcome],
        left: Mapping[str, int],
    ) -> tuple[dict[str, Shown], list[Probe]]:
        """What is to be shown now to those that denied us, by endpoint, and what to ask with it."""
        denied = [endpoint for endpoint in endpoints if _is_denied(outcomes, endpoint)]
        if denied:
            self.lease.renew(SHOWING_SECONDS)
        fresh: dict[str, Shown] = {}
        again: list[Probe] = []
        for endpoint, found in self.showing.renew(denied):
            if isinstance(found, SecretRefused):
                self._excuse(outcomes, endpoint.id, str(found))
                continue
            before, fresh[endpoint.id] = found
            if fresh[endpoint.id].of != before.of and left[endpoint.id] > 0:
                again.append(Probe(endpoint=endpoint, siblings=0))
        return fresh, again

    def _excuse(
        self, outcomes: dict[tuple[str, View], Outcome], endpoint: str, reason: str
    ) -> None:
        """The credential is to blame, if there is a `reason`; what was tried stays, for it was
        asked."""
        if reason:
            tried = outcomes[endpoint, View.INSIDE].tried
            ours = self._ours(endpoint, View.INSIDE, Failure.CREDENTIAL, reason)
            outcomes[endpoint, View.INSIDE] = replace(ours, tried=tried)

    def _ours_of(
        self,
        endpoint: Endpoint,
        outcomes: Mapping[tuple[str, View], Outcome],
        shown: Shown,
        proved_at: float | None,
    ) -> str:
        """Why a denial may be our own fault; "" where it is not."""
        against = signature_not_taken(endpoint, outcomes[endpoint.id, View.INSIDE])
        if against:
            return f"our signature was not taken: {against}"
        changed_at = shown.changed_at
        if changed_at is None or (proved_at is not None and proved_at >= changed_at):
            return ""
        if self.clock.now_at() - changed_at >= FRESH_SECONDS:
            return ""
        return "denied with a credential that changed within 15 minutes"

    def _refusals(
        self, probes: Sequence[Probe], refused: Mapping[str, str]
    ) -> dict[tuple[str, View], Outcome]:
        return {
            (probe.endpoint.id, probe.view): self._ours(
                probe.endpoint.id, probe.view, Failure.CREDENTIAL, refused[probe.endpoint.id]
            )
            for probe in probes
            if probe.endpoint.id in refused
        }

    def _in_portions(self, probes: Sequence[Probe], sentinels: Sequence[str]) -> Round:
        """One invocation after the other; the sentinels go with the first. A canary that gave one
        no answer is not asked further: the next would wait as long."""
        whole, answered = Round(), False
        for number, portion in enumerate(portions(probes, self.portion_bytes)):
            if whole.no_answer:
                whole = replace(whole, outcomes=whole.outcomes | self._unasked(portion, whole))
                continue
            told = self._invoke(portion, () if number else sentinels)
            answered = answered or not told.no_answer
            whole = replace(
                told,
                outcomes=whole.outcomes | told.outcomes,
                sentinels=whole.sentinels or told.sentinels,
            )
        return replace(whole, no_answer="") if answered else whole

    def _unasked(self, probes: Sequence[Probe], asked: Round) -> dict[tuple[str, View], Outcome]:
        return {
            (p.endpoint.id, p.view): self._ours(
                p.endpoint.id, p.view, Failure.CANARY_ERROR, asked.no_answer
            )
            for p in probes
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
            nothing = Round(no_answer=str(error))
            return replace(nothing, outcomes=self._unasked(probes, nothing))
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


def _is_denied(outcomes: Mapping[tuple[str, View], Outcome], endpoint: Endpoint) -> bool:
    outcome = outcomes.get((endpoint.id, View.INSIDE))
    return outcome is not None and denied(endpoint, outcome)
