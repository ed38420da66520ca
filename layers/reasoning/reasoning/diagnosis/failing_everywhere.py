"""The API itself is bad: it fails outside this VPC as it does inside, over an unchanged route."""

from probing.outcome import Failure, Outcome, State
from reasoning.case import Case
from reasoning.contrast import is_bad, last_good_line, look_lines, outside_bad, route_changed
from reasoning.diagnose import Diagnosis
from reasoning.inventory import VpcEndpoint
from reasoning.route import describe, holder_of

KIND = "failing_everywhere"
_RESOLVE = (Failure.DNS_NXDOMAIN, Failure.DNS_NODATA, Failure.DNS_SERVFAIL)


def judge(case: Case) -> Diagnosis | None:
    """Speaks when inside and outside fail, outside was ever good, and the name leads where it
    led before (or fails to resolve in the same way from everywhere)."""
    if case.last_good is None or not is_bad(case) or not outside_bad(case):
        return None
    if case.inside.state is not State.FAILING:
        return None
    if route_changed(case) and not _unresolved_alike(case.inside, case.outside):
        return None
    host = case.endpoint.host
    elsewhere = [n for n in case.neighbours if n.endpoint == case.endpoint.id]
    failing = sum(n.state == "failing" for n in elsewhere)
    lines = [*look_lines(case, _holder(case)), last_good_line(case)]
    if elsewhere:
        lines.append(f"also failing from {failing} of {len(elsewhere)} other VPCs")
    return Diagnosis(
        cause=KIND,
        subject="",
        subject_account=case.vantage.account,
        host=host,
        evidence=tuple(lines),
        rank=30,
        facts={
            "summary": f"{host} fails everywhere: {_said(case.inside)} inside, "
            f"{_said(case.outside)} outside",
            "described_at": case.described_at,
        },
    )


def _unresolved_alike(inside: Outcome, outside: Outcome | None) -> bool:
    return outside is not None and inside.failure is outside.failure and inside.failure in _RESOLVE


def _holder(case: Case) -> VpcEndpoint | None:
    held = holder_of(case)
    return held[1] if held else None


def _said(outcome: Outcome | None) -> str:
    status = outcome.status if outcome is not None else None
    return str(status) if status is not None else describe(outcome)
