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
    REPAIR_LEARNED = "repair_learned"
    FORECAST = "forecast"
    FLAPPING = "flapping"
    REMINDER = "reminder"
    NEVER_REACHABLE = "never_reachable"
    PROBLEM = "problem"
    PROBLEM_GONE = "problem_gone"
    BLIND = "blind"
    SEEING_AGAIN = "seeing_again"
    ENDED_UNTOLD = "ended_untold"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The decision to speak (`where` NONE: to stay silent). `id` is stable: the same decision,
    taken again after a crash, has the same id, so that a duplicate can be recognised."""

    id: str
    reason: Reason
    where: Where
    due_at: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What has been said of an incident. `endpoints`, `accounts`, `regions`: as far as the last
    page named them, as forecast or as seen. `counts`: how often per reason."""

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
    reminded_at: float | None = None
    resolved_at: float | None = None
    repair: str = ""
    merged: bool = False
    counts: dict[str, int] = field(default_factory=dict)
