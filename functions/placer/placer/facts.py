"""What the placer knows of one account and Region: VPCs, subnets, canary stacks, what was refused.

Plain data. `placer.estate` reads it of AWS, `placer.plan` decides by it. What could not be read is
named in `Estate.unreadable`, and is never taken for absent. Times are seconds since the epoch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

TAG = "gatewatch:place"
"""Tag of VPCs and subnets: `yes` or `no`."""


class WayOut(IntEnum):
    """Where a subnet's default route leads, what suits a canary best first."""

    ROUTED = 0
    INTERNET_GATEWAY = 1
    NONE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """One subnet. `workloads` are interfaces that programs of others work behind; `others` are all
    interfaces but ours (load balancers, NAT gateways and endpoints too). `regular_zone` is False in
    a local or wavelength zone and on an outpost."""

    subnet_id: str
    zone: str
    free: int
    route_table: str = ""
    network_acl: str = ""
    way_out: WayOut = WayOut.NONE
    workloads: int = 0
    others: int = 0
    ipv6: bool = False
    ipv6_only: bool = False
    regular_zone: bool = True
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def path_class(self) -> str:
        """Subnets of one class share their route table and their network ACL."""
        return f"{self.route_table or '?'}/{self.network_acl or '?'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """One VPC. `since` is when it was made or first seen; 0 when it was there before the placer.
    `canaries_of` are other accounts whose canary stands in it (a shared VPC)."""

    vpc_id: str
    owner: str
    cidr: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    is_default: bool = False
    dedicated: bool = False
    since: float = 0.0
    subnets: tuple[Subnet, ...] = ()
    canaries_of: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.tags.get("Name", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryStack:
    """One canary stack that is there. `canary` is the suffix of its name, "" for a VPC's first.

    `since` is when it was made. `parameters` are the stack's. `drift` says what of it is no longer
    as the stack made it, `why` what CloudFormation says of a failure. A stack made by the command,
    not by the placer, is `by_hand`: it stays where it was put.
    """

    name: str
    vpc_id: str
    canary: str = ""
    status: str = "CREATE_COMPLETE"
    since: float = 0.0
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    drift: str = ""
    why: str = ""
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Teardown:
    """A sign that somebody takes a VPC down. `event` is CloudTrail's name of it, `subject` the id
    that it was about, `failed` whether AWS refused it, `by` who did it, `ours` whether the subject
    was the canary's own subnet or group when it came."""

    vpc_id: str
    event: str
    subject: str
    at: float
    failed: bool = False
    by: str = ""
    ours: bool = False


class RefusalKind(StrEnum):
    """What a refusal is about, and so what is tried next."""

    SUBNET = "subnet"
    POLICY = "policy"
    QUOTA = "quota"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """AWS refused to place here lately. `subnets` are those that were tried."""

    vpc_id: str
    kind: RefusalKind
    why: str
    at: float
    canary: str = ""
    subnets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Concurrency:
    """Executions of the account in this Region: in all, and those that no function reserves."""

    limit: int
    unreserved: int


class Part(StrEnum):
    """What of an account is read by calls that may be denied."""

    VPCS = "VPCs"
    SUBNETS = "subnets"
    ROUTES = "route tables"
    ACLS = "network ACLs"
    INTERFACES = "network interfaces"
    STACKS = "canary stacks"
    FUNCTIONS = "canary functions"
    CONCURRENCY = "concurrency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """One account and Region as it stands. `unreadable` gives by part what refused to be read.
    `gone` are ids of VPCs and subnets of which AWS says that they do not exist."""

    account: str
    region: str
    vpcs: tuple[Vpc, ...] = ()
    stacks: tuple[CanaryStack, ...] = ()
    teardowns: tuple[Teardown, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    gone: frozenset[str] = frozenset()
    concurrency: Concurrency | None = None
    unreadable: Mapping[Part, str] = field(default_factory=dict)
