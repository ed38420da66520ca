"""Do no harm: one endpoint is looked at no more often than `MaxRate` from all VPCs of the member.

Each of the n placed VPCs that look at it has an equal share: one request in n / MaxRate seconds.
While n / 60 is at most MaxRate every VPC looks each minute; beyond it each one takes part in every
k-th minute only, by turns. What a look asks beyond its one request (confirmations, pinned, outside)
is paid for: the VPC leaves the endpoint out until its share has caught up. Members do not know of
each other, so that the sum over several accounts or Regions is not bounded here.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass

MINUTE_SECONDS = 60
AHEAD_SECONDS = 60.0
"""How far a VPC may be ahead of its share: room for the look that an event starts."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A VPC's part of the looks at one endpoint: it is number `rank` (from 0) of `of` VPCs, all of
    which may ask `max_rate` requests a second together."""

    rank: int
    of: int
    max_rate: float

    @property
    def every_minutes(self) -> int:
        """In which minutes a VPC takes part: in every k-th."""
        return max(1, math.ceil(self.of / (60.0 * self.max_rate) - _ROUNDING))

    @property
    def request_seconds(self) -> float:
        """Seconds of its share that one request of this VPC uses up."""
        return self.of / self.max_rate

    def has_turn(self, endpoint: str, minute: int) -> bool:
        """Whether this VPC looks in that minute (any count of minutes that all VPCs share).

        By rank in the order of their seconds of the minute, so that neither a minute nor the
        sixty seconds between two get more than their part; the endpoint's hash spreads the
        endpoints over the minutes.
        """
        spread = int(hashlib.sha256(endpoint.encode()).hexdigest(), 16)
        return (minute + self.rank + spread) % self.every_minutes == 0

    def paid_until(self, before: float, requests: int, now_at: float) -> float:
        """The time up to which the share is used up, after further requests now."""
        return max(before, now_at) + requests * self.request_seconds


def offset_of(account: str, vpc_id: str) -> int:
    """The second of the minute at which a VPC is looked at: spread over all, steady for each."""
    return int(hashlib.sha256(f"{account}/{vpc_id}".encode()).hexdigest(), 16) % MINUTE_SECONDS


def minute_of(now_at: float, offset: int) -> int:
    """The minute that a look at `now_at` stands for, where looks of its VPC stand on second
    `offset`: one that begins some seconds late must not count as the next minute's."""
    return math.floor((now_at - offset + 30.0) / 60.0)


def unpaid(paid_until: Mapping[str, float], now_at: float) -> dict[str, float]:
    """Without what is paid: the state of a fleet below its rate is empty."""
    return {endpoint: at for endpoint, at in paid_until.items() if at > now_at}
