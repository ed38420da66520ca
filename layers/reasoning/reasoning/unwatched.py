"""Failing pairs that nobody looks at any more: no recovery, and no reason to remind anybody.

An endpoint that was deregistered, a VPC that lost its canary, a member that left: what they last
showed stays true as far as anyone knows, and an incident that waits for their good look would
stay open for ever.
"""

from dataclasses import replace

from reasoning.incident import Incident

GONE = "deregistered, or no canary stands in its VPC any more"


def unwatched(
    incident: Incident, pairs: int, why: str, *, changing: int = 0, now_at: float
) -> Incident:
    """The incident without `pairs` of its failing pairs (`changing` of them changed their route);
    over, though not good, when they were the last."""
    failing = max(0, incident.failing - pairs)
    return replace(
        incident,
        failing=failing,
        changing=max(0, incident.changing - changing),
        unwatched=incident.unwatched + pairs,
        unwatched_why=why,
        unwatched_at=None if failing else now_at,
        changed_at=now_at,
    )


def unwatched_line(incident: Incident) -> str:
    """`2 pairs were failing when they were last looked at: ...`; "" when there are none."""
    count = incident.unwatched
    if not count:
        return ""
    were = "pair was" if count == 1 else "pairs were"
    return f"{count} {were} failing when last looked at: {incident.unwatched_why}"
