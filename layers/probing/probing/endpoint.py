"""A registered API endpoint as looked at and judged: the record, after parsing.

Decided here: which fields an endpoint has. How registry text becomes one: `registration.py`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urlsplit

from probing.looked_from import From


class AuthKind(StrEnum):
    HEADER = "header"
    API_KEY = "api_key"
    BASIC = "basic"
    BEARER = "bearer"
    OAUTH2 = "oauth2"
    SIGV4 = "sigv4"


class Severity(StrEnum):
    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """Where a credential goes and where it is kept; never the credential itself.

    `secret` is `ssm:/path` or `secretsmanager:name-or-arn[#json-key]`, resolved in the checker:
    the value of `header` for header and api_key, the password of `user` for basic (all of
    `user:password` where `user` is empty), the token for bearer, the client secret for oauth2.
    sigv4 has none: the checker signs with its own role.
    """

    kind: AuthKind
    header: str = "Authorization"
    secret: str = ""
    user: str = ""
    token_url: str = ""
    client_id: str = ""
    scope: str = ""
    audience: str = ""
    client_in_body: bool = False
    service: str = "execute-api"
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that must hold `at` a header or a JSON path: it is there at all (`exists`), is
    that JSON value (`equals`, as JSON text), or holds a match of that pattern (`matches`)."""

    at: str
    exists: bool = True
    equals: str | None = None
    matches: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a healthy answer looks like.

    `status`: inclusive ranges. `resolves_to`: public, private, any, a CIDR, or a vpce id.
    `latency_ms` bounds the whole probe, `stage_latency_ms` single stages. `reachable` False: no
    connection may be made. `certificate_days`: days that the certificate must still be valid.
    `fingerprint`: steady or any (whether a change of who answers is a finding). `rcode` and
    `answers` are of DNS: the answers must be of these, literally or in these CIDRs. `message_*`
    is of what a WebSocket says.
    """

    status: tuple[tuple[int, int], ...] = ((200, 399),)
    latency_ms: float | None = None
    stage_latency_ms: dict[str, float] = field(default_factory=dict)
    resolves_to: str = "any"
    reachable: bool = True
    headers: tuple[Rule, ...] = ()
    body_contains: str | None = None
    body_matches: str | None = None
    json: tuple[Rule, ...] = ()
    certificate_days: int | None = None
    tls_version: str | None = None
    certificate_names: tuple[str, ...] = ()
    fingerprint: str = "steady"
    rcode: str | None = None
    answers: tuple[str, ...] = ()
    message_contains: str | None = None
    message_matches: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`id` is unique in an account and Region; `source` says where it was registered.

    `address` (a literal or a host name) is connected to instead of the URL's host; `server_name`
    is what TLS asks for; a Host header stands in `headers`: three separate things. `ca` is PEM
    text or a reference to it, trusted instead of the system's roots. `client_certificate` refers
    to a secret that holds a certificate chain and its key in PEM. `default_port` is that of the
    URL's scheme. `send` is what a WebSocket is told. `chosen` is the entry's `from:`, until a
    member has worked out which of its VPCs that are: `from_vpcs`, empty for all of them.
    """

    id: str
    url: str
    source: str = ""
    kind: str = "https"
    default_port: int = 0
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    address: str = ""
    server_name: str | None = None
    ca: str = ""
    insecure_tls: bool = False
    client_certificate: str = ""
    auth: Auth | None = None
    send: str = ""
    expect: Expect = field(default_factory=Expect)
    owner: str = ""
    severity: Severity = Severity.ERROR
    service: str = ""
    runbook: str = ""
    page_after_seconds: float = 120.0
    from_vpcs: tuple[str, ...] = ()
    chosen: From | None = None

    @property
    def parts(self) -> SplitResult:
        return urlsplit(self.url)

    @property
    def host(self) -> str:
        """The URL's host; of `dns:name?type=TXT` (RFC 4501) the name."""
        return _host_of(self.url)

    @property
    def target(self) -> str:
        """What is resolved and connected to: `address` where one is set apart, else the host."""
        return self.address or self.host

    @property
    def record(self) -> str:
        """The record type that a DNS probe asks for; "" for addresses (A and AAAA)."""
        return dict(parse_qsl(self.parts.query)).get("type", "").upper()

    @property
    def port(self) -> int:
        return (
            _port_of(self.url) or self.default_port or (80 if self.parts.scheme == "http" else 443)
        )


@lru_cache(4096)  # a probe asks for it again and again
def _host_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.hostname or (parts.path if parts.scheme == "dns" else "")


@lru_cache(4096)
def _port_of(url: str) -> int | None:
    return urlsplit(url).port


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a registry entry: where (source, path, line), what, and how to mend it."""

    source: str
    path: str
    what: str
    mend: str
    line: int | None = None
    owner: str = ""

    def __str__(self) -> str:
        where = f"{self.source}:{self.line}" if self.line else self.source
        return f"{where}: {self.path}: {self.what}; {self.mend}"
