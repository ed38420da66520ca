"""What the hub emits as CloudWatch metrics (EMF, namespace Gatewatch), from digests and ticks.

No member sees all vantages of an endpoint, and each dimension set is a billed metric: so the hub
alone emits, as far as `MetricDetail` says: `minimal` two per member; `standard` also per endpoint
over all vantages, and phases and incidents once; `full` also endpoint x VPC.
"""

from collections.abc import Iterable, Mapping

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from reasoning.transition import Digest, DigestPair, Health, PhaseTimes

NAMESPACE = "Gatewatch"
NAMES = (
    "Looks",
    "UnknownLooks",
    "Failing",
    "Unknown",
    "Latency",
    "LatencyResolve",
    "LatencyConnect",
    "LatencyTls",
    "LatencyHttp",
    "IncidentsOpen",
    "VantagesSilent",
    "NoticesSent",
    "TimeToBlame",
)
PHASES = {
    "resolve": "LatencyResolve",
    "connect": "LatencyConnect",
    "tls": "LatencyTls",
    "http": "LatencyHttp",
}
MINIMAL, STANDARD, FULL = "minimal", "standard", "full"


def emit(values: Mapping[str, float], **dimensions: str) -> None:
    """One EMF record of `values` (names of `NAMES`) under one dimension set."""
    if not values:
        return
    provider = AmazonCloudWatchEMFProvider(
        namespace=NAMESPACE,
        metric_set={},
        dimension_set={},
        metadata_set={},
        default_dimensions={"service": "gatewatch"},
    )
    for dimension, of in dimensions.items():
        provider.add_dimension(name=dimension, value=of)
    for name, value in values.items():
        if name not in NAMES:
            raise ValueError(f"{name!r} is none of metrics.NAMES: no dashboard would know it")
        unit = MetricUnit.Count
        if name.startswith("Latency"):
            unit = MetricUnit.Milliseconds
        elif name.startswith("TimeTo"):
            unit = MetricUnit.Seconds
        provider.add_metric(name=name, unit=unit, value=value)
    provider.flush_metrics()


def once(detail: str, **values: float) -> None:
    """What is told once for the whole hub; nothing at `minimal`."""
    if detail != MINIMAL:
        emit(values)


def of_digest(digest: Digest, before: Digest | None, detail: str) -> None:
    """What one member's minute shows."""
    emit(_looks(digest, before), Account=digest.account, Region=digest.region)
    if detail == MINIMAL:
        return
    phases: dict[str, list[PhaseTimes]] = {}
    for endpoint in digest.endpoints:
        values = {"Failing": float(endpoint.failing), "Unknown": float(endpoint.unknown)}
        mean_ms = sum(_mean(times) for times in endpoint.phases.values())
        if mean_ms:
            values["Latency"] = mean_ms
        emit(values, Endpoint=endpoint.endpoint)
        for phase, times in endpoint.phases.items():
            phases.setdefault(phase, []).append(times)
    emit({PHASES[phase]: _mean_of(times) for phase, times in phases.items() if phase in PHASES})


def _looks(digest: Digest, before: Digest | None) -> dict[str, float]:
    # What a digest first says of a VPC may be since when it has a canary, and no look.
    seen = before.looked if before else {}
    looks = sum(at > seen.get(vpc_id, at) for vpc_id, at in digest.looked.items())
    unknown = sum(endpoint.unknown for endpoint in digest.endpoints)
    return {"Looks": float(looks), "UnknownLooks": float(unknown)}


def _mean(times: PhaseTimes) -> float:
    return times.sum_ms / times.count if times.count else 0.0


def _mean_of(several: Iterable[PhaseTimes]) -> float:
    listed = list(several)
    count = sum(times.count for times in listed)
    return sum(times.sum_ms for times in listed) / count if count else 0.0


def of_pairs(pairs: Iterable[DigestPair]) -> None:
    """Detail `full`: each endpoint at each VPC, 1 while failing."""
    for pair in pairs:
        failing = float(pair.health in (Health.FAILING, Health.FLAPPING))
        emit({"Failing": failing}, Endpoint=pair.endpoint.id, VpcId=pair.vpc_id)
