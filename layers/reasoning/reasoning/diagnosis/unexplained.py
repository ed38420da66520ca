"""No rule of the catalogue speaks: say what was looked at, so that a person need not again."""

from probing.outcome import State
from reasoning.case import Case
from reasoning.contrast import last_good_line, look_lines
from reasoning.diagnose import Diagnosis
from reasoning.passage import passage_lines
from reasoning.route import describe, holder_of

KIND = "unexplained"


def judge(case: Case) -> Diagnosis:
    """Always speaks; `diagnose` asks it only when no other rule does."""
    held = holder_of(case)
    lines = [
        *look_lines(case, held[1] if held else None),
        last_good_line(case),
        *passage_lines(case),
        *_not_looked(case),
        f"inventory: {len(case.inventory.endpoints)} VPC endpoints known, "
        f"{sum(e.vpc_id == case.vantage.vpc_id for e in case.inventory.endpoints)} here",
    ]
    return Diagnosis(
        cause=KIND,
        subject="",
        subject_account=case.vantage.account,
        host=case.endpoint.host,
        evidence=tuple(lines),
        rank=100,
        facts={
            "summary": f"{case.endpoint.host}: {describe(case.inside)}, and no rule explains it",
            "vpc_id": case.vantage.vpc_id,
            "described_at": case.described_at,
        },
    )


def _not_looked(case: Case) -> list[str]:
    lines = []
    if case.pinned is None:
        why = case.vantage.not_representative or "no public address ever good to pin to"
        lines.append(f"pinned: not looked ({why})")
    if case.outside is None:
        lines.append("outside: not looked")
    elif case.outside.state is State.FAILING and not case.outside_ever_good:
        lines.append("outside was never good, so its failure says nothing")
    if case.describe_refused:
        lines.append(f"Describe calls: {case.describe_refused}")
    return lines
