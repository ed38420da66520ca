"""What a kind of credential is given, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from checker.secrets_read import Secret, Secrets
from checker.tokens import Tokens
from probing.deadline import Deadline
from probing.endpoint import Auth, Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What signs with the checker's own role: `credentials()` gives botocore's, or None. The role
    may invoke `api_arns` (execute-api ARNs with wildcards); `region` is the member's."""

    credentials: Callable[[], Any] = field(repr=False)
    region: str
    api_arns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What credentials are made with."""

    secrets: Secrets
    tokens: Tokens
    signing: Signing


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A credential wanted for one request to `endpoint`. `again`: the API refused the one that is
    in memory. `deadline` bounds what has to be fetched."""

    endpoint: Endpoint
    auth: Auth
    means: Means
    deadline: Deadline
    again: bool = False

    def secret(self) -> Secret:
        """What the reference of `auth` leads to. Raises SecretRefused."""
        return self.means.secrets.read(self.auth.secret, again=self.again)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The headers that carry a credential, and the values `of` which they are made: those are
    compared to tell whether reading again brought another one. `changed_at` (Clock time) is when
    the newest of the secrets changed, where that is known."""

    headers: dict[str, str] = field(default_factory=dict, repr=False)
    of: tuple[str, ...] = field(default=(), repr=False)
    changed_at: float | None = None
