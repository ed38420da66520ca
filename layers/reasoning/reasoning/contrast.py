"""What sets the inside answer off from others: the last good one, the pinned and the outside look.

Shared by diagnosis rules; each function is True only on evidence, never on its absence.
"""

from collections.abc import Iterable

from probing.outcome import Outcome, State
from reasoning.case import Case
from reasoning.inventory import VpcEndpoint
from reasoning.private_dns import covers, names_of
from reasoning.route import answers_of, changed, describe, differing, fingerprint
from reasoning.seeing import seen_of

ALSO = 20
"""Neighbours that a diagnosis names at most: each endpoint of a VPC sends them in one look."""
_GONE = frozenset({"deleting", "deleted", "rejected", "failed", "expired"})


def is_bad(case: Case) -> bool:
    """Whether the inside look is a finding, as health counts it."""
    seen = seen_of(
        case.endpoint, case.inside, case.vantage, case.inventory, case.last_good, case.described
    )
    return seen.state is State.FAILING


def route_changed(case: Case) -> bool:
    """Whether the name leads elsewhere than at the last good look."""
    return changed(case.last_good, case.route_class, answers_of(case.inside))


def pinned_good(case: Case) -> bool:
    """From this VPC, the address that the outside got answers well: the name is to blame."""
    return _good_unlike_inside(case, case.pinned)


def outside_good(case: Case) -> bool:
    return _good_unlike_inside(case, case.outside)


def outside_bad(case: Case) -> bool:
    """Evidence only where outside was ever good."""
    seen = case.outside
    return case.outside_ever_good and seen is not None and seen.state is State.FAILING


def _good_unlike_inside(case: Case, other: Outcome | None) -> bool:
    if other is None or other.state is not State.OK:
        return False
    if case.inside.state is State.FAILING or route_changed(case):
        return other.address not in answers_of(case.inside)
    return bool(differing(fingerprint(other), fingerprint(case.inside)))


def names_taken(endpoint: VpcEndpoint, region: str) -> tuple[str, ...]:
    """The names that `endpoint` takes over while its private DNS is on."""
    return endpoint.names or names_of(endpoint.service, region)


def covered_name(names: Iterable[str], host: str, cname_chain: Iterable[str]) -> str:
    """The name of the resolution that `names` cover: the host, or one that it is an alias of by
    CNAME. "" when none: an alias A record is flattened by its own zone and stays public."""
    names = tuple(names)
    return next((name for name in (host, *cname_chain) if covers(names, name)), "")


def chain_of(case: Case) -> tuple[str, ...]:
    """CNAMEs seen now and at the last good look (a captured chain may end early)."""
    now = case.inside.resolution.cname_chain if case.inside.resolution else ()
    before = case.last_good.cname_chain if case.last_good else ()
    return tuple(dict.fromkeys((*now, *before)))


def described(case: Case, endpoint_id: str) -> VpcEndpoint | None:
    """The endpoint as Describe told it just now."""
    return next((e for e in case.described if e.id == endpoint_id), None)


def is_gone(endpoint: VpcEndpoint) -> bool:
    return endpoint.deleted_at is not None or endpoint.state.lower() in _GONE


def look_lines(case: Case, endpoint: VpcEndpoint | None) -> tuple[str, ...]:
    """The looks, quoted, for evidence."""
    lines = [f"inside: {describe(case.inside, endpoint)}"]
    if case.pinned is not None:
        lines.append(f"same VPC pinned to public address: {describe(case.pinned)}")
    if case.outside is not None:
        lines.append(f"outside: {describe(case.outside)}")
    return tuple(lines)


def last_good_line(case: Case) -> str:
    good = case.last_good
    if good is None:
        return "never seen good from here"
    addresses = ", ".join(good.addresses[:3]) or "no address"
    through = f" through {good.vpc_endpoint_id}" if good.vpc_endpoint_id else ""
    status = f" {good.status}" if good.status is not None else ""
    return f"last good: {good.route_class} {addresses}{through}{status}"


def sentinel_lines(case: Case, endpoint: VpcEndpoint) -> tuple[str, ...]:
    """Random names under a wildcard that resolve to `endpoint`: all names of it are taken."""
    lines = []
    for sentinel in case.sentinels:
        held = [a for a in sentinel.resolution.addresses if a in endpoint.addresses]
        if held:
            name = sentinel.resolution.host
            lines.append(f"sentinel {name}: {held[0]}, so every name of {sentinel.service}")
    return tuple(lines)
