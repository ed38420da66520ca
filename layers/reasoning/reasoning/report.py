"""What was paged over a period, or would have been: by page, by owner, and what to do about it.

Decided here: what counts as a page that rings, as explained, as noise. Not decided here: how it
is written (`gatewatch.telling`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from reasoning.incident import Incident, Stage
from reasoning.notice import LIKELY, strength_of
from reasoning.suggesting import Suggestion, suggestions
from reasoning.told import Reason, Ring, Where

NOISIEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that rang, or would have (`withheld` says what kept it). `lasted_seconds` None: it is
    open. `explained`: a change is named for it that is proven or likely."""

    at: float
    reason: Reason
    withheld: str
    incident: str
    owners: tuple[str, ...]
    endpoint: str
    more_endpoints: int
    vpc_id: str
    cause: str
    confidence: str
    change: str
    explained: bool
    lasted_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """One owner's share: a page to two owners counts for each."""

    owner: str
    pages: int
    explained: int
    incidents: int
    longest_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`pages` rang or would have. `incidents` began in the period (one that was
    merged is part of the other); `untold` of them ended before
    they were told, `in_chat` were told in chat alone. `blame_seconds`: from the first bad probe to
    the first suspect told, median and most; None where none was. `endpoints`: those with most
    pages."""

    since_at: float
    until_at: float
    incidents: int
    open: int
    untold: int
    in_chat: int
    pages: tuple[Page, ...]
    blame_median_seconds: float | None
    blame_most_seconds: float | None
    owners: tuple[Owner, ...]
    endpoints: tuple[tuple[str, int], ...]
    suggestions: tuple[Suggestion, ...]

    @property
    def withheld(self) -> int:
        return sum(1 for page in self.pages if page.withheld)

    @property
    def explained(self) -> int:
        return sum(1 for page in self.pages if page.explained)


def report(
    incidents: Iterable[Incident], *, since_at: float, until_at: float, default_owner: str
) -> Report:
    """The report of the incidents that began or rang between `since_at` and `until_at`."""
    every = list(incidents)
    known = [one for one in every if _belongs(one, since_at, until_at)]
    begun = [one for one in known if since_at <= one.opened_at <= until_at and _is_own(one)]
    by_id = {one.id: one for one in every}
    pages = sorted(
        (
            _page(one, _told_as(one, by_id), ring, default_owner)
            for one in known
            for ring in rings_of(one)
            if since_at <= ring.at <= until_at
        ),
        key=lambda page: (page.at, page.incident),
    )
    blamed = [
        one.told.named_at - one.first_bad_at for one in begun if one.told.named_at is not None
    ]
    return Report(
        since_at=since_at,
        until_at=until_at,
        incidents=len(begun),
        open=sum(1 for one in every if one.stage is Stage.OPEN),
        untold=sum(1 for one in begun if one.told.opened is None and one.stage is not Stage.OPEN),
        in_chat=sum(1 for one in begun if one.told.opened is Where.CHAT),
        pages=tuple(pages),
        blame_median_seconds=median(blamed) if blamed else None,
        blame_most_seconds=max(blamed, default=None),
        owners=_owners(begun, pages, default_owner),
        endpoints=tuple(Counter(page.endpoint for page in pages).most_common(NOISIEST)),
        suggestions=suggestions([one for one in known if rings_of(one)]),
    )


def rings_of(incident: Incident) -> tuple[Ring, ...]:
    """The rings on record; of what an older release told, its opening."""
    told = incident.told
    if told.rings or told.opened is not Where.PAGE or told.opened_at is None:
        return told.rings
    reason = Reason.OPENED if told.counts.get(Reason.OPENED) else Reason.FLAPPING
    return (Ring(at=told.opened_at, reason=reason),)


def lasted_seconds(incident: Incident) -> float | None:
    """From the first bad probe to the last good one; None while it is open."""
    if incident.stage is Stage.OPEN:
        return None
    ended_at = incident.recovered_at or incident.resolved_at or incident.changed_at
    return max(0.0, ended_at - incident.first_bad_at)


def _belongs(incident: Incident, since_at: float, until_at: float) -> bool:
    moments = (incident.opened_at, *(ring.at for ring in rings_of(incident)))
    return any(since_at <= one <= until_at for one in moments)


def _is_own(incident: Incident) -> bool:
    """Whether it counts: of what was merged, the one that it went into does."""
    return incident.stage is not Stage.MERGED


def _told_as(incident: Incident, by_id: Mapping[str, Incident]) -> Incident:
    """The incident that it went on as: itself, or the one that it was merged into."""
    while incident.merged_into in by_id:
        incident = by_id[incident.merged_into]
    return incident


def _page(incident: Incident, end: Incident, ring: Ring, default_owner: str) -> Page:
    """`end`: the incident that it went on as, whose cause and end are its own."""
    suspect = end.suspect
    return Page(
        at=ring.at,
        reason=ring.reason,
        withheld=ring.withheld,
        incident=incident.id,
        owners=incident.owners or (default_owner,),
        endpoint=incident.lead.endpoint.id,
        more_endpoints=incident.endpoint_count - 1,
        vpc_id=incident.lead.vantage.vpc_id,
        cause=end.cause,
        confidence=suspect.confidence.value if suspect else "",
        change=suspect.change.event_name if suspect else "",
        explained=strength_of(suspect) >= LIKELY,
        lasted_seconds=lasted_seconds(end),
    )


def _owners(
    begun: Sequence[Incident], pages: Sequence[Page], default_owner: str
) -> tuple[Owner, ...]:
    names = {name for page in pages for name in page.owners}
    names |= {name for one in begun for name in one.owners or (default_owner,)}
    rows = [_owner(name, begun, pages, default_owner) for name in names]
    return tuple(sorted(rows, key=lambda row: (-row.pages, -row.incidents, row.owner)))


def _owner(
    name: str, begun: Sequence[Incident], pages: Sequence[Page], default_owner: str
) -> Owner:
    own = [page for page in pages if name in page.owners]
    theirs = [one for one in begun if name in (one.owners or (default_owner,))]
    return Owner(
        owner=name,
        pages=len(own),
        explained=sum(1 for page in own if page.explained),
        incidents=len(theirs),
        longest_seconds=max((lasted_seconds(one) or 0.0 for one in theirs), default=0.0),
    )
