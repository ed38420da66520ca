"""`gatewatch status` as people and programs read it. Pure: members in, lines and JSON out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gatewatch.operating.ages import age, count
from gatewatch.operating.members import Finding, Member, findings, named
from probing.wire import to_json
from reasoning.placements import VpcPlaced

FEW = 30
"""Members that are each shown in a line and with their VPCs; of more only what is wrong is."""
_KINDS = {
    "never_heard": "never reported",
    "silent": "silent",
    "paused": "paused",
    "silent_vpcs": "with VPCs not looked from",
    "stack_failed": "with a failed stack",
    "stack_outdated": "with an outdated stack",
    "release": "of another release than the hub",
    "unknown": "with many unknown pairs",
    "placer": "with a silent placer",
    "halted": "with a halted roll-out",
    "vpc": "with VPCs that cannot be looked from",
    "problem": "with problems",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    member: Member
    wrong: tuple[Finding, ...]


def rows(members: Sequence[Member], *, release: str, now_at: float) -> tuple[Row, ...]:
    return tuple(Row(member=m, wrong=findings(m, release=release, now_at=now_at)) for m in members)


def lines(
    every: Sequence[Row],
    *,
    hub: str,
    release: str,
    now_at: float,
    wrong_only: bool,
    notes: Sequence[str],
) -> Iterator[str]:
    """Summary first, then the members: all of a few, of many only what is wrong."""
    yield from _summary(every, hub=hub, release=release)
    yield from notes
    many = len(every) > FEW
    shown = [row for row in every if row.wrong or not (wrong_only or many)]
    if shown:
        yield ""
        yield f"{'account':12}  {'Region':14}  {'release':10}  {'digest':>7}  VPCs"
    for row in shown:
        yield from _member(row, now_at, wrong_only=wrong_only)
    left = len(every) - len(shown)
    if left:
        yield ""
        yield f"{count(left, 'member')} with nothing wrong not shown" + (
            "" if wrong_only else ": --account or --region shows them"
        )


def _summary(every: Sequence[Row], *, hub: str, release: str) -> Iterator[str]:
    members = [row.member for row in every]
    accounts = {member.account for member in members}
    regions = {member.region for member in members}
    yield (
        f"hub {hub}, release {release or 'unknown'}: {count(len(members), 'member')} in "
        f"{count(len(accounts), 'account')} and {count(len(regions), 'Region')}"
    )
    yield f"VPCs    {_coverage(members)}"
    releases = Counter(member.release or "unknown" for member in members)
    if len(releases) > 1:
        yield "release " + ", ".join(f"{name}: {number}" for name, number in releases.most_common())
    kinds = Counter(kind for row in every for kind in {finding.code for finding in row.wrong})
    told = [
        f"{count(kinds[kind], 'member')} {text}" for kind, text in _KINDS.items() if kinds[kind]
    ]
    yield "wrong   " + ("; ".join(told) or "nothing")


def _coverage(members: Sequence[Member]) -> str:
    covered, eligible = sum(m.covered for m in members), sum(m.eligible for m in members)
    unseen = sum(len(vpc.unseen) for m in members for vpc in m.vpcs)
    told = [f"{covered} of {eligible} covered"]
    skipped = Counter(_short(vpc.reason) for m in members for vpc in m.skipped)
    if skipped:
        whys = [f"{number} {why}" for why, number in skipped.most_common(4)]
        rest = skipped.total() - sum(number for _, number in skipped.most_common(4))
        whys += [f"{rest} for other reasons"] if rest else []
        told.append(f"{skipped.total()} skipped ({'; '.join(whys)})")
    if unseen:
        told.append(f"{count(unseen, 'path class', 'path classes')} not looked from")
    untold = sum(m.placements is None for m in members)
    if untold:
        told.append(f"{count(untold, 'member')} told no placements")
    return "; ".join(told)


def _short(reason: str) -> str:
    """What comes before the advice: the placer writes `because: what to do`."""
    return reason.partition(": ")[0] or "no reason told"


def _member(row: Row, now_at: float, *, wrong_only: bool) -> Iterator[str]:
    member = row.member
    seen = age(now_at - member.digest.at) if member.digest else "never"
    told = f"{member.covered}/{member.eligible}"
    told += f", {len(member.skipped)} skipped" if member.skipped else ""
    release = member.release or "unknown"
    yield f"{member.account:12}  {member.region:14}  {release:10}  {seen:>7}  {told}"
    for finding in row.wrong:
        yield f"    wrong: {finding.text}"
    if not wrong_only:
        for vpc in member.vpcs:
            yield from _vpc(vpc)


def _vpc(vpc: VpcPlaced) -> Iterator[str]:
    if vpc.problem:
        return  # told among what is wrong
    state = "covered" if vpc.covered else "skipped" if not vpc.eligible else "waits"
    why = f": {vpc.reason}" if vpc.reason else ""
    yield f"    {named(vpc)}: {state} ({vpc.act}){why}"
    if vpc.unseen:
        yield f"        not looked from: {', '.join(vpc.unseen)}"


def document(every: Sequence[Row], *, hub: str, release: str, now_at: float) -> dict[str, Any]:
    """The same for programs; ages in seconds."""
    members = [row.member for row in every]
    return {
        "hub": hub,
        "release": release,
        "wrong": sum(bool(row.wrong) for row in every),
        "vpcs": {
            "covered": sum(member.covered for member in members),
            "eligible": sum(member.eligible for member in members),
            "skipped": sum(len(member.skipped) for member in members),
        },
        "members": [_of_member(row, now_at) for row in every],
    }


def _of_member(row: Row, now_at: float) -> dict[str, Any]:
    member, digest = row.member, row.member.digest
    return {
        "account": member.account,
        "region": member.region,
        "release": member.release,
        "digest_age_seconds": round(now_at - digest.at, 1) if digest else None,
        "covered": member.covered,
        "eligible": member.eligible,
        "mode": member.placements.mode if member.placements else None,
        "vpcs": [to_json(vpc) for vpc in member.vpcs],
        "wrong": [{"code": one.code, "text": one.text} for one in row.wrong],
    }
