"""What the placer decides, and by whose terms: the vocabulary of a plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from placer.stack import MemberOutputs, Placement

HOUR = 3600.0


class Mode(StrEnum):
    """Which VPCs get a canary when no tag says: parameter `Placement` of member.yaml."""

    ALL = "all"
    TAGGED = "tagged"
    NONE = "none"


class Act(StrEnum):
    """What is done about one canary. Only the first four of these change anything."""

    PLACE = "place"
    UPDATE = "update"
    MOVE = "move"
    WITHDRAW = "withdraw"
    KEEP = "keep"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the member's parameters ask for. Ages are seconds.

    `rings_open` is how many rings of a release may be updated (`placer.rings`); all by default.
    """

    member: MemberOutputs
    mode: Mode = Mode.ALL
    min_vpc_age: float = HOUR
    max_canaries: int = 1
    look_concurrency: int = 3
    rings_open: int = 4

    @property
    def release(self) -> str:
        return self.member.release

    @classmethod
    def asked(cls, member: MemberOutputs, parameters: Mapping[str, str]) -> "Terms":
        """By the parameters of the member's stack; one that an older member lacks is the default's
        worth."""
        return cls(
            member=member,
            mode=Mode(parameters.get("Placement", "all")),
            min_vpc_age=float(parameters.get("MinVpcAgeMinutes", "60")) * 60,
            max_canaries=int(parameters.get("MaxCanariesPerVpc", "1")),
            look_concurrency=int(parameters.get("LookConcurrency", "3")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is done about one canary of one VPC, and why, in a sentence for whoever owns the VPC.

    `label` is the VPC's name, "" when it has none; `canary` the suffix of the canary's name, ""
    for the first one of a VPC. `placement` is where it shall stand: given for place, update and
    move. With `afresh` its stack must be removed and made again: no update mends it. `unseen` are
    the path classes (route table/network ACL) with workloads that no canary of the VPC looks from.
    `problem`: a canary is wanted here and cannot be; the reason says what people must mend.
    """

    vpc_id: str
    label: str
    act: Act
    reason: str
    canary: str = ""
    placement: Placement | None = None
    afresh: bool = False
    unseen: tuple[str, ...] = ()
    problem: bool = False
