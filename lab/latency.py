"""`make latency`: incident 000 at S = 1, measured against what the product promises.

Writes build/results/latency.json with rows `event_to_forecast_s` and `first_bad_to_page_s`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from lab import main

GOALS = {"event_to_forecast_s": 5.0, "first_bad_to_page_s": 45.0}
SCALE = 1.0


def rows(spans: dict[str, float]) -> list[dict[str, Any]]:
    """Result rows, in the form that every measuring target writes."""
    return [
        {
            "name": name,
            "value": spans.get(name),
            "unit": "s",
            "goal": f"<= {goal:g}",
            "peer": None,
            "ratio": None,
            "command": "make latency",
        }
        for name, goal in GOALS.items()
    ]


def run(out: Path) -> int:
    """Run the scenario at S = 1 and write the rows; 0 when it ended well and both goals are met."""
    row = main.measure(main.DEMO, scale=SCALE)
    made = rows(row.get("spans", {}))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(made, indent=1) + "\n")
    for one in made:
        print(f"{one['name']:<24} {one['value']!s:>8} s   goal {one['goal']}")
    met = all(one["value"] is not None and one["value"] <= GOALS[one["name"]] for one in made)
    if not row["ok"]:
        print(
            f"the scenario did not end well: {row['why']} {row['said_too_much']}", file=sys.stderr
        )
    return 0 if met and row["ok"] else 1


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
