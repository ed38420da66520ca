"""What one inside outcome says to health, held against its route and the last good look.

Decided here: when an answer that meets its expectation is a finding all the same, and how a pair
is judged whose canary cannot stand where the workload stands.
"""

from collections.abc import Sequence
from dataclasses import replace

from probing.endpoint import Endpoint
from probing.outcome import Outcome, State
from reasoning.case import LastGood, RouteClass
from reasoning.inventory import Inventory, VpcEndpoint
from reasoning.pair import Seen
from reasoning.route import changed, differing, fingerprint, holder, meets, route_class
from reasoning.vantage import Vantage

ROUTE_CHANGED = "route_changed"
FINGERPRINT_CHANGED = "fingerprint_changed"
RESOLVES_ELSEWHERE = "resolves_elsewhere"
_REFUSED = (401, 403)


def seen_of(
    endpoint: Endpoint,
    outcome: Outcome,
    vantage: Vantage,
    inventory: Inventory,
    last_good: LastGood | None,
    described: Sequence[VpcEndpoint] = (),
) -> Seen:
    """One probe, ready for `health.judge`. `described` are the VPC's endpoints as Describe calls
    told them in this look; give the same for all probes of a look."""
    found = outcome.resolution
    addresses = found.addresses if found else ()
    route = route_class(found, inventory, vantage.vpc_id, described)
    held = (holder(a, inventory, vantage.vpc_id, described) for a in addresses)
    endpoint_id = next((e.id for e in held if e is not None), "")
    seen = Seen(
        state=outcome.state,
        route_class=route,
        ended_at=outcome.ended_at,
        failure=str(outcome.failure or ""),
        # Not kept, so not compared, where a change of who answers is no finding.
        fingerprint={} if endpoint.expect.fingerprint == "any" else fingerprint(outcome),
        addresses=addresses,
        cname_chain=found.cname_chain if found else (),
        vpc_endpoint_id=endpoint_id,
        status=outcome.status,
    )
    return _held_against(seen, endpoint, vantage, last_good)


def undecided(endpoint: Endpoint, last_good: LastGood | None) -> bool:
    """Whether a healthy answer is a refusal because no credential is given: then the status says
    nothing, and who answered decides."""
    return (
        endpoint.auth is None
        and not endpoint.client_certificate
        and last_good is not None
        and last_good.status in _REFUSED
        and last_good.route_class is not RouteClass.NONE
    )


def _held_against(
    seen: Seen, endpoint: Endpoint, vantage: Vantage, last_good: LastGood | None
) -> Seen:
    if seen.state is State.UNKNOWN:
        return seen
    if vantage.not_representative:
        return _by_route_alone(seen, endpoint, last_good)
    if seen.state is State.FAILING:
        return seen
    if not meets(endpoint.expect, seen.route_class, seen.addresses, seen.vpc_endpoint_id):
        return _bad(seen, RESOLVES_ELSEWHERE)
    if undecided(endpoint, last_good) and last_good is not None:
        if changed(last_good, seen.route_class, seen.addresses):
            return _bad(seen, ROUTE_CHANGED)
        if seen.status == last_good.status and differing(last_good.fingerprint, seen.fingerprint):
            return _bad(seen, FINGERPRINT_CHANGED)
    return seen


def _by_route_alone(seen: Seen, endpoint: Endpoint, last_good: LastGood | None) -> Seen:
    if seen.route_class is RouteClass.NONE:
        return _bad(seen, seen.failure or ROUTE_CHANGED)
    if changed(last_good, seen.route_class, seen.addresses):
        return _bad(seen, ROUTE_CHANGED)
    if not meets(endpoint.expect, seen.route_class, seen.addresses, seen.vpc_endpoint_id):
        return _bad(seen, RESOLVES_ELSEWHERE)
    return replace(seen, state=State.OK, failure="")


def _bad(seen: Seen, failure: str) -> Seen:
    return replace(seen, state=State.FAILING, failure=failure)
