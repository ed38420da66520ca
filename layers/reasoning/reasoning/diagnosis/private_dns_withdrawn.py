"""A name that an endpoint answered for, over private DNS, does so no more.

The endpoint is gone or its private DNS is off: the name of a private API is public again, where
it does not resolve or answers 403.
Source: repost.aws/knowledge-center/api-gateway-vpc-connections; docs.aws.amazon.com/vpc/latest/
privatelink/manage-dns-names.html.
"""

from typing import Any

from reasoning.case import Case, RouteClass
from reasoning.contrast import (
    ALSO,
    chain_of,
    covered_name,
    described,
    is_bad,
    is_gone,
    last_good_line,
    look_lines,
    names_taken,
    route_changed,
)
from reasoning.diagnose import Diagnosis
from reasoning.inventory import VpcEndpoint
from reasoning.private_dns import names_of
from reasoning.route import EDGE, describe

KIND = "private_dns_withdrawn"
_NOT_KNOWN = "what became of it is not known"
_MOST_LIKELY = "execute-api"


def judge(case: Case) -> Diagnosis | None:
    """Speaks when the last good answer came through an endpoint of this VPC that took the name
    over, the name leads outward or nowhere now, and nothing says that the endpoint is well."""
    good = case.last_good
    if good is None or not is_bad(case) or not route_changed(case):
        return None
    if case.route_class not in EDGE and case.route_class is not RouteClass.NONE:
        return None
    endpoint = _through(case)
    if endpoint is None:
        return None
    # A forgotten endpoint tells no service; only execute-api takes over names of customers' APIs.
    names = names_taken(endpoint, case.vantage.region) or names_of(
        _MOST_LIKELY, case.vantage.region
    )
    name = covered_name(names, case.endpoint.host, chain_of(case))
    fate = _fate(case, endpoint)
    if not name or not fate:
        return None
    return Diagnosis(
        cause=KIND,
        subject=endpoint.id,
        subject_account=case.inventory.account,
        host=case.endpoint.host,
        evidence=(
            *look_lines(case, None),
            last_good_line(case),
            f"{endpoint.id} for {endpoint.service or 'a service not known'}: {fate}",
        ),
        proof=fate != _NOT_KNOWN,
        rank=10 if fate != _NOT_KNOWN else 20,
        facts=_facts(case, endpoint, names, fate),
    )


def _through(case: Case) -> VpcEndpoint | None:
    """The endpoint of the last good answer, as far as it is remembered."""
    good = case.last_good
    if good is None:
        return None
    held = (case.inventory.endpoint_at(a, case.vantage.vpc_id) for a in good.addresses)
    known = next((one for one in held if one is not None), None)
    if known is not None or not good.vpc_endpoint_id:
        return known
    named = case.inventory.endpoint(good.vpc_endpoint_id) or described(case, good.vpc_endpoint_id)
    if named is not None and named.vpc_id != case.vantage.vpc_id:
        # A central endpoint: Describe calls of this VPC leave it out, and that is not "gone".
        return None
    return named or VpcEndpoint(id=good.vpc_endpoint_id, vpc_id=case.vantage.vpc_id, service="")


def _fate(case: Case, endpoint: VpcEndpoint) -> str:
    """What became of it; "" when it is well, so that something else must have taken the name."""
    stated = described(case, endpoint.id)
    if case.described_at is not None:
        if stated is None or is_gone(stated):
            return "gone, as Describe calls say"
        return "" if stated.private_dns else "its private DNS is off, as Describe calls say"
    now = case.inventory.endpoint(endpoint.id)
    fresh = case.last_good is not None and case.inventory.taken_at > case.last_good.at
    if now is None or is_gone(now):
        return "gone, as the inventory says" if fresh else _NOT_KNOWN
    if not now.private_dns:
        return "its private DNS is off, as the inventory says"
    # An inventory older than the failure still shows it as it was.
    return "" if case.inventory.taken_at > case.inside.ended_at else _NOT_KNOWN


def _facts(case: Case, endpoint: VpcEndpoint, names: tuple[str, ...], fate: str) -> dict[str, Any]:
    stated = described(case, endpoint.id)
    exists = stated is not None and not is_gone(stated)
    facts: dict[str, Any] = {
        "summary": f"{case.endpoint.host} was served through {endpoint.id}: {fate}; "
        f"now {describe(case.inside)}",
        "endpoint_id": endpoint.id,
        "service": endpoint.service,
        "names": list(names),
        "vpc_id": endpoint.vpc_id,
        "state": stated.state if stated is not None else "",
        "fate": fate,
        "created_at": endpoint.created_at,
        "private_dns": stated.private_dns if stated is not None else None,
        "described_at": case.described_at,
        "account": case.inventory.account,
        "region": case.vantage.region,
        "also_breaks": _captured_by_undo(case, names),
    }
    if exists:
        facts["command"] = {
            "action": "modify_vpc_endpoint",
            "account": case.inventory.account,
            "region": case.vantage.region,
            "vpc_endpoint_id": endpoint.id,
            "private_dns_enabled": True,
        }
    return facts


def _captured_by_undo(case: Case, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Public APIs of this VPC that are good now and whose names would be taken over again."""
    return [
        {"endpoint": n.endpoint, "vpc_id": n.vpc_id, "good_since_at": n.good_since_at}
        for n in case.neighbours
        if n.vpc_id == case.vantage.vpc_id
        and n.is_good
        and n.route_class in EDGE
        and covered_name(names, n.host, ())
    ][:ALSO]
