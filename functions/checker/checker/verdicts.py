"""From what a look saw to the new state of each pair, and the transitions that leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from checker import own_group
from checker.look_evidence import Evidence
from checker.outsides import Outside
from checker.pairs import Pair
from checker.scene import Scene
from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.outcome import Failure, Outcome, State
from reasoning.assemble import transition_of
from reasoning.case import Case, Neighbour
from reasoning.diagnosis import LAST_RESORT, diagnose
from reasoning.health import judge
from reasoning.inventory import VpcEndpoint
from reasoning.pair import Judged, Seen
from reasoning.route import EDGE
from reasoning.security_groups import Filters
from reasoning.seeing import seen_of
from reasoning.transition import Health, Transition

WELL = frozenset({Health.GOOD, Health.NEVER_GOOD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The VPC's endpoints as Describe calls told them in this look; `at` None when not asked, or
    refused, which `refused` then says. `filters`: read where a connection to one timed out."""

    endpoints: tuple[VpcEndpoint, ...] = ()
    at: float | None = None
    refused: str = ""
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one pair. `seen` is the newest probe that says something, if any does."""

    pair: Pair
    judged: Judged
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Judges every pair of one look, with the same inventory and Describe answers for all."""

    scene: Scene
    evidence: Evidence
    described: Described
    clock: Clock
    public_answered: bool
    elsewhere: tuple[Neighbour, ...] = ()
    release: str = ""
    kept_in: Mapping[str, str] = field(default_factory=dict)
    _seen: dict[str, tuple[Seen, ...]] = field(default_factory=dict)

    def verdicts(self) -> dict[str, Verdict]:
        """One for every endpoint of the VPC; one that was left out stays as it was."""
        for endpoint in self.scene.endpoints:
            self._seen[endpoint.id] = self._seen_of(endpoint)
        return {endpoint.id: self._verdict(endpoint) for endpoint in self.scene.endpoints}

    def _seen_of(self, endpoint: Endpoint) -> tuple[Seen, ...]:
        scene = self.scene
        last_good = scene.pairs[endpoint.id].state.last_good
        return tuple(
            self._owned(
                endpoint,
                outcome,
                seen_of(
                    endpoint,
                    outcome,
                    scene.vantage,
                    scene.inventory,
                    last_good,
                    self.described.endpoints,
                ),
            )
            for outcome in self.evidence.inside.get(endpoint.id, ())
        ) or (_skipped(scene.pairs[endpoint.id], self.evidence.at),)

    def _owned(self, endpoint: Endpoint, outcome: Outcome, seen: Seen) -> Seen:
        """What the canary's own group did says nothing of the endpoint."""
        if not own_group.concerned(endpoint, outcome, self.kept_in):
            return seen
        return replace(seen, state=State.UNKNOWN, failure=own_group.CLOSED)

    def _verdict(self, endpoint: Endpoint) -> Verdict:
        before, seen = self.scene.pairs[endpoint.id], self._seen[endpoint.id]
        if endpoint.id in self.evidence.left_out:
            return Verdict(pair=before, judged=Judged(state=before.state), seen=seen[-1])
        judged = judge(before.state, seen, self.clock.now_at())
        load = self.evidence.loads.get(endpoint.id, before.load)
        pair = replace(before, state=judged.state, load=load)
        if endpoint.id in self.evidence.extras:
            pair = replace(
                pair, extras_at=self.evidence.at, evidence=self.evidence.extras[endpoint.id]
            )
        elif judged.state.hard is Health.GOOD and judged.state.steady:
            pair = replace(pair, extras_at=None, evidence="")
        if judged.moved:
            pair = pair.moved(self._transition(endpoint, before, judged))
        elif self._may_know_more(endpoint, pair):
            pair, judged = self._diagnosed_anew(endpoint, before, pair, judged)
        return Verdict(pair=pair, judged=judged, seen=seen[_telling(seen)])

    def _may_know_more(self, endpoint: Endpoint, pair: Pair) -> bool:
        """Whether it fails still, was told while Describe calls were refused, and they answer
        now, in a look that was held against others: what is told once would stay so."""
        last = pair.recent[-1] if pair.recent else None
        return (
            last is not None
            and bool(last.facts.get("describe_refused"))
            and last.after is pair.state.standing is Health.FAILING
            and self.described.at is not None
            and endpoint.id in self.evidence.extras
        )

    def _diagnosed_anew(
        self, endpoint: Endpoint, before: Pair, pair: Pair, judged: Judged
    ) -> tuple[Pair, Judged]:
        """Both with a transition from failing to failing, where a cause is found now."""
        state = replace(judged.state, seq=judged.state.seq + 1)
        again = replace(judged, state=state, moved=(Health.FAILING, Health.FAILING))
        made = self._transition(endpoint, before, again)
        if made.diagnosis is None or made.diagnosis.cause == LAST_RESORT:
            return pair, judged
        return replace(pair, state=state).moved(made), again

    def _transition(self, endpoint: Endpoint, before: Pair, judged: Judged) -> Transition:
        flaps = judged.moved is not None and judged.moved[1] is Health.FLAPPING
        case = self._case(endpoint, before, _telling(self._seen[endpoint.id], bad=flaps))
        well = judged.moved is None or judged.moved[1] in WELL
        found = () if well else diagnose(case)
        made = transition_of(before.state, judged, case, found, now_at=self.clock.now_at())
        assert made is not None  # asked for only when the verdict moved something
        return replace(made, facts=made.facts | {"release": self.release})

    def _case(self, endpoint: Endpoint, before: Pair, probe: int) -> Case:
        """The case of that probe of the look, by its number."""
        scene, outside = self.scene, self._outside(endpoint.id)
        return Case(
            endpoint=endpoint,
            vantage=scene.vantage,
            inside=_with_others(self.evidence.inside[endpoint.id], probe),
            route_class=self._seen[endpoint.id][probe].route_class,
            inventory=scene.inventory,
            last_good=before.state.last_good,
            pinned=self.evidence.pinned.get(endpoint.id),
            outside=outside.outcome if outside else None,
            outside_ever_good=bool(outside and outside.ever_good),
            public_ever_answered=self.public_answered,
            sentinels=self.evidence.sentinels,
            described=self.described.endpoints,
            described_at=self.described.at,
            describe_refused=self.described.refused,
            private_api=False if outside and outside.answers_in_public else None,
            filters=self.described.filters,
            neighbours=(*self._neighbours_here(endpoint), *self.elsewhere),
        )

    def _outside(self, endpoint: str) -> Outside | None:
        return self.evidence.outsides.get(endpoint) or self.scene.outsides.get(endpoint)

    def _neighbours_here(self, endpoint: Endpoint) -> list[Neighbour]:
        return [
            Neighbour(
                endpoint=other.id,
                host=other.host,
                vpc_id=self.scene.vpc_id,
                state=self._seen[other.id][-1].state,
                route_class=self._seen[other.id][-1].route_class,
            )
            for other in self.scene.endpoints
            if other.id != endpoint.id
        ]


def _telling(seen: Sequence[Seen], *, bad: bool = False) -> int:
    """The number of the newest probe that says something; of the newest `bad` one, if any is."""
    told = [i for i, one in enumerate(seen) if one.state is not State.UNKNOWN] or [len(seen) - 1]
    failing = [i for i in told if seen[i].state is State.FAILING]
    return failing[-1] if bad and failing else told[-1]


def _with_others(outcomes: Sequence[Outcome], number: int) -> Outcome:
    """That outcome of a look, with what the first one found at the name's other addresses."""
    one = outcomes[number]
    found = next((o.tried for o in reversed(outcomes) if o.tried), ())
    return replace(one, tried=found) if one.state is State.FAILING else one


def public_answered(before: bool, verdicts: Evidence, seen: Mapping[str, Seen]) -> bool:
    """Whether some public address ever answered from this VPC."""
    return (
        before
        or any(s.route_class in EDGE and s.status is not None for s in seen.values())
        or any(outcome.status is not None for outcome in verdicts.pinned.values())
    )


def _skipped(pair: Pair, at: float) -> Seen:
    return Seen(
        state=State.UNKNOWN,
        route_class=pair.state.route_class,
        ended_at=at,
        failure=Failure.OUT_OF_TIME,
    )
