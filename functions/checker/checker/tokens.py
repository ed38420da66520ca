"""OAuth2 tokens, kept in memory until shortly before they end.

In real time, not the Clock's: the peer that gave a token counts its seconds in real time.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from checker.secrets_read import SecretRefused
from probing.clock import Clock
from probing.deadline import Deadline

ASSUMED_SECONDS = 300.0
"""How long a token is taken to live that comes without `expires_in` (RFC 6749, 5.1: it may)."""
LONGEST_SECONDS = 3600.0
SPARE_SECONDS = 60.0
REFUSED_SECONDS = 30.0
RENEWED_SECONDS = 300.0
"""A token that the API refuses is fetched again, but not more often than that."""


class TokenRefused(SecretRefused):
    """The token endpoint gave none; the text says what it answered, and nothing secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a token is asked for with."""

    token_url: str
    client_id: str
    secret: str = field(repr=False)
    scope: str = ""
    audience: str = ""
    client_in_body: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A token, and how long it lives as the endpoint said, unchecked."""

    token: str = field(repr=False)
    expires_in: Any = None


@dataclass(slots=True, kw_only=True)
class _Kept:
    """What is known of one grant; times are real epoch seconds."""

    one_at_a_time: Lock = field(default_factory=Lock)
    token: str = field(default="", repr=False)
    renew_at: float = 0.0
    ends_at: float = 0.0
    renewed_at: float = -math.inf
    refused: str = ""
    refused_at: float = -math.inf


Fetch = Callable[[Grant, Deadline], Granted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Tokens by grant; `fetch` asks the token endpoint and raises TokenRefused."""

    fetch: Fetch
    clock: Clock
    _kept: dict[Grant, _Kept] = field(default_factory=dict, repr=False)
    _adding: Lock = field(default_factory=Lock, repr=False)

    def token(self, grant: Grant, deadline: Deadline, *, again: bool = False) -> str:
        """A token that is good for a while yet. Raises TokenRefused.

        `again`: the API refused the one that is kept. An endpoint that refused is not asked
        again for half a minute; until a token ends it is used, if no other is to be had.
        """
        kept = self._of(grant)
        with kept.one_at_a_time:
            now = self.clock.real_now_at()
            again = again and now - kept.renewed_at >= RENEWED_SECONDS
            if now < kept.renew_at and not again:
                return kept.token
            if now - kept.refused_at >= REFUSED_SECONDS:
                self._fetch(grant, kept, deadline)
                if again and not kept.refused:
                    # Only then: one that the API refuses must not pass for one fetched anew.
                    kept.renewed_at = now
            if kept.refused and (again or now >= kept.ends_at):
                raise TokenRefused(kept.refused)
            return kept.token

    def _fetch(self, grant: Grant, kept: _Kept, deadline: Deadline) -> None:
        if deadline.passed:
            # Said of this look alone: the endpoint was not asked.
            kept.refused = "no time was left to ask for a token"
            return
        try:
            granted = self.fetch(grant, deadline)
        except TokenRefused as error:
            kept.refused, kept.refused_at = str(error), self.clock.real_now_at()
            return
        lives = lifetime_seconds(granted.expires_in)
        kept.token, kept.refused, kept.refused_at = granted.token, "", -math.inf
        kept.ends_at = self.clock.real_now_at() + lives
        kept.renew_at = kept.ends_at - min(SPARE_SECONDS, lives / 2)

    def _of(self, grant: Grant) -> _Kept:
        with self._adding:
            if grant not in self._kept:
                self._forget_ended()
            return self._kept.setdefault(grant, _Kept())

    def _forget_ended(self) -> None:
        """Each rotation of a secret makes a grant of its own."""
        now = self.clock.real_now_at()
        for grant, kept in list(self._kept.items()):
            if max(kept.ends_at, kept.refused_at) < now - LONGEST_SECONDS:
                del self._kept[grant]


def lifetime_seconds(expires_in: Any) -> float:
    """How long a token may be kept, whatever the endpoint said of it: 0 to an hour."""
    try:
        told = float(expires_in)
    except (TypeError, ValueError, OverflowError):
        return ASSUMED_SECONDS
    if isinstance(expires_in, bool) or math.isnan(told):
        return ASSUMED_SECONDS
    return max(0.0, min(told, LONGEST_SECONDS))
