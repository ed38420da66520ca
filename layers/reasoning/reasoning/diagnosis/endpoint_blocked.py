"""Security groups close the way to a VPC endpoint that is well: connections to it time out.

Groups drop what no rule admits, so a closed one is seen as a time-out and never as a refusal.
Source: docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html ("the security
group must allow inbound HTTPS"), docs.aws.amazon.com/vpc/latest/userguide/security-groups.html.
"""

from typing import Any

from reasoning.case import Case
from reasoning.contrast import described, is_bad, is_gone, last_good_line, look_lines, route_changed
from reasoning.diagnose import Diagnosis
from reasoning.passage import Passage, passage, passage_lines
from reasoning.route import interface_at

KIND = "endpoint_blocked"
_ADMITTING = 50


def judge(case: Case) -> Diagnosis | None:
    """Speaks when the name leads where it led when last good, the connection times out, the
    endpoint is available, and the groups really refuse: those of the endpoint, or those of
    workloads that the canary stands in. A name that leads elsewhere than before is for other
    rules, whatever the groups say; so is an endpoint that is still pending."""
    if case.last_good is None or not is_bad(case) or route_changed(case):
        return None
    found = passage(case)
    if found is None or found.endpoint.state.lower() != "available":
        return None
    side = _refusing(found)
    if not side:
        return None
    return Diagnosis(
        cause=KIND,
        subject=_subject(case, found, side),
        subject_account=case.inventory.account,
        host=case.endpoint.host,
        evidence=(
            *look_lines(case, found.endpoint),
            *passage_lines(case),
            f"{found.endpoint.id} for {found.endpoint.service} is available",
            last_good_line(case),
        ),
        # A central endpoint is known by the inventory alone, and its path has more parts.
        proof=described(case, found.endpoint.id) is not None,
        rank=10,
        facts=_facts(case, found, side),
    )


def _refusing(found: Passage) -> str:
    """Which side refuses; "" when neither does, as far as can be told. A canary's own group says
    nothing of workloads."""
    if found.entering is False:
        return "ingress"
    return "egress" if found.leaving is False and not found.own else ""


def _subject(case: Case, found: Passage, side: str) -> str:
    """The endpoint; or the group, where it guards further endpoints here: a rule that was taken
    from it is one cause, however many of them it closed."""
    if side == "egress":
        return min(found.canary_groups)
    known = {one.id: one for one in (*case.inventory.endpoints, *case.described)}
    shared = {
        group
        for one in known.values()
        if one.id != found.endpoint.id and not is_gone(one)
        for group in one.security_groups
    }
    return min(shared.intersection(found.endpoint.security_groups), default=found.endpoint.id)


def _facts(case: Case, found: Passage, side: str) -> dict[str, Any]:
    endpoint, inventory = found.endpoint, case.inventory
    closing = endpoint.security_groups if side == "ingress" else found.canary_groups
    return {
        "summary": _summary(found, side),
        "endpoint_id": endpoint.id,
        "interface_id": interface_at(endpoint, found.address),
        "address": found.address,
        "service": endpoint.service,
        "vpc_id": endpoint.vpc_id,
        "state": endpoint.state,
        "described_at": case.filters.at,
        "account": inventory.account,
        "region": case.vantage.region,
        "passage": {
            "side": side,
            "groups": list(closing),
            "port": found.port,
            "peers": list(found.standing if side == "ingress" else (found.address,)),
            "peer_groups": list(
                found.canary_groups if side == "ingress" else endpoint.security_groups
            ),
            "admitting": list(found.admitting[:_ADMITTING]) if side == "ingress" else [],
        },
        "command": {
            "action": "open_endpoint",
            "account": inventory.account,
            "region": case.vantage.region,
            "vpc_endpoint_id": endpoint.id,
            "port": found.port,
        },
    }


def _summary(found: Passage, side: str) -> str:
    endpoint, here = found.endpoint.id, ", ".join(found.standing)
    if side == "ingress":
        groups = found.endpoint.security_groups
        admit = "admits" if len(groups) == 1 else "admit"
        named = f"its group {groups[0]}" if len(groups) == 1 else f"its groups {', '.join(groups)}"
        return f"{endpoint} is closed: {named} {admit} nothing from {here} on {found.port}"
    groups = found.canary_groups
    let = "lets" if len(groups) == 1 else "let"
    to = f"{found.address}:{found.port}"
    return f"{endpoint} is out of reach: {', '.join(groups)} {let} nothing out to {to}"
