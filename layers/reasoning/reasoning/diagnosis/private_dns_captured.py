"""A VPC endpoint with private DNS took over the name of an API that is not served through it.

An execute-api endpoint takes `*.execute-api.<region>` over for its whole VPC, but serves private
APIs only: a public one answers 403 Forbidden through it, or nothing at all while the endpoint is
pending or its groups refuse port 443.
Source: repost.aws/knowledge-center/api-gateway-vpc-connections; docs.aws.amazon.com/apigateway/
latest/developerguide/apigateway-private-apis.html.
"""

from dataclasses import dataclass
from typing import Any

from reasoning.case import Case, RouteClass
from reasoning.contrast import (
    ALSO,
    chain_of,
    covered_name,
    described,
    is_bad,
    last_good_line,
    look_lines,
    names_taken,
    outside_good,
    pinned_good,
    route_changed,
    sentinel_lines,
)
from reasoning.diagnose import Diagnosis
from reasoning.inventory import VpcEndpoint
from reasoning.route import INWARD, holder_of, interface_at

KIND = "private_dns_captured"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """`address` "" when only the name, not the address, leads to the endpoint."""

    endpoint: VpcEndpoint
    name: str
    names: tuple[str, ...]
    address: str


def judge(case: Case) -> Diagnosis | None:
    """Speaks when the inside answer belongs to an endpoint of this VPC that takes the name over,
    and something shows that the API is served elsewhere."""
    if not is_bad(case):
        return None
    found = _captor(case)
    if found is None or not _is_served_elsewhere(case, found.endpoint):
        return None
    stated = described(case, found.endpoint.id)
    contrast = [name for name, so in _contrasts(case) if so]
    said_so = case.private_api is False and stated is not None and stated.private_dns
    return Diagnosis(
        cause=KIND,
        subject=found.endpoint.id,
        subject_account=case.inventory.account,
        host=case.endpoint.host,
        evidence=_evidence(case, found, stated),
        proof=bool(found.address and (contrast or said_so)),
        rank=10,
        facts=_facts(case, found, stated, contrast),
    )


def _captor(case: Case) -> _Found | None:
    """The endpoint at the answer's address; failing that, the only one here that takes the name
    while the answer is some inward address (Describe refused, or it knew no interface yet)."""
    held = holder_of(case)
    if held is not None:
        address, endpoint = held
        return _taking(case, endpoint, address)
    if case.route_class not in INWARD:
        return None
    current = {e.id: e for e in (*case.inventory.endpoints, *case.described)}
    taking = [_taking(case, e, "") for e in current.values() if e.deleted_at is None]
    named = [one for one in taking if one is not None and not one.endpoint.addresses]
    return named[0] if len(named) == 1 else None


def _taking(case: Case, endpoint: VpcEndpoint, address: str) -> _Found | None:
    """What Describe says now or the inventory said before: DNS follows a switch only later."""
    remembered = case.inventory.endpoint(endpoint.id)
    on = endpoint.private_dns or (remembered is not None and remembered.private_dns)
    if not on or endpoint.vpc_id != case.vantage.vpc_id:
        return None
    known = endpoint if endpoint.names or remembered is None else remembered
    names = names_taken(known, case.vantage.region)
    name = covered_name(names, case.endpoint.host, chain_of(case))
    return _Found(endpoint=endpoint, name=name, names=names, address=address) if name else None


def _is_served_elsewhere(case: Case, endpoint: VpcEndpoint) -> bool:
    good = case.last_good
    if good is not None and endpoint.id == good.vpc_endpoint_id:
        return False
    went_elsewhere = good is not None and good.route_class is not RouteClass.VPCE
    return (went_elsewhere and route_changed(case)) or (
        case.private_api is False or any(so for _, so in _contrasts(case))
    )


def _contrasts(case: Case) -> tuple[tuple[str, bool], ...]:
    return (("pinned", pinned_good(case)), ("outside", outside_good(case)))


def _evidence(case: Case, found: _Found, stated: VpcEndpoint | None) -> tuple[str, ...]:
    source = "Describe" if stated is not None else "the inventory"
    endpoint = stated or found.endpoint
    switch = "on" if endpoint.private_dns else "just switched off, names may still be captured"
    lines = [
        *look_lines(case, found.endpoint),
        f"{source}: {endpoint.id} for {endpoint.service} in {endpoint.vpc_id} is {endpoint.state}, "
        f"private DNS {switch}; it takes over {', '.join(found.names[:3])}",
        last_good_line(case),
        *sentinel_lines(case, found.endpoint),
    ]
    if found.name != case.endpoint.host:
        lines.append(f"{case.endpoint.host} is a CNAME of {found.name}")
    if not found.address:
        lines.append("no interface of it is known to hold the address: matched by name alone")
    if case.vantage.not_representative:
        lines.append(f"judged by route class: {case.vantage.not_representative}")
    if case.private_api is False:
        lines.append(f"{case.endpoint.id} is no private API: it answers well in public")
    return tuple(lines)


def _facts(
    case: Case, found: _Found, stated: VpcEndpoint | None, contrast: list[str]
) -> dict[str, Any]:
    endpoint, vantage = stated or found.endpoint, case.vantage
    return {
        "summary": _summary(case, found),
        "endpoint_id": endpoint.id,
        "interface_id": interface_at(found.endpoint, found.address),
        "address": found.address,
        "service": endpoint.service,
        "names": list(found.names),
        "captured_name": found.name,
        "vpc_id": endpoint.vpc_id,
        "state": endpoint.state,
        "created_at": endpoint.created_at,
        "private_dns": stated.private_dns if stated is not None else None,
        "described_at": case.described_at if stated is not None else None,
        "contrast": contrast,
        "private_api": case.private_api,
        "account": case.inventory.account,
        "region": vantage.region,
        "command": {
            "action": "modify_vpc_endpoint",
            "account": case.inventory.account,
            "region": vantage.region,
            "vpc_endpoint_id": endpoint.id,
            "private_dns_enabled": False,
        },
        "also_breaks": [
            {"endpoint": n.endpoint, "vpc_id": n.vpc_id, "good_since_at": n.good_since_at}
            for n in case.neighbours
            if n.is_good
            and n.vpc_id == case.vantage.vpc_id
            and n.route_class is RouteClass.VPCE
            and (n.vpc_endpoint_id or endpoint.id) == endpoint.id
            and covered_name(found.names, n.host, ())
        ][:ALSO],
    }


def _through(case: Case, found: _Found) -> str:
    """What the way through the endpoint does; a silent one is told by what is known of it."""
    if case.inside.status is not None:
        return f"APIs that are not private answer {case.inside.status} through it"
    if found.endpoint.state.lower() == "pending":
        return "it is pending, and nothing answers through it"
    groups = ", ".join(found.endpoint.security_groups)
    return "nothing answers through it" + (f"; its groups are {groups}" if groups else "")


def _summary(case: Case, found: _Found) -> str:
    wild = next((name for name in found.names if name.startswith("*.")), found.name)
    taken = wild.removesuffix(".amazonaws.com")
    through = _through(case, found)
    if case.vantage.not_representative:
        through = "APIs that are not private are not served through it"
    return f"{found.endpoint.id} took over {taken} (private DNS); {through}"
