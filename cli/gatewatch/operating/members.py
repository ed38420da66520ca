"""What is known of a member, and what is wrong with it. Pure: facts in, findings out.

Decided here: what counts as wrong, and what one says of it. Not decided here: where the facts come
from (`hub_table`, `instances`), how they are laid out (`overview`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gatewatch.operating.ages import age, count
from reasoning.blind import SILENT_SECONDS, silent_vantages
from reasoning.placements import SKIP, Placements, VpcPlaced
from reasoning.transition import Digest, MemberProblem

PLACER_SILENT_SECONDS = 7200.0
"""A placer tells what stands hourly, and when it differs."""
MOST_UNKNOWN = 0.1
"""Share of (endpoint, VPC) pairs whose last look could not tell, above which something is wrong."""
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A member's stack as its StackSet tells it: `state` CURRENT, OUTDATED or INOPERABLE; `detail`
    how its last operation went."""

    account: str
    region: str
    state: str = "CURRENT"
    detail: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One account and Region. `digest` is None for one that never reported."""

    account: str
    region: str
    digest: Digest | None = None
    placements: Placements | None = None
    problems: tuple[MemberProblem, ...] = ()
    instance: Instance | None = None

    @property
    def release(self) -> str:
        return self.digest.release if self.digest else ""

    @property
    def vpcs(self) -> tuple[VpcPlaced, ...]:
        return self.placements.vpcs if self.placements else ()

    @property
    def eligible(self) -> int:
        """VPCs that are to be looked from; without placements those that are."""
        if self.placements is None:
            return len(self.digest.looked) if self.digest else 0
        return sum(vpc.eligible for vpc in self.vpcs)

    @property
    def covered(self) -> int:
        return sum(vpc.covered for vpc in self.vpcs) if self.placements else self.eligible

    @property
    def skipped(self) -> tuple[VpcPlaced, ...]:
        return tuple(vpc for vpc in self.vpcs if vpc.act == SKIP and not vpc.eligible)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong: `code` for programs and sums, `text` for people."""

    code: str
    text: str


def findings(member: Member, *, release: str, now_at: float) -> tuple[Finding, ...]:
    """Everything that is wrong with the member; `release` is the hub's."""
    return (
        *_of_stack(member),
        *_of_silence(member, now_at),
        *_of_release(member, release),
        *_of_unknown(member),
        *_of_placements(member, release, now_at),
        *(Finding(code="problem", text=f"{p.key}: {p.what}") for p in member.problems),
    )


def _of_stack(member: Member) -> Iterator[Finding]:
    one = member.instance
    if one is None:
        return
    failed = one.detail in ("FAILED", "INOPERABLE", "CANCELLED") or one.state == "INOPERABLE"
    if failed:
        why = one.reason or "CloudFormation gave no reason"
        yield Finding(code="stack_failed", text=f"its stack is {one.state.lower()}: {why}")
    elif one.state == "OUTDATED":
        yield Finding(code="stack_outdated", text="its stack does not hold the StackSet's template")


def _of_silence(member: Member, now_at: float) -> Iterator[Finding]:
    digest = member.digest
    if digest is None:
        yield Finding(code="never_heard", text="it has never reported")
        return
    silent_for = now_at - digest.at
    if silent_for >= SILENT_SECONDS:
        yield Finding(code="silent", text=f"silent: its last digest is {age(silent_for)} old")
        return
    if digest.paused:
        yield Finding(code="paused", text="all looks are paused by the organisation's file")
    silent = silent_vantages(digest.looked, now_at, SILENT_SECONDS)
    if silent:
        oldest = age(now_at - min(digest.looked[vpc_id] for vpc_id in silent))
        text = f"{_some(silent)} not looked from for up to {oldest}"
        yield Finding(code="silent_vpcs", text=text)


def _of_release(member: Member, release: str) -> Iterator[Finding]:
    if member.release and release and member.release != release:
        yield Finding(code="release", text=f"release {member.release}, the hub has {release}")


def _of_unknown(member: Member) -> Iterator[Finding]:
    rows = member.digest.endpoints if member.digest else ()
    unknown = sum(row.unknown for row in rows)
    pairs = unknown + sum(row.good + row.failing for row in rows)
    if pairs and unknown / pairs > MOST_UNKNOWN:
        text = f"{unknown} of {count(pairs, 'pair')} unknown: what is ours to mend hides them"
        yield Finding(code="unknown", text=text)


def _of_placements(member: Member, release: str, now_at: float) -> Iterator[Finding]:
    placements = member.placements
    if placements is None:
        # A member of an older release may have no placer.
        if member.release and member.release == release:
            yield Finding(code="placer", text="its placer has never told what it decided")
        return
    old = now_at - placements.taken_at
    if old >= PLACER_SILENT_SECONDS:
        yield Finding(code="placer", text=f"its placer has told nothing for {age(old)}")
    if placements.halted:
        yield Finding(code="halted", text=f"the roll-out is halted: {placements.halted}")
    for vpc in placements.vpcs:
        broken = [c for c in vpc.canaries if c.state.endswith("FAILED") or "ROLLBACK" in c.state]
        if vpc.problem:
            yield Finding(code="vpc", text=f"{named(vpc)}: {vpc.problem}")
        elif broken:
            text = f"{named(vpc)}: stack {broken[0].function} is {broken[0].state}"
            yield Finding(code="vpc", text=text)


def named(vpc: VpcPlaced) -> str:
    """`vpc-0a1 (payments-prod)`"""
    return f"{vpc.vpc_id} ({vpc.label})" if vpc.label else vpc.vpc_id


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
