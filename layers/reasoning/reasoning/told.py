"""What was said of an incident, and what is to be said next: records of `notice.py`."""

from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why Gatewatch speaks; the last ones say why it stays silent."""

    OPENED = "opened"
    CAUSE_FOUND = "cause_found"
    CAUSE_DOWNGRADED = "cause_downgraded"
    GREW = "grew"
    AMENDED = "amended"
    MERGED = "merged"
    RESOLVED = "resolved"
    UNWATCHED = "unwatched"
    REPAIR_LEARNED = "repair_learned"
    FORECAST = "forecast"
    FLAPPING = "flapping"
    REMINDER = "reminder"
    NEVER_REACHABLE = "never_reachable"
    PROBLEM = "problem"
    PROBLEM_GONE = "problem_gone"
    BLIND = "blind"
    SEEING_AGAIN = "seeing_again"
    LEFT = "left"
    ENDED_UNTOLD = "ended_untold"


ENDS = (Reason.RESOLVED, Reason.UNWATCHED, Reason.ENDED_UNTOLD)
"""Reasons that end an incident."""


class Where(StrEnum):
    PAGE = "page"
    CHAT = "chat"
    PAGE_AND_CHAT = "page_and_chat"
    NONE = "none"

    @property
    def pages(self) -> bool:
        return self in (Where.PAGE, Where.PAGE_AND_CHAT)

    @property
    def chats(self) -> bool:
        return self in (Where.CHAT, Where.PAGE_AND_CHAT)


class Mode(StrEnum):
    """What the hub does with a page: `notify` sends it, `observe` withholds it."""

    OBSERVE = "observe"
    NOTIFY = "notify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The decision to speak (`where` NONE: to stay silent). `id` is stable: the same decision,
    taken again after a crash, has the same id, so that a duplicate can be recognised. `withheld`
    is not empty where it would page and goes to chat instead: it says why."""

    id: str
    reason: Reason
    where: Where
    due_at: float
    why: str
    withheld: str = ""

    @property
    def meant(self) -> Where:
        """Where it would have gone, had nothing withheld it."""
        return Where.PAGE if self.withheld else self.where


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A page that rang, or would have: when, why it was to, and what withheld it."""

    at: float
    reason: Reason
    withheld: str = ""


RINGING = (Reason.OPENED, Reason.FLAPPING, Reason.GREW)
"""Reasons that wake somebody; every other page goes on under the key of one that rang."""
RINGS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What has been said of an incident. `endpoints`, `accounts`, `regions`: as far as the last
    page named them, as forecast or as seen. `counts`: how often per reason. `opened` is where it
    was meant to go; `rings`, at most `RINGS`, say what became of its pages. `named_at`: when a
    suspect was told first; `grew_at`: when growth was told last."""

    opened: Where | None = None
    opened_at: float | None = None
    flapping: bool = False
    confidence: str = ""
    suspect: str = ""
    actor: bool = False
    endpoints: int = 0
    paged_endpoints: int = 0
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    lost: int = 0
    amended_at: float | None = None
    grew_at: float | None = None
    reminded_at: float | None = None
    resolved_at: float | None = None
    repair: str = ""
    merged: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    rings: tuple[Ring, ...] = ()
    named_at: float | None = None

    @property
    def withheld(self) -> bool:
        """Whether it was to page, and no page of it went out. (Where no ring is on record, a
        release that withheld nothing opened it.)"""
        return bool(self.rings) and all(ring.withheld for ring in self.rings)
