"""What a lab world is made of: VPCs, APIs, records, people, members, and how slow its AWS is.

Decided here: what each of them says and its defaults. Not decided here: how a file is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

RINGS = 4
"""Of a release; the emulator, which reads worlds too, has no placer to ask."""


def standpoint_of(vpc_id: str, function: str) -> str:
    """Where a function of a VPC stands, by its name: in the VPC, or as a further canary
    (`...-<vpc-id>-<suffix>`) in a part of it, whose subnets may lead elsewhere."""
    return vpc_id + function.partition(vpc_id)[2]


def vpc_of(standpoint: str) -> str:
    """The id of the VPC that a standpoint is in."""
    return "-".join(standpoint.split("-")[:2])


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """One account and one Region: where a member's stack is."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account}/{self.region}"


class WayOut(StrEnum):
    """Where a VPC's subnets send 0.0.0.0/0."""

    NAT = "nat"
    IGW = "igw"
    NONE = "none"


class ApiKind(StrEnum):
    """What kind of API a front end answers as."""

    REGIONAL = "regional"
    EDGE = "edge"
    HTTP = "http"
    PRIVATE = "private"


class Tenancy(StrEnum):
    """Whose hardware a VPC's instances run on."""

    DEFAULT = "default"
    DEDICATED = "dedicated"


class ActorType(StrEnum):
    """How an actor signed in."""

    SSO = "sso"
    CI = "ci"
    ROLE = "role"
    USER = "user"


class RecordType(StrEnum):
    """What a public DNS record of the world holds."""

    A = "A"
    CNAME = "CNAME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long this world's AWS takes, in lab seconds."""

    cloudtrail: float = 15
    endpoint_available: float = 60
    dns_after_create: float = 75
    dns_after_modify: float = 30
    dns_after_delete: float = 30
    endpoint_deleted: float = 20
    interface_release: float = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcSpec:
    """A VPC that exists when the world starts.

    `account` and `region` are the world's where they are not given. `shared_with` are accounts
    that see it, and may put interfaces into it, by RAM. `subnets` private ones, each in another
    zone, hold `workloads` interfaces each, and take turns in `tables` route tables; `full` leaves
    every subnet too few free addresses. `ring` is the ring, 1 first, in which a release comes to
    it (0: the one that its id falls in). One that comes `later` is built by a step of the timeline.
    """

    cidr: str
    label: str = ""
    way_out: WayOut = WayOut.NAT
    account: str | None = None
    region: str | None = None
    shared_with: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    subnets: int = 1
    tables: int = 1
    workloads: int = 0
    ring: int = 0
    full: bool = False
    default: bool = False
    tenancy: Tenancy = Tenancy.DEFAULT
    later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSpec:
    """An API that the front ends answer for; `key` is the x-api-key it wants, None for no key.

    `region` is the world's where it is not given.
    """

    name: str
    id: str
    kind: ApiKind
    stage: str = "prod"
    path: str = "/health"
    key: str | None = None
    domain: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRecord:
    """A record of the public DNS beside Amazon's own: a custom domain's CNAME or alias (as A)."""

    name: str
    type: RecordType
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who types commands in this world; CloudTrail names them so.

    `account` and `region`, where their keys are good and what their CLI's default is, are the
    world's where they are not given.
    """

    type: ActorType
    role: str | None = None
    user: str | None = None
    session: str | None = None
    tool: str = "cli"
    address: str = "198.51.100.1"
    account: str | None = None
    region: str | None = None
