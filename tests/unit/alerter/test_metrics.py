"""What the hub emits, and what each setting of MetricDetail costs in series."""

import json

import pytest

from alerter import metrics
from reasoning.transition import Digest, DigestEndpoint, Health, PhaseTimes
from tests.support.story import ACCOUNT, REGION, VPC, known

PHASES = {
    "resolve": PhaseTimes(sum_ms=20, max_ms=15, count=2),
    "http": PhaseTimes(sum_ms=100, max_ms=80, count=2),
}
DIGEST = Digest(
    account=ACCOUNT,
    region=REGION,
    at=120.0,
    looked={VPC: 100.0, "vpc-0b2": 50.0},
    endpoints=(DigestEndpoint(endpoint="orders-api", good=1, failing=1, phases=PHASES),),
)
BEFORE = Digest(account=ACCOUNT, region=REGION, at=60.0, looked={VPC: 40.0, "vpc-0b2": 50.0})


def emitted(capsys) -> dict[tuple[str, ...], dict[str, float]]:
    """Values by dimension names."""
    found = {}
    for line in capsys.readouterr().out.splitlines():
        record = json.loads(line)
        directive = record["_aws"]["CloudWatchMetrics"][0]
        assert directive["Namespace"] == "Gatewatch"
        names = [metric["Name"] for metric in directive["Metrics"]]
        key = tuple(sorted(directive["Dimensions"][0]))
        found[key] = {name: record[name][0] for name in names}
    return found


def test_minimal_emits_two_metrics_a_member(capsys) -> None:
    metrics.of_digest(DIGEST, BEFORE, metrics.MINIMAL)
    metrics.once(metrics.MINIMAL, IncidentsOpen=1.0)
    member = ("Account", "Region", "service")
    assert emitted(capsys) == {member: {"Looks": 1, "UnknownLooks": 0}}


def test_what_a_digest_first_says_of_a_vpc_is_no_look(capsys) -> None:
    metrics.of_digest(DIGEST, None, metrics.MINIMAL)
    [values] = emitted(capsys).values()
    assert values["Looks"] == 0


def test_standard_adds_each_endpoint_over_all_vantages_and_phases_once(capsys) -> None:
    metrics.of_digest(DIGEST, BEFORE, metrics.STANDARD)
    found = emitted(capsys)
    assert found["Endpoint", "service"] == {"Failing": 1, "Unknown": 0, "Latency": 60}
    assert found["service",] == {"LatencyResolve": 10, "LatencyHttp": 50}


def test_full_adds_each_endpoint_at_each_vpc(capsys) -> None:
    metrics.of_pairs([known("orders-api", health=Health.FAILING)])
    assert emitted(capsys) == {("Endpoint", "VpcId", "service"): {"Failing": 1}}


def test_a_metric_that_no_dashboard_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="NAMES"):
        metrics.emit({"Typo": 1.0})
