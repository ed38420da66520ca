"""Rows of `build/results/bench.json`, their goals, and the table that is printed of them."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

GOALS: dict[str, float | None] = {
    "cpu_tls_http_vs_blackbox": 0.7,
    "cpu_with_dns_vs_blackbox": 1.0,
    "cpu_tls_http_vs_openssl": None,
    "cpu_tls_http_vs_curl": None,
    "look_500_seconds": 10.0,
    "rss_200_mib": 96.0,
    "canary_zip_mib": 3.0,
    "canary_import_ms_over_bare": 150.0,
    "guard_ns_per_check": None,
}
"""The most that each may be; None where a figure is only reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`peer` is the peer's own figure in `unit`; `note` says how it was measured and its spread."""

    name: str
    value: float
    unit: str
    peer: float | None = None
    ratio: float | None = None
    note: str = ""

    @property
    def goal(self) -> float | None:
        return GOALS[self.name]

    @property
    def met(self) -> bool:
        return self.goal is None or self.value <= self.goal


def write(rows: Iterable[Row], out: Path) -> None:
    made = [
        asdict(row)
        | {"goal": None if row.goal is None else f"<= {row.goal:g}", "command": "make bench"}
        for row in rows
    ]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(made, indent=1) + "\n")


def table(rows: Iterable[Row]) -> str:
    lines = []
    for row in rows:
        goal = "" if row.goal is None else f"<= {row.goal:g}"
        mark = "" if row.goal is None else ("ok" if row.met else "MISSED")
        lines.append(
            f"{row.name:<27} {row.value:>9.3f} {row.unit:<6} {goal:<7} {mark:<7} {row.note}"
        )
    return "\n".join(lines)
