"""What would make pages fewer or better, read off those that rang or would have."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from reasoning.clocktext import lasting
from reasoning.incident import Incident, Stage
from reasoning.notice import LIKELY, strength_of

STEPS = (180.0, 300.0, 600.0, 900.0, 1800.0, 3600.0)
"""What `page_after` is raised to: its limit is an hour (docs/registry.md)."""
_SOME = 2
_MANY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """`about` is an endpoint, or "" where it is about all; `do` says what, `why` upon what."""

    about: str
    do: str
    why: str


def suggestions(paged: Sequence[Incident]) -> tuple[Suggestion, ...]:
    """What to do about the incidents `paged`, the endpoint with most of them first."""
    by_endpoint: dict[str, list[Incident]] = defaultdict(list)
    for one in paged:
        by_endpoint[one.lead.endpoint.id].append(one)
    found: list[Suggestion | None] = []
    for name in sorted(by_endpoint, key=lambda name: (-len(by_endpoint[name]), name)):
        own = by_endpoint[name]
        found += [_page_after(name, own), _flapping(name, own), _unowned(name, own)]
    found.append(_unexplained(paged))
    return tuple(one for one in found if one is not None)


def _page_after(name: str, own: Sequence[Incident]) -> Suggestion | None:
    """Failures that nothing explains and that pass by themselves: wait longer before a page."""
    short = sorted(
        one.recovered_at - one.first_bad_at
        for one in own
        if _is_plain(one) and one.recovered_at is not None
    )
    now = max(one.lead.endpoint.page_after_seconds for one in own)
    # The step that keeps most of them silent; the last fifth would take too long to hear of.
    wanted = short[(len(short) * 4 - 1) // 5] if short else 0.0
    step = next((one for one in STEPS if one > wanted and one > now), None)
    if len(short) < _SOME or step is None:
        return None
    kept = sum(1 for one in short if one < step)
    return Suggestion(
        about=name,
        do=f"raise page_after of {name} from {lasting(now)} to {lasting(step)}",
        why=f"{kept} of its {len(own)} pages were over by then, without a change that explains "
        "them",
    )


def _is_plain(one: Incident) -> bool:
    """Told only because it had lasted as long as page_after."""
    likely = strength_of(one.suspect) >= LIKELY
    return one.stage is Stage.RESOLVED and not (one.structural or likely or one.flapping)


def _flapping(name: str, own: Sequence[Incident]) -> Suggestion | None:
    count = sum(1 for one in own if one.flapping)
    if not count:
        return None
    return Suggestion(
        about=name,
        do=f"look at what {name} expects: a latency or a text that it meets only now and then",
        why=f"{count} of its {len(own)} pages said that it flaps",
    )


def _unowned(name: str, own: Sequence[Incident]) -> Suggestion | None:
    if any(one.owners for one in own):
        return None
    return Suggestion(
        about=name,
        do=f"give {name} an owner",
        why=f"{len(own)} of its pages went to the default owner",
    )


def _unexplained(paged: Sequence[Incident]) -> Suggestion | None:
    named = sum(1 for one in paged if strength_of(one.suspect) >= LIKELY)
    if len(paged) < _MANY or named * 2 >= len(paged):
        return None
    return Suggestion(
        about="",
        do="see that every account with shared endpoints or zones has a member, and a trail that "
        "logs management events",
        why=f"only {named} of {len(paged)} paged incidents name a change that explains them",
    )
