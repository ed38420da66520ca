"""Which path classes of a VPC its canaries look from: the main one first, more where asked for.

Small differences move nothing: a canary leaves a path class for one that has at least twice as
many workloads, and four more, and only when its stack has rested a day.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from placer.decision import Act, Decision
from placer.facts import CanaryStack
from placer.present import Goal, judge, known, said, withdrawn
from placer.refusals import avoided, waiting
from placer.stack import Placement
from placer.standing import PathClass, Standing, nowhere, path_classes, stand, standing_of
from placer.wanted import Case

TIMES_HEAVIER = 2
MORE_WORKLOADS = 4
REST_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A VPC's path classes, the heaviest first, and where a canary can stand in each."""

    classes: tuple[PathClass, ...]
    standings: Mapping[str, Standing]
    nowhere: str

    def of(self, case: Case, stack: CanaryStack) -> PathClass | None:
        """The class that a canary stands in; None when none of its subnets is known."""
        subnets = known(case, stack)
        keys = {subnet.path_class for subnet in subnets}
        return next((one for one in self.classes if one.key in keys), None)

    def best(self, taken: frozenset[str]) -> PathClass | None:
        """The heaviest class that a canary fits in, one that is not taken if there is any."""
        fitting = [one for one in self.classes if one.key in self.standings]
        free = [one for one in fitting if one.key not in taken]
        return next(iter(free or fitting), None)

    def sees(self, path_class: PathClass) -> bool:
        """Whether a further canary can stand in the class and see there what workloads see: one
        that cannot would make failing what is not, and is not asked."""
        standing = self.standings.get(path_class.key)
        return standing is not None and not standing.not_representative

    def goal(self, path_class: PathClass | None, move: str = "") -> Goal:
        standing = self.standings.get(path_class.key) if path_class else None
        return Goal(standing=standing, nowhere=self.nowhere, move=move)


def ground_of(case: Case) -> Ground:
    subnets, refused = case.vpc.subnets, avoided(case.estate, case.vpc.vpc_id, case.now_at)
    classes = path_classes(subnets)
    standings = {one.key: stand(one, subnets, refused) for one in classes}
    return Ground(
        classes=classes,
        standings={key: standing for key, standing in standings.items() if standing},
        nowhere=nowhere(subnets, refused),
    )


def assign(case: Case) -> list[Decision]:
    """What is done about each canary of a VPC that shall be looked from."""
    ground = ground_of(case)
    homes = {stack.canary: ground.of(case, stack) for stack in case.stacks}
    most = case.terms.max_canaries - 1
    extras = [stack for stack in case.stacks if stack.canary]
    taken = frozenset(home.key for one in extras if most and (home := homes[one.canary]))
    first, first_class = _first(case, ground, homes, taken)
    covered = {first_class.key} if first_class else set()
    kept = _worth(case, ground, extras, homes, covered)[:most]
    decisions = [first]
    for stack in extras:
        home = homes[stack.canary]
        if stack in kept:
            decisions.append(judge(case, stack, ground.goal(home or ground.best(taken))))
            covered |= {home.key} if home else set()
        else:
            decisions.append(withdrawn(case, stack, SURPLUS))
    if first.act is not Act.SKIP:
        decisions += _further(case, ground, covered, most - len(kept))
    return decisions


SURPLUS = (
    "parameter MaxCanariesPerVpc allows fewer, its path class is looked from by another or has no "
    "way out for a canary, or others have far more workloads"
)


def with_unseen(case: Case, decisions: list[Decision]) -> list[Decision]:
    """The decisions, with the path classes that no canary of the VPC will look from."""
    ground = path_classes(case.vpc.subnets)
    seen = {key for one in decisions for key in _looked_from(case, one)}
    unseen = tuple(one.key for one in ground if one.workloads and one.key not in seen)
    return [replace(one, unseen=unseen) for one in decisions]


def _looked_from(case: Case, decision: Decision) -> set[str]:
    subnets: tuple[str, ...] = ()
    if decision.placement is not None:
        subnets = decision.placement.subnet_ids
    elif decision.act is Act.KEEP:
        subnets = next(s.subnets for s in case.stacks if s.canary == decision.canary)
    return {s.path_class for s in case.vpc.subnets if s.subnet_id in subnets}


def _first(
    case: Case, ground: Ground, homes: Mapping[str, PathClass | None], taken: frozenset[str]
) -> tuple[Decision, PathClass | None]:
    """The decision about a VPC's first canary, and the path class that it will look from."""
    stack = next((stack for stack in case.stacks if not stack.canary), None)
    best = ground.best(taken)
    if stack is None:
        return _new(case, ground, best, ""), best
    home = homes[""]
    move = _why_move(case, stack, home, best, taken)
    fits = home is not None and home.key in ground.standings
    target = best if move or not fits else home
    decision = judge(case, stack, ground.goal(target, move))
    return decision, target if decision.act in (Act.MOVE, Act.UPDATE) else home


def _new(case: Case, ground: Ground, path_class: PathClass | None, canary: str) -> Decision:
    wait = waiting(case.estate, case.vpc.vpc_id, canary, case.now_at)
    if wait:
        return said(case, Act.SKIP, wait, canary, problem=True)
    if path_class is None:
        return said(case, Act.SKIP, ground.nowhere, canary, problem=True)
    standing = ground.standings[path_class.key]
    placement = Placement(
        vpc_id=case.vpc.vpc_id,
        canary=canary,
        subnet_ids=standing.subnet_ids,
        zones=standing.zones,
        not_representative=standing.not_representative,
        ipv6=standing.ipv6,
    )
    return said(case, Act.PLACE, _why_here(ground, path_class), canary, placement)


def _why_here(ground: Ground, path_class: PathClass) -> str:
    told = f"path class {path_class.key} has {path_class.workloads} workload interfaces"
    # The heaviest first; one where a canary can stand has one, or had its turn before.
    unfit = (one for one in ground.classes if one.key not in ground.standings)
    heaviest = next(unfit, path_class)
    if heaviest.workloads > path_class.workloads:
        return f"{told}; no subnet fits in {heaviest.key}, which has {heaviest.workloads}"
    return (
        told if path_class.workloads else f"no workload yet; {path_class.key} has the best way out"
    )


def _why_move(
    case: Case,
    stack: CanaryStack,
    home: PathClass | None,
    best: PathClass | None,
    taken: frozenset[str],
) -> str:
    if home is None or best is None or best.key in taken:
        return ""
    if not rested(case, stack) or not heavier(best, home):
        return ""
    return (
        f"most workloads are in path class {best.key} now: {best.workloads} interfaces, "
        f"{home.workloads} in {home.key}"
    )


def rested(case: Case, stack: CanaryStack) -> bool:
    return case.now_at - stack.since >= REST_SECONDS


def heavier(one: PathClass, other: PathClass) -> bool:
    """Whether the difference is worth a move."""
    more = one.workloads - other.workloads
    return more >= MORE_WORKLOADS and one.workloads >= TIMES_HEAVIER * other.workloads


def _worth(
    case: Case,
    ground: Ground,
    extras: list[CanaryStack],
    homes: Mapping[str, PathClass | None],
    covered: set[str],
) -> list[CanaryStack]:
    """The further canaries that are worth their place, the heaviest path class first: one for each
    class that no other looks from, but those that have rested and are far outweighed."""
    by_class: dict[str, CanaryStack] = {}
    for stack in extras:
        home = homes[stack.canary]
        key = home.key if home else stack.name
        if key not in covered and _sees(case, stack):
            by_class.setdefault(key, stack)
    worth = sorted(by_class.values(), key=lambda stack: (-_weight(homes, stack), stack.canary))
    waiting_room = [
        one for one in ground.classes if ground.sees(one) and one.key not in covered | set(by_class)
    ]
    most = case.terms.max_canaries - 1
    for challenger in waiting_room:
        home = homes[worth[-1].canary] if most and len(worth) >= most else None
        if home is None or not rested(case, worth[-1]) or not heavier(challenger, home):
            break
        worth.pop()
        most -= 1
    return worth


def _sees(case: Case, stack: CanaryStack) -> bool:
    subnets = known(case, stack)
    return not subnets or not standing_of(subnets).not_representative


def _weight(homes: Mapping[str, PathClass | None], stack: CanaryStack) -> int:
    home = homes[stack.canary]
    return home.workloads if home else 0


def _further(case: Case, ground: Ground, covered: set[str], room: int) -> list[Decision]:
    """Further canaries for the heaviest path classes that none looks from."""
    wanting = [
        one
        for one in ground.classes
        if one.workloads and one.key not in covered and ground.sees(one)
    ]
    used = {stack.canary for stack in case.stacks}
    return [_new(case, ground, one, suffix(one, used)) for one in wanting[: max(room, 0)]]


def suffix(path_class: PathClass, used: Collection[str] = ()) -> str:
    """The end of the name of a further canary: the same for the same path class, but for one that
    a canary has which was placed before its subnets changed their class."""
    digest = hashlib.sha256(path_class.key.encode()).hexdigest()
    ends = (digest[start : start + 6] for start in range(0, 60, 6))
    return next(end for end in ends if end not in used)
