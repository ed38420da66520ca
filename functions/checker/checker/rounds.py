"""The probes of one look, in order: inside, then outside and pinned where it matters, and the
confirmations that health asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from checker import our_load
from checker.asking import Asker, Round
from checker.budget import Budget, siblings
from checker.look_evidence import Evidence
from checker.our_load import Load
from checker.outsides import OutsideLook
from checker.pairs import Pair
from checker.scene import Scene
from checker.taking_part import Terms
from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.outcome import Outcome, State, View
from probing.wire import Probe
from reasoning.health import may_settle, more_probes
from reasoning.pair import Seen
from reasoning.route import EDGE
from reasoning.seeing import seen_of
from reasoning.transition import Health

EXTRAS_EVERY_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Runs the rounds of one look at one scene."""

    scene: Scene
    asker: Asker
    outside: OutsideLook
    clock: Clock
    sentinels: tuple[str, ...]
    terms: Terms

    def run(self) -> Evidence:
        """Raises LeaseLost when another look took the VPC."""
        began_at = self.clock.now_at()
        last = self.scene.last
        budget = (last.budget if last else Budget()).at(began_at)
        budget = replace(budget, canaries=self.scene.placed.canaries)
        left_out = self.terms.left_out(self.scene, budget, began_at)
        endpoints = [e for e in self.scene.endpoints if e.id not in left_out]
        first = self._first(endpoints, budget)
        evidence = Evidence(
            at=self.clock.now_at(),
            budget=budget.with_look(self.clock.now_at()),
            inside={e.id: [o] for e in endpoints if (o := self._inside(first, e)) is not None},
            left_out=left_out,
            asked_again=first.again,
            shown_of=first.changed_at,
            sentinels=first.sentinels,
            refused=first.refused,
            no_answer=first.no_answer,
        )
        if not first.no_answer:
            self._further(evidence, endpoints)
        evidence.loads.update(self._loads(evidence))
        return replace(evidence, ended_at=self.clock.now_at())

    def _first(self, endpoints: Sequence[Endpoint], budget: Budget) -> Round:
        left = {e.id: budget.left(e.id) - 1 for e in endpoints}
        known = self.scene.last.pairs if self.scene.last else {}
        probes = [
            Probe(
                endpoint=e,
                siblings=siblings(left[e.id]),
                first=known[e.id].failing_at if e.id in known else (),
            )
            for e in endpoints
        ]
        asked = self.asker.ask(probes, self.sentinels)
        if self.scene.vantage.not_representative:
            return asked  # judged by its route alone: no answer here says anything of a credential
        proved = {e: seen.proved_at for e, seen in known.items() if seen.proved_at is not None}
        return self.asker.ask_denied_again(asked, endpoints, proved, left)

    def _inside(self, asked: Round, endpoint: Endpoint) -> Outcome | None:
        outcome = asked.inside(endpoint.id)
        return None if outcome is None else self._held(endpoint.id, outcome)

    def _held(self, endpoint: str, outcome: Outcome) -> Outcome:
        """The outcome, with our own load suspected first where the endpoint was good before."""
        if self.scene.vantage.not_representative:
            return outcome  # judged by its route alone, whatever it was answered
        pair = self.scene.pairs[endpoint]
        good = outcome.view is View.PINNED or pair.state.hard is Health.GOOD
        return our_load.held(outcome, pair.load, good=good)

    def _loads(self, evidence: Evidence) -> dict[str, Load | None]:
        loads = {}
        for endpoint, inside in evidence.inside.items():
            pinned = evidence.pinned.get(endpoint)
            outcomes = [*inside, pinned] if pinned else inside
            load = self.scene.pairs[endpoint].load
            loads[endpoint] = our_load.after(load, outcomes, evidence.at)
        return loads

    def _further(self, evidence: Evidence, endpoints: Sequence[Endpoint]) -> None:
        """The rounds after the first, written into `evidence`."""
        seen = {e.id: self._seen(e, evidence.inside[e.id][0]) for e in endpoints}
        delays = {e.id: self._more(e, seen[e.id], evidence) for e in endpoints}
        for endpoint in endpoints:
            left = evidence.left(endpoint.id) - len(delays[endpoint.id])
            pair = self.scene.pairs[endpoint.id]
            if left > 0 and wants_extras(pair, seen[endpoint.id], evidence.at):
                evidence.extras[endpoint.id] = evidence_of(seen[endpoint.id])
        wanted = [e for e in endpoints if e.id in evidence.extras]
        loads = {e.id: self.scene.pairs[e.id].load for e in wanted}
        evidence.outsides.update(
            self.outside.at(
                self.asker.look,
                wanted,
                self.scene.outsides,
                now_at=self.clock.now_at(),
                lasting=our_load.lasting(loads, evidence.at),
            )
        )
        first = {e.id: evidence.inside[e.id][0] for e in endpoints}
        rounds = _schedule(endpoints, delays, first, self._pins(wanted, evidence, delays))
        for delay, probes in rounds:
            self.clock.sleep_until(evidence.at + delay)
            self._add(
                evidence, self.asker.ask([p for p in probes if not evidence.refuses(p.endpoint.id)])
            )

    def _add(self, evidence: Evidence, asked: Round) -> None:
        for (endpoint, view), outcome in asked.outcomes.items():
            if view is View.PINNED:
                evidence.pinned[endpoint] = self._held(endpoint, outcome)
            else:
                evidence.inside[endpoint].append(self._held(endpoint, outcome))

    def _more(self, endpoint: Endpoint, seen: Seen, evidence: Evidence) -> tuple[float, ...]:
        """When health wants more probes; none where the minute has no room for all of them."""
        delays = more_probes(self.scene.pairs[endpoint.id].state, seen)
        return delays if len(delays) <= evidence.left(endpoint.id) else ()

    def _seen(self, endpoint: Endpoint, outcome: Outcome) -> Seen:
        scene = self.scene
        last_good = scene.pairs[endpoint.id].state.last_good
        return seen_of(endpoint, outcome, scene.vantage, scene.inventory, last_good)

    def _pins(
        self,
        wanted: Sequence[Endpoint],
        evidence: Evidence,
        delays: Mapping[str, tuple[float, ...]],
    ) -> list[Probe]:
        """Pinned probes at the address that answers outside; left out first when the minute's
        requests run short. None from where no public address can be reached: it would say
        nothing of the API."""
        pins: list[Probe] = []
        if self.scene.vantage.not_representative:
            return pins
        for endpoint in wanted:
            outside = evidence.outsides.get(endpoint.id) or self.scene.outsides.get(endpoint.id)
            spare = evidence.left(endpoint.id) - len(delays[endpoint.id])
            if outside is not None and outside.good_address and spare > 0:
                pins.append(Probe(endpoint=endpoint, view=View.PINNED, pin=outside.good_address))
        return pins


def wants_extras(pair: Pair, seen: Seen, now_at: float) -> bool:
    """Whether a bad inside look is held against the outside and the pinned one: always while the
    pair was good, else when the evidence is new or the last such look is five minutes old. While
    the route changes, only where this look may end that: the minute's requests are few."""
    if seen.state is not State.FAILING:
        return False
    if pair.state.changing and not may_settle(pair.state, seen):
        return False
    if pair.state.hard is Health.GOOD or pair.extras_at is None:
        return True
    return evidence_of(seen) != pair.evidence or now_at - pair.extras_at >= EXTRAS_EVERY_SECONDS


def evidence_of(seen: Seen) -> str:
    """What an inside look said, as far as another one would say the same."""
    addresses = () if seen.route_class in EDGE else tuple(sorted(seen.addresses))
    return f"{seen.failure}|{seen.status}|{seen.route_class}|{','.join(addresses)}"


def _schedule(
    endpoints: Sequence[Endpoint],
    delays: Mapping[str, tuple[float, ...]],
    first: Mapping[str, Outcome],
    pins: list[Probe],
) -> list[tuple[float, list[Probe]]]:
    """Probes by delay after the first round. Pinned ones go with the first confirmation, which
    is due by the time that the outside look is done."""
    at: dict[float, list[Probe]] = {}
    for endpoint in endpoints:
        for delay in delays[endpoint.id]:
            at.setdefault(delay, []).append(_again(endpoint, first[endpoint.id]))
    if pins:
        at.setdefault(min(at, default=0.0), []).extend(pins)
    return sorted(at.items(), key=lambda entry: entry[0])


def _again(endpoint: Endpoint, seen: Outcome) -> Probe:
    """A further probe: at the address that failed, which the first one has found among them all."""
    failed = (seen.address,) if seen.state is State.FAILING and seen.address else ()
    return Probe(endpoint=endpoint, first=failed, siblings=0)
