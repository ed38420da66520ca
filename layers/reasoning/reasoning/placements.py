"""Where a member's canaries stand and why, as its placer tells the hub; and a member's farewell."""

from dataclasses import dataclass

WITHDRAW, SKIP = "withdraw", "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryPlaced:
    """One canary of a VPC. `state` is how its stack stands, in CloudFormation's words."""

    function: str
    subnets: tuple[str, ...] = ()
    release: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VpcPlaced:
    """What the placer decided of one VPC. `act` is a word of the placer (place, keep, update,
    move, withdraw, skip) and `reason` its reason. `unseen` are path classes (route table and
    network ACL) that no canary of the VPC looks from. `problem` is what people must mend."""

    vpc_id: str
    label: str = ""
    act: str = ""
    reason: str = ""
    canaries: tuple[CanaryPlaced, ...] = ()
    unseen: tuple[str, ...] = ()
    problem: str = ""

    @property
    def eligible(self) -> bool:
        """Whether it is to be looked from: what cannot be though it should counts, too."""
        return self.act not in (WITHDRAW, SKIP) or bool(self.problem)

    @property
    def covered(self) -> bool:
        return self.eligible and bool(self.canaries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placements:
    """All VPCs of one account and Region. `taken_at` is Clock time. `mode` is the parameter
    Placement (all, tagged, none). `halted` says why a release is not rolled out any further."""

    account: str
    region: str
    taken_at: float
    release: str = ""
    mode: str = ""
    vpcs: tuple[VpcPlaced, ...] = ()
    halted: str = ""

    def vpc(self, vpc_id: str) -> VpcPlaced | None:
        return next((one for one in self.vpcs if one.vpc_id == vpc_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The member's last word: it was taken away on purpose, and nobody need miss it."""

    account: str
    region: str
    at: float
