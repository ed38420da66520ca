"""What a probe saw, as data: steps with evidence, a closed failure vocabulary, ok/failing/unknown.

    resolve   dns_nxdomain  dns_nodata  dns_servfail  dns_refused  dns_timeout  dns_assertion
    connect   connect_timeout  connect_refused  connect_unreachable  connect_reset  connect_reached
    tls       tls_name_mismatch  tls_expired  tls_not_yet_valid  tls_untrusted  tls_version
              tls_handshake_refused  tls_reset  tls_timeout  tls_assertion
    http      http_status  http_assertion  http_timeout  http_malformed  http_reset
    any       too_slow
    message   message_timeout  message_assertion  message_closed
    ours      guard_refused  out_of_time  canary_error  credential  control_failed  our_load
              pattern_timeout   (always `unknown`)

A failure of our own is `unknown`, never `failing`: it says nothing about the endpoint.
`connect_reached` is the failure of an endpoint that is expected not to be reachable.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Stage(StrEnum):
    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    HTTP = "http"
    MESSAGE = "message"


class Failure(StrEnum):
    DNS_NXDOMAIN = "dns_nxdomain"
    DNS_NODATA = "dns_nodata"
    DNS_SERVFAIL = "dns_servfail"
    DNS_REFUSED = "dns_refused"
    DNS_TIMEOUT = "dns_timeout"
    DNS_ASSERTION = "dns_assertion"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECT_REFUSED = "connect_refused"
    CONNECT_UNREACHABLE = "connect_unreachable"
    CONNECT_RESET = "connect_reset"
    CONNECT_REACHED = "connect_reached"
    TLS_NAME_MISMATCH = "tls_name_mismatch"
    TLS_EXPIRED = "tls_expired"
    TLS_NOT_YET_VALID = "tls_not_yet_valid"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_VERSION = "tls_version"
    TLS_HANDSHAKE_REFUSED = "tls_handshake_refused"
    TLS_RESET = "tls_reset"
    TLS_TIMEOUT = "tls_timeout"
    TLS_ASSERTION = "tls_assertion"
    HTTP_STATUS = "http_status"
    HTTP_ASSERTION = "http_assertion"
    HTTP_TIMEOUT = "http_timeout"
    HTTP_MALFORMED = "http_malformed"
    HTTP_RESET = "http_reset"
    MESSAGE_TIMEOUT = "message_timeout"
    MESSAGE_ASSERTION = "message_assertion"
    MESSAGE_CLOSED = "message_closed"
    TOO_SLOW = "too_slow"
    GUARD_REFUSED = "guard_refused"
    OUT_OF_TIME = "out_of_time"
    CANARY_ERROR = "canary_error"
    CREDENTIAL = "credential"
    CONTROL_FAILED = "control_failed"
    OUR_LOAD = "our_load"
    PATTERN_TIMEOUT = "pattern_timeout"


OURS = frozenset(
    {
        Failure.GUARD_REFUSED,
        Failure.OUT_OF_TIME,
        Failure.CANARY_ERROR,
        Failure.CREDENTIAL,
        Failure.CONTROL_FAILED,
        Failure.OUR_LOAD,
        Failure.PATTERN_TIMEOUT,
    }
)
"""Failures that are our own fault or doing: they make an outcome `unknown`."""


class State(StrEnum):
    OK = "ok"
    FAILING = "failing"
    UNKNOWN = "unknown"


class View(StrEnum):
    """From where, and by which address, a probe looked."""

    INSIDE = "inside"
    PINNED = "pinned"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What the name server said of one host. `addresses` holds A then AAAA answers, in order.

    `second_opinion` is what Amazon's own resolver says where the name server failed, in words:
    evidence of whose fault it is, never a failure.
    """

    host: str
    name_server: str
    rcode: str
    addresses: tuple[str, ...] = ()
    cname_chain: tuple[str, ...] = ()
    ttl_seconds: int | None = None
    getaddrinfo: tuple[str, ...] = ()
    elapsed_ms: float = 0.0
    failure: Failure | None = None
    detail: str = ""
    second_opinion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stage of a probe: its time, its failure (None: passed) and JSON-able evidence.

    Evidence keys: resolve - none (see `Outcome.resolution`);
    connect - address, port, unreachable (the failure, where none was to be reached);
    tls - version, alpn, subject, sans, issuer, not_before_at, not_after_at, server_name, insecure
    (where nothing was verified), judged_at (the clock by which a certificate was refused), chain
    (of a refused certificate, and of the kind tls);
    http - status, headers (the few that identify who answered), body_bytes, snippet (redacted);
    message - snippet (redacted). The resolve step of a DNS probe: records.
    """

    stage: Stage
    elapsed_ms: float
    failure: Failure | None = None
    detail: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What one address of a name did in a probe that tried several; `failure` None: it is well."""

    address: str
    failure: Failure | None = None
    detail: str = ""
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one probe of one endpoint saw. `address` is the one connected to, if any: one chosen
    at random. When it failed, `tried` tells what each address of the name did, it among them.
    `trimmed`: evidence was left out, because the whole answer would have been too large (`fit`).
    `insecure_tls`: whoever answered was believed, as the entry asks for. `seen_from`: the function
    that saw it, where a VPC has several canaries and not all saw the endpoint well."""

    endpoint: str
    view: View
    state: State
    started_at: float
    ended_at: float
    steps: tuple[Step, ...] = ()
    resolution: Resolution | None = None
    address: str | None = None
    reason: str = ""
    tried: tuple[Tried, ...] = ()
    trimmed: bool = False
    insecure_tls: bool = False
    seen_from: str = ""

    @property
    def failure(self) -> Failure | None:
        """The first failure of the steps; None when all passed."""
        return next((step.failure for step in self.steps if step.failure), None)

    def step(self, stage: Stage) -> Step | None:
        """The step of that stage, or None when the probe never came to it."""
        return next((step for step in self.steps if step.stage is stage), None)

    @property
    def status(self) -> int | None:
        """HTTP status, or None when no answer was read."""
        http = self.step(Stage.HTTP)
        status = http.evidence.get("status") if http else None
        return int(status) if status is not None else None

    @property
    def elapsed_ms(self) -> float:
        return sum(step.elapsed_ms for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentinel:
    """A random name under a service's wildcard, resolved in a look: a private answer is capture."""

    service: str
    resolution: Resolution
