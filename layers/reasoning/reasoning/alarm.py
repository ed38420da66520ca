"""Alarm-shaped JSON, for receivers that read CloudWatch's SNS messages.

The layout is that of recorded CloudWatch alarm messages; PagerDuty's integration documents none.
What it was seen to need: strict JSON, a Subject `ALARM: ...` or `OK: ...` that agrees with
NewStateValue, and an AlarmName that stays the same from opening to resolving.
"""

from typing import Any

from reasoning.clocktext import iso
from reasoning.escape import subject
from reasoning.incident import Incident
from reasoning.told import Notice

_FAMILY = "gatewatch"
_TRIGGER: dict[str, Any] = {
    "MetricName": "Failing",
    "Namespace": "Gatewatch",
    "StatisticType": "Statistic",
    "Statistic": "MAXIMUM",
    "Unit": None,
    "Dimensions": [],
    "Period": 60,
    "EvaluationPeriods": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 0.0,
    "TreatMissingData": "",
    "EvaluateLowSampleCountPercentile": "",
}


def subject_of(first: str, *, closes: bool) -> str:
    """`ALARM: ...` or `OK: ...`, below 100 characters, one line."""
    return subject(f"{'OK' if closes else 'ALARM'}: {first}")


def alarm_of(
    incident: Incident, notice: Notice, text: str, *, closes: bool, now_at: float
) -> dict[str, Any]:
    """The `https` body of the page topic for one incident."""
    vantage = incident.lead.vantage
    first = text.partition("\n")[0]
    opened_before = incident.told.opened is not None
    suspect = incident.suspect
    body = shape(
        name=f"{_FAMILY} {incident.id}",
        text=text,
        first=first,
        account=vantage.account,
        region=vantage.region,
        closes=closes,
        opened_before=opened_before,
        now_at=now_at,
    )
    body["gatewatch"] = {
        "incident": incident.id,
        "notice": notice.id,
        "reason": notice.reason.value,
        "cause": incident.cause,
        "confidence": suspect.confidence.value if suspect else "",
        "change": suspect.change.id if suspect else "",
        "severity": incident.severity,
        "owners": list(incident.owners[:20]),
        "endpoints": incident.endpoint_count,
        "vpcs": list(incident.vpcs[:20]),
    }
    return body


def shape(
    *,
    name: str,
    text: str,
    first: str,
    account: str,
    region: str,
    closes: bool,
    opened_before: bool,
    now_at: float,
) -> dict[str, Any]:
    """The keys that recorded alarm messages have; `name` is the key of the alert."""
    before = "ALARM" if closes or opened_before else "OK"
    return {
        "AlarmName": name,
        "AlarmDescription": text,
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": iso(now_at),
        "NewStateValue": "OK" if closes else "ALARM",
        "NewStateReason": first,
        "StateChangeTime": iso(now_at),
        "Region": region,
        "AlarmArn": f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
        "OldStateValue": before,
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
        "Trigger": dict(_TRIGGER),
    }
