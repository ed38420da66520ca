"""Every Gatewatch metric that a dashboard names has been emitted, as embedded metrics in logs."""

import json
from collections.abc import Iterator
from typing import Any

from lab.looks import until
from lab.world.live import LiveWorld

KIND = "emitted"
NAMESPACE = "Gatewatch"


def run(live: LiveWorld, arguments: dict[str, Any]) -> None:
    named = on_dashboards(live)
    until(
        live,
        arguments.get("within_looks", 2),
        lambda: named <= in_logs(live),
        lambda: f"metrics named by a dashboard but never emitted: {sorted(named - in_logs(live))}",
    )


def on_dashboards(live: LiveWorld) -> set[str]:
    """Names of our metrics in every widget of every dashboard; there must be some."""
    cloudwatch, names = live.client("cloudwatch"), set[str]()
    for entry in cloudwatch.list_dashboards()["DashboardEntries"]:
        body = cloudwatch.get_dashboard(DashboardName=entry["DashboardName"])["DashboardBody"]
        for widget in json.loads(body)["widgets"]:
            names |= set(_names(widget.get("properties", {}).get("metrics", [])))
    if not names:
        raise AssertionError("no dashboard names a metric of Gatewatch")
    return names


def in_logs(live: LiveWorld) -> set[str]:
    """Names of our metrics in the embedded metric lines of every function's log."""
    logs, names = live.client("logs"), set[str]()
    for group in logs.describe_log_groups()["logGroups"]:
        events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
        for event in events:
            names |= set(_emitted(event["message"]))
    return names


def _names(metrics: list[Any]) -> Iterator[str]:
    """Names out of a widget's `metrics`: plain rows, and SEARCH expressions by MetricName."""
    for row in metrics:
        if row and row[0] == NAMESPACE:
            yield str(row[1])
        for part in row:
            expression = part.get("expression", "") if isinstance(part, dict) else ""
            if NAMESPACE in expression and 'MetricName="' in expression:
                yield expression.split('MetricName="')[1].split('"')[0]


def _emitted(line: str) -> Iterator[str]:
    start = line.find("{")
    if '"_aws"' not in line or start < 0:
        return
    try:
        document = json.loads(line[start:])
    except ValueError:
        return
    for directive in document.get("_aws", {}).get("CloudWatchMetrics", []):
        if directive["Namespace"] == NAMESPACE:
            yield from (str(metric["Name"]) for metric in directive["Metrics"])
