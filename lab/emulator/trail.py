"""Whether a trail records management events: the condition for CloudTrail events on a bus.

Decided here: the world's trail is a real one in MiniStack's CloudTrail, so that DescribeTrails,
GetTrailStatus, StopLogging and DeleteTrail all mean what they say.
"""

from typing import Any

from lab.emulator.touched import Touch
from lab.emulator.world import WORLD

_CT = "ministack.services.cloudtrail"
CREATE = Touch(module=_CT, name="_create_trail", parameters=("body",))
START = Touch(module=_CT, name="_start_logging", parameters=("body",))
TRAILS = Touch(module=_CT, name="_trails")
SELECTORS = Touch(module=_CT, name="_event_selectors")
SCOPE = Touch(
    module="ministack.core.responses", name="request_scope", parameters=("account_id", "region")
)
TOUCHED = (CREATE, START, TRAILS, SELECTORS, SCOPE)

NAME = "management-events"


def _records_management(key: tuple[str, str, str]) -> bool:
    selectors = SELECTORS.current()._data.get(key)
    if selectors is None:  # a trail without selectors records all management events
        return True
    return any(_selects(one) for one in selectors)


def _selects(selector: dict[str, Any]) -> bool:
    fields = selector.get("FieldSelectors")
    if fields is None:
        wanted = selector.get("ReadWriteType", "All") in ("All", "WriteOnly")
        return wanted and bool(selector.get("IncludeManagementEvents", True))
    equals = {one["Field"]: one.get("Equals", []) for one in fields}
    reads_only = equals.get("readOnly") == ["true"]
    return "Management" in equals.get("eventCategory", []) and not reads_only


def is_logging(account: str, region: str) -> bool:
    """Whether some trail of the account logs write management events of the Region."""
    for key, trail in list(TRAILS.current()._data.items()):
        here = key[0] == account and (trail.get("IsMultiRegionTrail") or key[1] == region)
        if here and trail.get("IsLogging") and _records_management(key):
            return True
    return False


def install() -> None:
    """Make the world's trail in each of its accounts."""
    if not WORLD.trail:
        return
    for account in WORLD.accounts:
        with SCOPE.current()(account, WORLD.region):
            CREATE.current()(
                {
                    "Name": NAME,
                    "S3BucketName": f"{NAME}-{account}",
                    "IsMultiRegionTrail": True,
                    "IncludeGlobalServiceEvents": True,
                }
            )
            START.current()({"Name": NAME})
