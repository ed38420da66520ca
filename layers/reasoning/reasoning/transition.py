"""A hard change of health of one (endpoint, VPC), numbered; and a member's minute."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reasoning.case import RouteClass
from reasoning.diagnose import Diagnosis
from reasoning.vantage import Vantage


class Health(StrEnum):
    NEVER_GOOD = "never_good"
    GOOD = "good"
    FAILING = "failing"
    CHANGING = "changing"
    FLAPPING = "flapping"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFacts:
    """What the hub must know of an endpoint to speak of it (never its credentials)."""

    id: str
    url: str
    host: str
    owner: str = ""
    severity: str = "error"
    service: str = ""
    runbook: str = ""
    page_after_seconds: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """`seq` counts per pair upward from the pair's creation time in ms. `first_bad_at` is the end
    of the first bad probe; `last_good_at` the last look that saw it good; `good_since_at` the
    begin of that good time (MinGood). `structural`: route class, certificate or resolvability
    differ from the last good. `answered_5xx`: an answer came and was a 5xx.
    `looks` is short evidence by view, for people: {"inside": "10.0.0.91 ... 403", ...}.
    `seen_at` is the end of the probe that decided."""

    endpoint: EndpointFacts
    vantage: Vantage
    seq: int
    before: Health
    after: Health
    at: float
    seen_at: float
    first_bad_at: float | None = None
    last_good_at: float | None = None
    good_since_at: float | None = None
    route_before: RouteClass | None = None
    route_after: RouteClass | None = None
    structural: bool = False
    answered_5xx: bool = False
    looks: dict[str, str] = field(default_factory=dict)
    diagnosis: Diagnosis | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def pair(self) -> str:
        return f"{self.endpoint.id}@{self.vantage.key}"

    @property
    def id(self) -> str:
        return f"{self.pair}#{self.seq}"

    @property
    def shows_proof(self) -> bool:
        return self.diagnosis is not None and self.diagnosis.proof


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseTimes:
    """Sum, max and count of one phase's milliseconds."""

    sum_ms: float = 0.0
    max_ms: float = 0.0
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPair:
    """One endpoint at one VPC, sent when it differs from the digest that the bus last took."""

    endpoint: EndpointFacts
    vpc_id: str
    health: Health
    route_class: RouteClass
    cname_chain: tuple[str, ...] = ()
    not_representative: str = ""
    good_since_at: float | None = None
    vpc_endpoint_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestEndpoint:
    endpoint: str
    good: int = 0
    failing: int = 0
    unknown: int = 0
    phases: dict[str, PhaseTimes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A member's minute. `looked` maps VPC id to the time of its last look (state `unknown`
    counts as looked), or, before its first one, to since when its canary is known; it is empty
    while `paused`. `whole`: every pair is listed, not only those that differ."""

    account: str
    region: str
    at: float
    looked: dict[str, float] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    endpoints: tuple[DigestEndpoint, ...] = ()
    pairs: tuple[DigestPair, ...] = ()
    gone: tuple[str, ...] = ()
    captured: dict[str, list[str]] = field(default_factory=dict)
    whole: bool = False
    release: str = ""
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberProblem:
    """Something for people to mend: a broken entry, no trail, a refused call. `key` is stable."""

    key: str
    what: str
    mend: str
    at: float
    owner: str = ""
    open: bool = True
