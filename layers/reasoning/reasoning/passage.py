"""Whether security groups let the canary's connection to a VPC endpoint pass, both ways round.

Decided here: which rules count for a connection that timed out at an endpoint's interface, and
what they say. Not decided here: whether that is the cause (`diagnosis/endpoint_blocked.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from probing.outcome import Failure
from reasoning.case import Case
from reasoning.inventory import VpcEndpoint
from reasoning.route import answers_of, holder
from reasoning.security_groups import Peer, SecurityGroup, passes

_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A connection that timed out at `address`, an interface of `endpoint`.

    `standing` are the canary's addresses of the same family. `entering`: the endpoint's groups
    let it in; `leaving`: the canary's groups let it out; None when that cannot be told. `own`:
    the canary stands in a group made for it alone. `admitting` are the groups that let it in,
    whoever stands in them.
    """

    endpoint: VpcEndpoint
    address: str
    port: int
    standing: tuple[str, ...]
    canary_groups: tuple[str, ...]
    entering: bool | None
    leaving: bool | None
    own: bool
    admitting: tuple[str, ...] = ()


def passage(case: Case) -> Passage | None:
    """None when no connection timed out at an endpoint's interface, or no groups were read."""
    held = timed_out_at(case)
    if held is None or case.filters.at is None:
        return None
    address, endpoint = held
    mine, port, lists = case.vantage.security_groups, case.endpoint.port, case.filters.prefix_lists
    callers = [Peer(address=one, groups=mine) for one in _alike(case.filters.standing, address)]
    target = Peer(address=address, groups=endpoint.security_groups)
    theirs, ours = _known(case, endpoint.security_groups), _known(case, mine)
    entering = [rule for one in theirs or () for rule in one.ingress]
    leaving = [rule for one in ours or () for rule in one.egress]
    return Passage(
        endpoint=endpoint,
        address=address,
        port=port,
        standing=tuple(one.address for one in callers),
        canary_groups=mine,
        entering=passes(entering, callers, port, lists) if theirs is not None else None,
        leaving=passes(leaving, [target], port, lists) if ours else None,
        own=bool(ours) and all(one.own for one in ours or ()),
        admitting=tuple(
            one.id for one in case.filters.groups if passes(one.ingress, callers, port, lists)
        ),
    )


def timed_out_at(case: Case) -> tuple[str, VpcEndpoint] | None:
    """(address, endpoint) where the inside connection timed out."""
    if case.inside.failure is not Failure.CONNECT_TIMEOUT:
        return None
    for address in answers_of(case.inside):
        found = holder(address, case.inventory, case.vantage.vpc_id, case.described)
        if found is not None:
            return address, found
    return None


def passage_lines(case: Case) -> tuple[str, ...]:
    """What the groups say of a connection that timed out at an endpoint, for evidence."""
    held = timed_out_at(case)
    if held is None:
        return ()
    address, endpoint = held
    if case.filters.at is None:
        why = case.filters.refused or "not read"
        return (f"security groups of {endpoint.id}: {why}; whether they refuse is not known",)
    found = passage(case)
    if found is None:
        return ()
    port, here = found.port, ", ".join(found.standing) or "the canary, whose address is not known,"
    s = "s" * (len(endpoint.security_groups) == 1)
    words = {True: f"admit{s}", False: f"refuse{s}", None: "cannot be told to admit or refuse"}
    entering = f"{_named(endpoint.security_groups)} of {endpoint.id} {words[found.entering]} "
    words = {True: "lets out", False: "lets nothing out", None: "is not known to let out"}
    mine = "the canary's own group" if found.own else "the group of the canary"
    leaving = f"{mine} {_named(found.canary_groups)} {words[found.leaving]} to {address}:{port}"
    aside = "; workloads stand in other groups" if found.own and found.leaving is False else ""
    return (f"{entering}{here} on {port}, as Describe calls say", f"{leaving}{aside}")


def _named(groups: tuple[str, ...]) -> str:
    more = f" and {len(groups) - _NAMED} more" if len(groups) > _NAMED else ""
    return (", ".join(groups[:_NAMED]) or "no group") + more


def _alike(addresses: Iterable[str], to: str) -> list[str]:
    version = ip_address(to).version
    return [one for one in addresses if ip_address(one).version == version]


def _known(case: Case, group_ids: tuple[str, ...]) -> tuple[SecurityGroup, ...] | None:
    """The groups themselves; None when one of them was not told: it may admit."""
    found = [case.filters.group(one) for one in group_ids]
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else None
