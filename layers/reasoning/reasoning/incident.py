"""One root cause, one incident: what is known of it.

Members are stored one by one beside this header, so a header stays small in a storm: it keeps
counts, and names only up to `NAMES`. How observations move it: `joining.py`; whether to speak:
`notice.py`; in what words: `message.py`.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from reasoning.blame import Confidence, Suspect
from reasoning.change import Change
from reasoning.diagnose import Diagnosis
from reasoning.incident_key import UNEXPLAINED
from reasoning.told import Notice, Told
from reasoning.transition import Transition

NAMES = 1000


class Stage(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    MERGED = "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """A pair that the undo of this incident would break, and why one thinks so."""

    pair: str
    endpoint: str
    vpc_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """`lead`, whom it is about, is the worst transition, of equals the first that shows proof, or
    the earliest. `failing` and `seen` count pairs, `changing` those of the failing ones whose
    route changes right now.
    `structural`: some pair showed structural evidence and no 5xx. `answered_5xx`: every pair did.
    `mature`: some pair had been good for MinGood. `page_after_at`: when plain evidence may page.
    `forecast`: endpoints that the suspected change was forecast to break. `costs_at`: when it was
    looked up what else the undo breaks (`foretold`, may be empty). `left_to`: the incident of
    those that stayed behind when the rest was repaired. `recovered_at` is the last good probe,
    `all_good_at` when the hub learned it. `unwatched` counts pairs that failed when they were
    last looked at; `unwatched_at`: since when nothing that fails is looked at any more.
    `acknowledged_until_at` None: for as long as it is open."""

    id: str
    key: str
    opened_at: float
    changed_at: float
    lead: Transition
    first_bad_at: float
    page_after_at: float
    stage: Stage = Stage.OPEN
    diagnosis: Diagnosis | None = None
    suspects: tuple[Suspect, ...] = ()
    searched: str = ""
    last_good_at: float | None = None
    last_bad_at: float | None = None
    structural: bool = False
    answered_5xx: bool = True
    mature: bool = False
    flapping: bool = False
    failing: int = 0
    seen: int = 0
    changing: int = 0
    endpoints: tuple[str, ...] = ()
    more_endpoints: int = 0
    vpcs: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    severity: str = "warning"
    forecast: tuple[str, ...] = ()
    more_forecast: int = 0
    foretold: tuple[Foretold, ...] = ()
    costs_at: float | None = None
    lost: tuple[str, ...] = ()
    recovered_at: float | None = None
    all_good_at: float | None = None
    unwatched: int = 0
    unwatched_why: str = ""
    unwatched_at: float | None = None
    resolved_at: float | None = None
    repair: Change | None = None
    merged_into: str = ""
    left_to: str = ""
    acknowledged: bool = False
    acknowledged_at: float | None = None
    acknowledged_until_at: float | None = None
    acknowledged_by: str = ""
    silenced_until_at: float | None = None
    silenced_by: str = ""
    told: Told = field(default_factory=Told)
    pending: tuple[Notice, ...] = ()
    version: int = 0

    @property
    def suspect(self) -> Suspect | None:
        """The best suspect, if any."""
        return self.suspects[0] if self.suspects else None

    @property
    def over_at(self) -> float | None:
        """When the hub learned that nothing of it fails as far as anyone looks."""
        return self.unwatched_at if self.all_good_at is None else self.all_good_at

    @property
    def proven(self) -> bool:
        return self.suspect is not None and self.suspect.confidence is Confidence.PROVEN

    @property
    def endpoint_count(self) -> int:
        return len(self.endpoints) + self.more_endpoints

    @property
    def forecast_count(self) -> int:
        return len(self.forecast) + self.more_forecast

    @property
    def cause(self) -> str:
        return self.diagnosis.cause if self.diagnosis else UNEXPLAINED
