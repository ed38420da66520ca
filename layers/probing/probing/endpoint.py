"""A registered API endpoint as looked at and judged: the record, after parsing.

Decided here: which fields an endpoint has. How registry text becomes one: `registration.py`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit


class AuthKind(StrEnum):
    HEADER = "header"
    API_KEY = "api_key"


class Severity(StrEnum):
    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """Where a credential goes and where it is kept; never the credential itself.

    `secret` is `ssm:/path` or `secretsmanager:name-or-arn[#json-key]`, resolved in the checker.
    """

    kind: AuthKind
    header: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a healthy answer looks like. `status`: inclusive ranges. `resolves_to`: public,
    private, any, a CIDR, or a vpce id. `latency_ms` bounds the whole probe."""

    status: tuple[tuple[int, int], ...] = ((200, 399),)
    latency_ms: float | None = None
    resolves_to: str = "any"
    body_contains: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`id` is unique in an account and Region; `source` says where it was registered."""

    id: str
    url: str
    source: str = ""
    kind: str = "https"
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    server_name: str | None = None
    auth: Auth | None = None
    expect: Expect = field(default_factory=Expect)
    owner: str = ""
    severity: Severity = Severity.ERROR
    service: str = ""
    runbook: str = ""
    page_after_seconds: float = 120.0
    from_vpcs: tuple[str, ...] = ()

    @property
    def parts(self) -> SplitResult:
        return urlsplit(self.url)

    @property
    def host(self) -> str:
        return self.parts.hostname or ""

    @property
    def port(self) -> int:
        return self.parts.port or (443 if self.parts.scheme == "https" else 80)


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
