"""Gives each probe what it shows: credential headers, a client certificate, authorities to trust.

Secrets and tokens are fetched side by side and under one deadline: what one endpoint waits for
keeps no other from its look.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

from checker import pem
from checker.credential import Asked, Made, Means
from checker.credentials import BY_KIND
from checker.secrets_read import Secret, SecretRefused
from probing.clock import Clock
from probing.deadline import Deadline
from probing.endpoint import Endpoint
from probing.fields import SECRET
from probing.wire import Probe

SECONDS = 10.0
SIDE_BY_SIDE = 8

Found = TypeVar("Found")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one endpoint is shown; `of` and `changed_at` as in Made, of all its secrets together."""

    headers: dict[str, str] = field(default_factory=dict, repr=False)
    client_certificate: str = field(default="", repr=False)
    ca: str = ""
    of: tuple[str, ...] = field(default=(), repr=False)
    changed_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Probes that can be sent, in order, and why the others cannot, by endpoint. `changed_at` is
    when what each endpoint is shown was made."""

    ready: tuple[Probe, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)
    changed_at: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """Makes what endpoints are shown."""

    means: Means
    clock: Clock
    seconds: float = SECONDS

    def give(self, probes: Sequence[Probe]) -> Given:
        """Every probe with its credential put in, or the reason why there is none."""
        wanting = [n for n, probe in enumerate(probes) if needs(probe.endpoint)]
        endpoints = [probes[n].endpoint for n in wanting]
        made = dict(zip(wanting, self._side_by_side(endpoints, self._shown), strict=True))
        found: dict[int, Probe | SecretRefused] = dict(enumerate(probes))
        found |= {
            n: shown if isinstance(shown, SecretRefused) else _with_credential(probes[n], shown)
            for n, shown in made.items()
        }
        return Given(
            changed_at={
                probes[n].endpoint.id: shown.changed_at
                for n, shown in made.items()
                if isinstance(shown, Shown) and shown.changed_at is not None
            },
            ready=tuple(p for p in found.values() if isinstance(p, Probe)),
            refused={
                probes[n].endpoint.id: str(why)
                for n, why in found.items()
                if isinstance(why, SecretRefused)
            },
        )

    def renew(
        self, endpoints: Sequence[Endpoint]
    ) -> list[tuple[Endpoint, tuple[Shown, Shown] | SecretRefused]]:
        """For each endpoint what was shown and what is to be had now, read again; or why not."""
        return list(
            zip(endpoints, self._side_by_side(endpoints, self._before_and_after), strict=True)
        )

    def _side_by_side(
        self, items: Sequence[Item], make: Callable[[Item, Deadline], Found]
    ) -> list[Found | SecretRefused]:
        if not items:
            return []
        deadline = Deadline.after(self.clock, self.seconds)

        def one(item: Item) -> Found | SecretRefused:
            try:
                if deadline.passed:
                    raise SecretRefused("no time was left to read the credential")
                return make(item, deadline)
            except SecretRefused as refused:
                return refused

        with ThreadPoolExecutor(min(SIDE_BY_SIDE, len(items))) as pool:
            return list(pool.map(one, items))

    def _before_and_after(self, endpoint: Endpoint, deadline: Deadline) -> tuple[Shown, Shown]:
        return self._shown(endpoint, deadline), self._shown(endpoint, deadline, again=True)

    def _shown(self, endpoint: Endpoint, deadline: Deadline, *, again: bool = False) -> Shown:
        made = Made()
        if endpoint.auth is not None:
            asked = Asked(
                endpoint=endpoint,
                auth=endpoint.auth,
                means=self.means,
                deadline=deadline,
                again=again,
            )
            made = BY_KIND[endpoint.auth.kind](asked)
        kept = {
            reference: self.means.secrets.read(reference, again=again)
            for reference in (endpoint.client_certificate, endpoint.ca)
            if SECRET.match(reference)
        }
        return Shown(
            headers=made.headers,
            client_certificate=_pem(pem.client_certificate, endpoint.client_certificate, kept),
            ca=_pem(pem.authorities, endpoint.ca, kept),
            of=(*made.of, *(secret.value for secret in kept.values())),
            changed_at=_newest((made.changed_at, *(s.changed_at for s in kept.values()))),
        )


def _with_credential(probe: Probe, shown: Shown) -> Probe:
    return replace(
        probe,
        secret_headers=shown.headers,
        client_certificate=shown.client_certificate,
        ca=shown.ca,
    )


def needs(endpoint: Endpoint) -> bool:
    """Whether anything has to be read or made before that endpoint can be looked at."""
    shows_us = endpoint.auth is not None or bool(endpoint.client_certificate)
    return shows_us or bool(SECRET.match(endpoint.ca))


def _pem(read: Callable[[str, str], str], reference: str, kept: dict[str, Secret]) -> str:
    return read(reference, kept[reference].value) if reference in kept else ""


def _newest(changes: Iterable[float | None]) -> float | None:
    return max((at for at in changes if at is not None), default=None)
