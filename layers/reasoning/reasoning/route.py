"""Which way an answer came: the route class of a resolution, who holds an address, who answered.

Decided here: route classes, fingerprints, and when two looks took the same route. Not decided
here: whether a changed route is a failure (`health.py`) and why it changed (`diagnosis/`).
Source of what tells front ends apart (Server header, ALPN, error type, request-id headers):
docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html and answers
recorded in public; docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html for VPC CIDRs in
public or shared space.
"""

import hashlib
from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network

from probing.endpoint import Expect
from probing.outcome import OURS, Outcome, Resolution, Stage
from reasoning.case import Case, LastGood, RouteClass
from reasoning.inventory import Inventory, VpcEndpoint

_PRIVATE = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)
_EDGE_NAMES = (".cloudfront.net", ".cloudfront.cn")
_REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}
EDGE = frozenset({RouteClass.PUBLIC, RouteClass.CLOUDFRONT})
"""Classes whose addresses come and go: no part of what a pair is known by."""
INWARD = frozenset({RouteClass.VPCE, RouteClass.PRIVATE})


def route_class(
    resolution: Resolution | None,
    inventory: Inventory,
    vpc_id: str,
    described: Sequence[VpcEndpoint] = (),
) -> RouteClass:
    """The class of the answer as seen from `vpc_id`; `described` is fresher than the inventory.

    NONE: no address. One inward address among others decides: some client will take it.
    """
    if resolution is None or not resolution.addresses:
        return RouteClass.NONE
    if any(holder(a, inventory, vpc_id, described) for a in resolution.addresses):
        return RouteClass.VPCE
    if any(_is_private(a) or inventory.in_vpc(a, vpc_id) for a in resolution.addresses):
        return RouteClass.PRIVATE
    if any(name.rstrip(".").lower().endswith(_EDGE_NAMES) for name in resolution.cname_chain):
        return RouteClass.CLOUDFRONT
    return RouteClass.PUBLIC


def holder(
    address: str, inventory: Inventory, vpc_id: str, described: Sequence[VpcEndpoint] = ()
) -> VpcEndpoint | None:
    """The VPC endpoint whose interface holds `address`, looked at from `vpc_id`.

    An address outside this VPC's CIDRs may be one of another VPC (a central endpoint, reached by
    peering or a transit gateway); inside them it is this VPC's alone, however CIDRs overlap.
    """
    fresh = (e for e in described if address in e.addresses and e.vpc_id == vpc_id)
    here = next(fresh, None) or inventory.endpoint_at(address, vpc_id)
    if here is not None or inventory.in_vpc(address, vpc_id):
        return here
    elsewhere = [e for e in inventory.endpoints if address in e.addresses]
    return elsewhere[0] if len(elsewhere) == 1 else None


def holder_of(case: Case) -> tuple[str, VpcEndpoint] | None:
    """(address, endpoint) of the case's inside answer, when a VPC endpoint holds it."""
    for address in answers_of(case.inside):
        found = holder(address, case.inventory, case.vantage.vpc_id, case.described)
        if found is not None:
            return address, found
    return None


def answers_of(outcome: Outcome) -> tuple[str, ...]:
    """Addresses that the name resolved to, the one connected to first."""
    told = outcome.resolution.addresses if outcome.resolution else ()
    first = (outcome.address,) if outcome.address else ()
    return tuple(dict.fromkeys((*first, *told)))


def interface_at(endpoint: VpcEndpoint, address: str) -> str:
    """The id of the interface that holds `address`; "" when the pairing is not known."""
    alone = len(endpoint.addresses) == len(endpoint.interface_ids) == 1
    lone = endpoint.interface_ids[0] if alone and address in endpoint.addresses else ""
    return endpoint.interface_of.get(address, lone)


def same_route(
    one: RouteClass, one_addresses: Iterable[str], two: RouteClass, two_addresses: Iterable[str]
) -> bool:
    """Whether two looks took the same route. A shared address is the same route under another
    class: our knowledge of who holds it grew, the network did not change. Not so where only one
    of the two leads to a private address: A and AAAA questions may be answered in different ways
    while names change, and the one that they share then says nothing of the other."""
    if one is two:
        return True
    ones, twos = set(one_addresses), set(two_addresses)
    inward = any(map(_is_private, ones)), any(map(_is_private, twos))
    return bool(ones & twos) and inward[0] is inward[1]


def changed(last_good: LastGood | None, route: RouteClass, addresses: Iterable[str]) -> bool:
    """Whether the route differs from that of the last good look; False when never good."""
    return last_good is not None and not same_route(
        last_good.route_class, last_good.addresses, route, addresses
    )


def fingerprint(outcome: Outcome) -> dict[str, str]:
    """Who answered, as far as headers, ALPN and the certificate tell: only what is steady.

    Keys, each only when seen: server (without version), error_type, gateway (rest | http), edge,
    alpn, certificate (subject and names, hashed: a renewal is no change). Never the status.
    """
    found: dict[str, str] = {}
    http, tls = outcome.step(Stage.HTTP), outcome.step(Stage.TLS)
    if http is not None and "headers" in http.evidence:
        found |= _of_headers(http.evidence["headers"])
    if tls is not None and "alpn" in tls.evidence:
        found["alpn"] = str(tls.evidence.get("alpn") or "none")
        if tls.evidence.get("subject") or tls.evidence.get("sans"):
            names = (tls.evidence.get("subject"), *sorted(tls.evidence.get("sans") or ()))
            found["certificate"] = hashlib.sha256(repr(names).encode()).hexdigest()[:16]
    return found


def _of_headers(headers: dict[str, str]) -> dict[str, str]:
    told = {name.lower(): str(value) for name, value in headers.items()}
    edge = "x-amz-cf-pop" in told or "cloudfront" in (told.get("via", "") + told.get("x-cache", ""))
    gateway = "rest" if "x-amz-apigw-id" in told else "http" if "apigw-requestid" in told else ""
    return {
        "server": told.get("server", "none").split("/")[0].strip(),
        "error_type": told.get("x-amzn-errortype", "none").split(":")[0].strip(),
        "gateway": gateway or "none",
        "edge": "cloudfront" if edge else "none",
    }


def differing(before: dict[str, str] | None, now: dict[str, str]) -> tuple[str, ...]:
    """Keys that both fingerprints have with other values."""
    return tuple(
        key for key, value in sorted((before or {}).items()) if now.get(key, value) != value
    )


def meets(expect: Expect, route: RouteClass, addresses: Sequence[str], endpoint_id: str) -> bool:
    """Whether the route is the one that `resolves_to` asks for. NONE never breaks it: a name
    that does not resolve has failed already."""
    wanted = expect.resolves_to
    if wanted in ("any", "") or route is RouteClass.NONE:
        return True
    if wanted in ("public", "private"):
        return route in (EDGE if wanted == "public" else INWARD)
    if wanted.startswith("vpce-"):
        return endpoint_id == wanted
    network = ip_network(wanted, strict=False)
    return all(ip_address(a) in network for a in addresses)


def describe(outcome: Outcome | None, endpoint: VpcEndpoint | None = None) -> str:
    """One look in short, for people: `10.0.0.91 (interface eni-0d2 of vpce-0abc) 403 Forbidden`."""
    if outcome is None:
        return "not looked"
    address = next(iter(answers_of(outcome)), "")
    where = f"{address}{_held(address, endpoint)}" if address else "no address"
    if outcome.status is not None:
        said = f"{outcome.status} {_reason(outcome)}".rstrip()
    else:
        failed = str(outcome.failure).replace("_", " ") if outcome.failure else outcome.reason
        said = failed or str(outcome.state)
    believed = ", certificate not verified (insecure_tls)" if outcome.insecure_tls else ""
    by = f" from {outcome.seen_from}" if outcome.seen_from else ""
    return f"{where} {said}{_others(outcome)}{believed}{by}".rstrip()


def _others(outcome: Outcome) -> str:
    """What the name's other addresses did, where they were tried and not all did the same."""
    bad = [t for t in outcome.tried if t.failure is not None and t.failure not in OURS]
    well = [t for t in outcome.tried if t.failure is None]
    if not bad or not well:
        return ""
    status = f" {well[0].status}" if well[0].status is not None else " is well"
    return f"; {len(bad)} of {len(bad) + len(well)} addresses fail, {well[0].address}{status}"


def _held(address: str, endpoint: VpcEndpoint | None) -> str:
    if endpoint is None or address not in endpoint.addresses:
        return ""
    interface = interface_at(endpoint, address)
    return f" (interface {interface} of {endpoint.id})" if interface else f" (of {endpoint.id})"


def _reason(outcome: Outcome) -> str:
    http = outcome.step(Stage.HTTP)
    headers = (http.evidence.get("headers") or {}) if http else {}
    told = {str(name).lower(): str(value) for name, value in headers.items()}
    kind = told.get("x-amzn-errortype", "").split(":")[0]
    return kind or _REASONS.get(outcome.status or 0, "")


def _is_private(address: str) -> bool:
    found = ip_address(address)
    return any(found in network for network in _PRIVATE if network.version == found.version)
