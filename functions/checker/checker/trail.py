"""Whether changes are recorded at all: EventBridge gets management calls only through a trail.

Source: docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from reasoning.transition import MemberProblem

NO_TRAIL = "no_trail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Asks CloudTrail."""

    cloudtrail: Any

    def check(self, now_at: float) -> MemberProblem:
        """The problem `no_trail`: open when no logging trail records management writes here, or
        when that could not be told; closed when one does."""
        refused: list[str] = []
        try:
            recorded = any(self._told(trail, refused) for trail in self._trails())
        except (ClientError, BotoCoreError) as error:
            recorded = False
            refused.append(str(error))
        if refused and not recorded:
            return MemberProblem(
                key=NO_TRAIL,
                what="whether a trail records management events could not be told: "
                + "; ".join(dict.fromkeys(refused)),
                mend="allow cloudtrail:DescribeTrails, GetTrailStatus and GetEventSelectors",
                at=now_at,
            )
        return MemberProblem(
            key=NO_TRAIL,
            what="no trail records management events in this Region: no change can be blamed",
            mend="make a multi-Region trail with management write events, and start its logging",
            at=now_at,
            open=not recorded,
        )

    def _trails(self) -> list[dict[str, Any]]:
        # Shadow trails too: a multi-Region or organisation trail shows as one outside its home.
        answer = self.cloudtrail.describe_trails(includeShadowTrails=True)
        return list(answer["trailList"])

    def _told(self, trail: dict[str, Any], refused: list[str]) -> bool:
        """Whether that trail records; one that cannot be asked (another account's, one that was
        just deleted) goes to `refused` and hides no other."""
        try:
            return self._records(trail)
        except (ClientError, BotoCoreError) as error:
            refused.append(str(error))
            return False

    def _records(self, trail: dict[str, Any]) -> bool:
        arn = trail["TrailARN"]
        if not self.cloudtrail.get_trail_status(Name=arn).get("IsLogging"):
            return False
        answer = self.cloudtrail.get_event_selectors(TrailName=arn)
        if any(_plain(selector) for selector in answer.get("EventSelectors") or []):
            return True
        return any(_advanced(selector) for selector in answer.get("AdvancedEventSelectors") or [])


def _plain(selector: dict[str, Any]) -> bool:
    return bool(
        selector.get("IncludeManagementEvents") and selector.get("ReadWriteType") != "ReadOnly"
    )


def _advanced(selector: dict[str, Any]) -> bool:
    fields = {field["Field"]: field for field in selector.get("FieldSelectors", [])}
    management = "Management" in fields.get("eventCategory", {}).get("Equals", [])
    read_only = fields.get("readOnly", {}).get("Equals", ["false"])
    return management and "false" in read_only
