"""A canary whose own security group lets nothing out: our fault, and no endpoint's.

Decided here: which endpoints it kept the canary from, and how that is told. A group of workloads
that the canary stands in (parameter SecurityGroupIds of vpc.yaml) is theirs: what it closes is a
finding (`reasoning/diagnosis/endpoint_blocked.py`).
"""

from collections.abc import Iterable, Mapping

from checker.look_evidence import Evidence
from checker.scene import Scene
from probing.endpoint import Endpoint
from probing.outcome import Failure, Outcome
from reasoning.inventory import VpcEndpoint
from reasoning.route import answers_of, holder
from reasoning.security_groups import Filters, Peer, passes
from reasoning.transition import MemberProblem

CLOSED = "canary_group"


def kept_in(
    found: Scene, evidence: Evidence, described: tuple[VpcEndpoint, ...], filters: Filters
) -> Mapping[str, str]:
    """Endpoint id to where the canary's own groups do not let it go, as Describe calls say; empty
    where they let it, where that cannot be told, and where the groups are those of workloads."""
    mine = [filters.group(one) for one in found.vantage.security_groups]
    if filters.at is None or not mine or not all(one is not None and one.own for one in mine):
        return {}
    rules = [rule for one in mine if one is not None for rule in one.egress]
    kept: dict[str, str] = {}
    for endpoint in found.endpoints:
        for address in _silent(evidence.inside.get(endpoint.id, ())):
            held = holder(address, found.inventory, found.vpc_id, described)
            target = Peer(address=address, groups=held.security_groups if held else ())
            if passes(rules, [target], endpoint.port, filters.prefix_lists) is False:
                kept[endpoint.id] = f"{address}:{endpoint.port}"
    return kept


def problem(found: Scene, where: str, now_at: float) -> MemberProblem:
    """`where` "": it lets everything out again."""
    groups = ", ".join(found.vantage.security_groups)
    return MemberProblem(
        key=f"{CLOSED}:{found.vpc_id}",
        what=f"group {groups} of the canary in {found.vpc_id} lets nothing out to {where}: its "
        "looks there say nothing",
        mend="authorize its egress again, or update the stack of the canary; see who changed the "
        "group",
        at=now_at,
        open=bool(where),
    )


def concerned(endpoint: Endpoint, outcome: Outcome, kept: Mapping[str, str]) -> bool:
    """Whether that outcome is the group's doing."""
    return endpoint.id in kept and outcome.failure is Failure.CONNECT_TIMEOUT


def _silent(outcomes: Iterable[Outcome]) -> set[str]:
    """Addresses to which a connection timed out."""
    late = (o for o in outcomes if o.failure is Failure.CONNECT_TIMEOUT)
    return {o.address or next(iter(answers_of(o)), "") for o in late} - {""}
