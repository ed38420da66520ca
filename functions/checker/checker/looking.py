"""One look at one VPC, inside its lease: see, judge, write, tell."""

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from aws_lambda_powertools import Logger

from checker import our_load, own_group, pairs, scene, several, vpc_look
from checker.asking import Asker
from checker.describing import Describing, suspicious
from checker.hub import Hub
from checker.lease import Lease
from checker.look_evidence import Evidence
from checker.outsides import OutsideLook
from checker.pairs import Pair
from checker.partition import dns_suffix
from checker.rate import minute_of, offset_of
from checker.rounds import Rounds
from checker.rows import look_of, problem_of
from checker.scene import Scene
from checker.settings import Settings
from checker.showing import Showing
from checker.sources import aws_basics
from checker.state import Conflict, Table
from checker.taking_part import Terms, counted
from checker.verdicts import Bench, Described, Verdict
from checker.vpc_look import VpcLook
from probing.clock import Clock
from probing.endpoint import Endpoint
from probing.outcome import State
from probing.wire import Answer, Work
from reasoning import wire

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What every look works with."""

    settings: Settings
    clock: Clock
    table: Table
    hub: Hub
    call: Callable[[str, Work], Answer]
    showing: Showing
    outside: OutsideLook
    describing: Describing

    def at(self, vpc_id: str, lease: Lease, why: str) -> float | None:
        """Look once. Clock seconds until the next look that health asks for, or None. Raises
        LeaseLost when another look took the VPC."""
        found = scene.load(self.table, self.settings, self.clock, vpc_id)
        if found is None:
            logger.info("look dropped", vpc=vpc_id, reason="no canary there, or paused")
            return None
        began = self.clock.monotonic_seconds()
        evidence = self._rounds(found, lease, why).run()
        described = self.describing.of(found, evidence)
        kept = own_group.kept_in(found, evidence, described.endpoints, described.filters)
        verdicts = self._verdicts(found, evidence, described, kept)
        written = self._write(found, verdicts)
        unsent = self._tell(found, written)
        problems = self._problems(found, evidence, kept)
        due = self._due_outside(found, evidence)
        max_rate = self.settings.max_rate
        look = look_of(found, evidence, verdicts, unsent, problems, due, max_rate)
        vpc_look.save(self.table, vpc_id, look)
        # After everything else, because nobody waits for it.
        self._look_outside(found, due, evidence)
        self._log(found, evidence, look, why, self.clock.monotonic_seconds() - began)
        again = [v.judged.look_again_in for v in verdicts.values()]
        return min((seconds for seconds in again if seconds is not None), default=None)

    def _rounds(self, found: Scene, lease: Lease, why: str) -> Rounds:
        asker = Asker(
            look=uuid.uuid4().hex,
            function=found.placed.function,
            call=several.together(self.call, found.placed.further, self.clock),
            showing=self.showing,
            lease=lease,
            clock=self.clock,
            probe_timeout_seconds=self.settings.probe_timeout,
        )
        region = self.settings.aws_region
        return Rounds(
            scene=found,
            asker=asker,
            outside=self.outside,
            clock=self.clock,
            sentinels=(
                f"execute-api.{region}.{dns_suffix(region)}",
                *aws_basics.sentinels(self.settings),
            ),
            terms=self._terms(found.vpc_id, why),
        )

    def _terms(self, vpc_id: str, why: str) -> Terms:
        offset = offset_of(self.settings.account_id, vpc_id)
        minute = minute_of(self.clock.now_at(), offset)
        return Terms(max_rate=self.settings.max_rate, minute=minute, why=why)

    def _verdicts(
        self, found: Scene, evidence: Evidence, described: Described, kept: Mapping[str, str]
    ) -> dict[str, Verdict]:
        bench = Bench(
            scene=found,
            evidence=evidence,
            described=described,
            kept_in=kept,
            clock=self.clock,
            public_answered=bool(found.last and found.last.public_answered),
            release=self.settings.release,
        )
        if suspicious(evidence):
            bench = replace(bench, elsewhere=scene.neighbours_elsewhere(self.table, found))
        return bench.verdicts()

    def _write(self, found: Scene, verdicts: dict[str, Verdict]) -> dict[str, Pair]:
        written = {}
        for endpoint, verdict in verdicts.items():
            try:
                written[endpoint] = (
                    pairs.save(self.table, endpoint, found.vpc_id, verdict.pair)
                    if pairs.differs(found.stored[endpoint], verdict.pair)
                    else verdict.pair
                )
            except Conflict:
                # An overtaken look: what the other one wrote stands, and it tells the hub itself.
                logger.warning("pair written by another look", endpoint=endpoint, vpc=found.vpc_id)
        return written

    def _tell(self, found: Scene, written: dict[str, Pair]) -> tuple[str, ...]:
        """Send what is unsent, all in one message; the endpoints whose transitions stay unsent."""
        unsent = {endpoint: pair for endpoint, pair in written.items() if pair.unsent}
        if not unsent:
            return ()
        if not self.hub.send(wire.TRANSITIONS, pairs.messages(list(unsent.values()))):
            return tuple(unsent)
        for endpoint, pair in unsent.items():
            try:
                pairs.save(self.table, endpoint, found.vpc_id, pair.taken())
            except Conflict:
                # They are sent once more; the hub knows them by their number.
                logger.warning("pair written by another look", endpoint=endpoint, vpc=found.vpc_id)
        return ()

    def _problems(
        self, found: Scene, evidence: Evidence, kept: Mapping[str, str]
    ) -> dict[str, str]:
        """Tell the hub of credentials that cannot be read, and can again, and of a canary that is
        kept in; what it knows now."""
        known = dict(found.last.problems) if found.last else {}
        now_at = self.clock.now_at()
        for endpoint in found.endpoints:
            key = f"credential:{endpoint.id}"
            reason = evidence.refused.get(endpoint.id, "")
            if reason == known.get(key, ""):
                continue
            if self.hub.send_one(wire.PROBLEM, problem_of(key, reason, endpoint, now_at)):
                known[key] = reason
        where = next(iter(kept.values()), "")
        if bool(where) != (own_group.CLOSED in known) and self.hub.send_one(
            wire.PROBLEM, own_group.problem(found, where, now_at)
        ):
            known[own_group.CLOSED] = where
        return {key: reason for key, reason in known.items() if reason}

    def _due_outside(self, found: Scene, evidence: Evidence) -> list[Endpoint]:
        """Endpoints looked at that had no outside look for ten minutes, and whose minute has room
        for one."""
        now_at = self.clock.now_at()
        return [
            endpoint
            for endpoint in found.endpoints
            if endpoint.id not in evidence.outsides
            and endpoint.id not in evidence.left_out
            and evidence.left(endpoint.id) > 0
            and not evidence.refuses(endpoint.id)
            and ((known := found.outsides.get(endpoint.id)) is None or known.due(now_at))
        ]

    def _look_outside(self, found: Scene, due: list[Endpoint], evidence: Evidence) -> None:
        now_at = self.clock.now_at()
        lasting = our_load.lasting(evidence.loads, now_at)
        look = uuid.uuid4().hex
        self.outside.at(look, due, found.outsides, now_at=now_at, lasting=lasting)

    def _log(
        self, found: Scene, evidence: Evidence, look: VpcLook, why: str, took_seconds: float
    ) -> None:
        states = Counter(row.state for row in look.pairs.values())
        logger.info(
            "looked",
            vpc=found.vpc_id,
            why=why,
            endpoints=len(found.endpoints),
            ok=states[State.OK],
            failing=states[State.FAILING],
            unknown=states[State.UNKNOWN],
            skipped=counted(evidence.left_out),
            reason=evidence.no_answer or _first_unknown(evidence),
            unsent=len(look.unsent),
            took=round(took_seconds, 3),
        )


def _first_unknown(evidence: Evidence) -> str:
    """Why the first unknown outcome is one: the fault is ours, so the log must tell it."""
    outcomes = (o for found in evidence.inside.values() for o in found)
    unknown = next((o for o in outcomes if o.state is State.UNKNOWN), None)
    if unknown is None:
        return ""
    by = f" from {unknown.seen_from}" if unknown.seen_from else ""
    return f"{unknown.endpoint}: {unknown.failure} {unknown.reason}{by}"
